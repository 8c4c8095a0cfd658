import { existsSync } from 'node:fs';
import { OrchError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { sharedKeywords, taskKeywords } from '../load/schema/keywords.ts';
import { inputSchema, playKeywords } from '../load/schema/play-keywords.ts';
import { kindOfSchema, type Schema } from '../load/schema/words.ts';
import type { AnyModule, Registry } from '../model/module.ts';
import type { Play } from '../model/play.ts';
import { plain } from '../model/tree.ts';
import { MASK } from '../model/value.ts';
import type { Io } from './io.ts';
import { loadBooks, modules } from './wiring.ts';

/** Explains: all modules in a list, one module, the keywords of playbooks, or the inputs of a playbook file. */
export async function doc(topic: string | undefined, io: Io): Promise<number> {
  const registry = await modules();
  io.out(`${(await linesFor(topic, registry)).join('\n')}\n`);
  return 0;
}

async function linesFor(topic: string | undefined, registry: Registry): Promise<readonly string[]> {
  if (topic === undefined) return moduleList(registry);
  if (topic === 'playbook') return keywordLines();
  const module = registry.get(topic.replace(/^ansible\.builtin\./, ''));
  if (module) return moduleLines(module);
  if (existsSync(topic)) {
    const [book] = await loadBooks([topic]);
    return (book?.plays ?? []).flatMap((play) => inputLines(play));
  }
  const known = [...registry.keys(), 'playbook'];
  throw new OrchError(
    'USAGE',
    `there is no module and no file ${topic}.${didYouMean(topic, known)}`,
    {
      hint: '`orch doc` lists the modules.',
    },
  );
}

function moduleList(registry: Registry): readonly string[] {
  const all = [...registry.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(0, ...all.map(({ name }) => name.length));
  return all.map(
    ({ name, params }) => `${name.padEnd(width)}  ${firstSentence(params.description)}`,
  );
}

/** A module as text: what it does, its arguments, an example. */
export function moduleLines({ name, params, example, kind }: AnyModule): readonly string[] {
  return [
    `${name} (${KINDS[kind]})`,
    '',
    ...wrapped(params.description, '  '),
    '',
    'Arguments (= must be given):',
    '',
    ...propertyLines(params.properties, params.required ?? []),
    'Example:',
    '',
    ...example
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

const KINDS: Readonly<Record<AnyModule['kind'], string>> = {
  state: 'describes a state; check and diff are exact',
  inspect: 'looks and judges, changes nothing',
  action: 'runs a command; its effect cannot be foreseen',
  control: 'runs here, on no host',
};

const keywordLines = (): readonly string[] => [
  'A playbook is a list of plays; a play runs tasks on hosts.',
  '',
  'Keywords of a play:',
  '',
  ...propertyLines({ ...sharedKeywords, ...playKeywords }, ['hosts']),
  'Keywords of a task (besides its module):',
  '',
  ...propertyLines({ ...sharedKeywords, ...taskKeywords }, []),
  'Keys of an input of a play (inputs: {NAME: {...}}):',
  '',
  ...propertyLines((inputSchema['properties'] ?? {}) as Readonly<Record<string, object>>, []),
];

function propertyLines(
  properties: Readonly<Record<string, object>>,
  required: readonly string[],
): readonly string[] {
  return Object.entries(properties).flatMap(([name, raw]) => {
    const schema = raw as Schema;
    const description = schema['description'];
    return [
      `${required.includes(name) ? '=' : '-'} ${name}  (${kindOfSchema(schema)})`,
      ...(typeof description === 'string' ? wrapped(description, '    ') : []),
      ...(schema['default'] === undefined
        ? []
        : [`    default: ${JSON.stringify(schema['default'])}`]),
      '',
    ];
  });
}

function inputLines(play: Play): readonly string[] {
  const inputs = play.inputs.flatMap((input) => [
    `${input.default ? '-' : '='} ${input.name}  (${input.type})`,
    ...wrapped(input.description, '    '),
    ...(input.secret ? ['    secret: masked in all output'] : []),
    ...(input.choices ? [`    choices: ${input.choices.join(', ')}`] : []),
    ...(input.default
      ? [`    default: ${input.secret ? MASK : JSON.stringify(plain(input.default))}`]
      : []),
    '',
  ]);
  return [
    `PLAY [${play.name}] on ${JSON.stringify(plain(play.hosts))}`,
    '',
    ...(inputs.length > 0
      ? ['Inputs (= must be set):', '', ...inputs]
      : ['It declares no inputs.', '']),
  ];
}

const firstSentence = (text: string): string =>
  /^.*?[.:;](?=\s|$)/s.exec(text)?.[0].replace(/[.:;]$/, '') ?? text;

/** Text in lines of at most 80 columns, each behind `indent`. */
function wrapped(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > 80) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, indent + line];
}
