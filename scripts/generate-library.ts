/** docs/library/: a page for each shipped playbook, written from the playbook itself and from library.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBooks } from '../src/cli/wiring.ts';
import { allTasks, type Play } from '../src/model/play.ts';
import { plain } from '../src/model/tree.ts';
import { registry } from '../src/modules/registry.ts';
import { cell } from './generate-docs.ts';
import { REMARKS } from './library.ts';

const NOTE =
  '<!-- Written by `npm run generate` from the playbook and scripts/library.ts. Do not edit. -->';

/** Pages by path. Throws when a playbook has no remarks. */
export async function library(root: string): Promise<ReadonlyMap<string, string>> {
  const names = readdirSync(join(root, 'playbooks')).filter((name) => name.endsWith('.yml'));
  const pages = await Promise.all(
    names.map(async (name): Promise<readonly [string, string]> => [
      `docs/library/${name.replace(/\.yml$/, '.md')}`,
      await pageOf(root, name),
    ]),
  );
  return new Map(pages);
}

async function pageOf(root: string, name: string): Promise<string> {
  const remarks = REMARKS[name];
  if (!remarks) throw new Error(`scripts/library.ts has no remarks on ${name}`);
  const file = `playbooks/${name}`;
  const text = readFileSync(join(root, file), 'utf8');
  const plays = (await loadBooks([file])).flatMap((book) => book.plays);
  const { purpose, commands } = headOf(text);
  return `${[
    ...[NOTE, '', `# ${name}`, '', ...purpose, ''],
    ...['```sh', ...commands, '```', ''],
    ...['## Inputs', '', ...inputs(plays), ''],
    ...['## What it does', '', ...tasks(plays), ''],
    ...['## Disruption', '', remarks.disruption, ''],
    ...['## Where it differs from the networking guide', '', ...deviations(name), ''],
    `The playbook: [${file}](../../${file}). All of them: [playbooks.md](../playbooks.md).`,
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')}\n`;
}

/** The comment at the top: sentences, and commands that stand further in. */
function headOf(text: string): { purpose: readonly string[]; commands: readonly string[] } {
  const lines = text.split('\n');
  const comment = lines
    .slice(
      0,
      lines.findIndex((line) => line.startsWith('- ')),
    )
    .filter((line) => line.startsWith('#') && !line.includes('yaml-language-server'))
    .map((line) => line.slice(1));
  return {
    purpose: comment.filter((line) => !line.startsWith('   ')).map((line) => line.trim()),
    commands: comment
      .filter((line) => line.startsWith('   '))
      .map((line) => line.trim().replace(/ {3,}/, '    # ')),
  };
}

function inputs(plays: readonly Play[]): readonly string[] {
  const all = new Map(plays.flatMap((play) => play.inputs.map((input) => [input.name, input])));
  if (all.size === 0) return ['None.'];
  return [
    '| input | type | default | what it is |',
    '|---|---|---|---|',
    ...[...all.values()].map((input) => {
      const value = input.default ? `\`${cell(JSON.stringify(plain(input.default)))}\`` : 'needed';
      const choices = input.choices ? ` One of ${input.choices.join(', ')}.` : '';
      return `| \`${input.name}\` | ${input.type} | ${value} | ${cell(input.description)}${choices} |`;
    }),
  ];
}

function tasks(plays: readonly Play[]): readonly string[] {
  return plays.flatMap((play) => [
    `**${play.name}** on \`${textOf(plain(play.hosts))}\`:`,
    '',
    ...allTasks(play).map((task) => {
      const kind = registry.get(task.module)?.kind;
      const what = kind === undefined ? '' : ` (${KINDS[kind]})`;
      const title = task.name ? textOf(plain(task.name)) : task.module;
      return `- ${cell(title)}: [${task.module}](../modules/${task.module}.md)${what}`;
    }),
    '',
  ]);
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const KINDS = {
  state: 'a state',
  inspect: 'looks',
  action: 'acts',
  control: 'on no host',
} as const;

function deviations(name: string): readonly string[] {
  const rows = REMARKS[name]?.deviations ?? [];
  if (rows.length === 0) return ['Nowhere.'];
  return [
    '| the guide | here | why |',
    '|---|---|---|',
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ];
}
