/** The pages of docs/ that are written from the source: errors, modules, keywords, and the code of the module walk. */
import { ERRORS } from '../src/lib/error-table.ts';
import { kindOfSchema, type Schema } from '../src/load/schema/words.ts';
import type { AnyModule, Registry } from '../src/model/module.ts';
import { compatibilityPage } from './generate-compatibility.ts';

/** Pages by path. */
export const docs = (registry: Registry): ReadonlyMap<string, string> => {
  const modules = [...registry.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map([
    ['docs/errors.md', errorsPage()],
    ['docs/compatibility.md', compatibilityPage(modules)],
    ['docs/modules.md', modulesPage(modules)],
    ...modules.map((module): [string, string] => [
      `docs/modules/${module.name}.md`,
      modulePage(module),
    ]),
  ]);
};

const NOTE = '<!-- Written by `npm run generate` from the source. Do not edit. -->';

const page = (lines: readonly string[]): string =>
  `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;

/** Text inside a cell of a table. */
export const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|');

const EXITS: Readonly<Record<number, string>> = {
  1: 'orch itself failed',
  2: 'a host failed',
  4: 'a host could not be reached',
  5: 'command line or files',
  11: 'a plan is out of date',
  12: 'applied, then taken back',
  14: 'refused, it would lock out SSH',
  15: 'locked by another run',
  130: 'interrupted',
};

function errorsPage(): string {
  const entries = Object.entries(ERRORS);
  const exits = new Set<number>(entries.map(([, { exit }]) => exit));
  // As an operator meets them; JavaScript lists whole numbers upwards, so a list must say it.
  const order = [5, 4, 2, 14, 12, 11, 15, 130, 1];
  const unsaid = [...exits].filter((exit) => !order.includes(exit));
  if (unsaid.length > 0) throw new Error(`docs/errors.md has no heading for exit ${unsaid.join()}`);
  return page([
    NOTE,
    '',
    '# Errors',
    '',
    'Every error says what happened and where, has one of these codes, and names a cure. Where the place that raises it',
    'knows a better cure than the one below, that one is shown. Codes are stable: scripts may test them, in',
    '`--output json`, in the journal and in JUnit reports.',
    '',
    'The exit code is that of an error which ends a run before any host is contacted, or of a task that fails with it on a',
    'host. An error about files (exit 5) that only shows on a host, such as an argument made by a template, fails that',
    'task and counts as 2. What a whole run exits with: [cli.md](cli.md#exit-codes).',
    ...order
      .filter((exit) => exits.has(exit))
      .flatMap((exit) => [
        '',
        `## Exit ${exit}: ${EXITS[exit] ?? ''}`,
        '',
        '| code | what it means | cure |',
        '|---|---|---|',
        ...entries
          .filter(([, entry]) => entry.exit === exit)
          .map(([code, { about, hint }]) => `| \`${code}\` | ${cell(about)} | ${cell(hint)} |`),
      ]),
  ]);
}

const KINDS: Readonly<Record<AnyModule['kind'], readonly [title: string, about: string]>> = {
  state: ['State', 'Describe how something should be. Check and diff are exact.'],
  inspect: ['Inspection', 'Look and judge; change nothing. Findings fail the task, exit code 2.'],
  action: [
    'Action',
    'Run a command. What it changes cannot be foreseen; in check mode it runs only with `reads: true`.',
  ],
  control: ['Control', 'Run in orch; nothing is sent to a host.'],
};

function modulesPage(modules: readonly AnyModule[]): string {
  return page([
    NOTE,
    '',
    '# Modules',
    '',
    'The same text on the command line: `orch doc`, `orch doc firewalld_zone`. Names may be written in full,',
    "`ansible.builtin.command` or `orch.firewalld_zone`. Which of Ansible's there are: [compatibility.md](compatibility.md#modules).",
    ...(Object.keys(KINDS) as AnyModule['kind'][]).flatMap((kind) => [
      '',
      `## ${KINDS[kind][0]}`,
      '',
      KINDS[kind][1],
      '',
      '| module | what it does |',
      '|---|---|',
      ...modules
        .filter((module) => module.kind === kind)
        .map(
          ({ name, params }) =>
            `| [${name}](modules/${name}.md) | ${cell(firstSentence(params.description))} |`,
        ),
    ]),
  ]);
}

const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;

function modulePage({ name, kind, params, example }: AnyModule): string {
  return page([
    NOTE,
    '',
    `# ${name}`,
    '',
    params.description,
    '',
    `${KINDS[kind][0]} module. ${KINDS[kind][1]}`,
    '',
    '## Example',
    '',
    '```yaml',
    example.trimEnd(),
    '```',
    '',
    '## Arguments',
    ...argumentsTable(params),
    '',
    '[All modules](../modules.md)',
  ]);
}

/** One table for the arguments, and one for the keys of each argument that is a map or a list of maps. */
function argumentsTable(schema: Schema): readonly string[] {
  const properties = propertiesOf(schema);
  const required = (schema['required'] ?? []) as readonly string[];
  const rows = Object.entries(properties).map(([name, one]) => {
    const preset = one['default'] === undefined ? '' : `\`${JSON.stringify(one['default'])}\``;
    const must = required.includes(name) ? 'required' : preset;
    return `| \`${name}\` | ${cell(kindOfSchema(one))} | ${cell(must)} | ${cell(textOf(one))} |`;
  });
  const inner = Object.entries(properties).flatMap(([name, one]) => {
    const map = mapIn(one);
    return map ? ['', `### Keys of \`${name}\``, ...argumentsTable(map)] : [];
  });
  const more =
    schema['x-any-keys'] === true
      ? ['', 'Any other key is taken too: see the description above.']
      : [];
  return [
    '',
    '| argument | type | default | what it is |',
    '|---|---|---|---|',
    ...rows,
    ...more,
    ...inner,
  ];
}

const propertiesOf = (schema: Schema): Readonly<Record<string, Schema>> =>
  (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;

const textOf = (schema: Schema): string =>
  typeof schema['description'] === 'string' ? schema['description'] : '';

/** The map whose keys are worth a table: the schema itself, or what its list holds. */
function mapIn(schema: Schema): Schema | undefined {
  const items = schema['items'] as Schema | undefined;
  return [schema, ...(items ? [items] : [])].find(
    (one) => one['type'] === 'object' && Object.keys(propertiesOf(one)).length > 0,
  );
}
