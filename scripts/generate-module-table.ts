/** The part of docs/compatibility.md about modules: which of Ansible's are here, what of them is not, what to write instead. */
import { readFileSync } from 'node:fs';
import { OTHER_NAMES } from '../src/load/args.ts';
import { elsewhere } from '../src/load/schema/elsewhere.ts';
import { aliasesOf } from '../src/model/lenient.ts';
import type { AnyModule } from '../src/model/module.ts';
import { cell } from './generate-docs.ts';

/** Arguments that every file module of Ansible takes and none of orch's does. */
const LABELS = new Set(['attributes', 'attr', 'selevel', 'serole', 'setype', 'seuser', 'others']);

/** Names that are the free form of a module, no arguments. */
const FREE = new Set(['free_form', 'free-form', 'key_value']);

/** What reads tasks or plays: keywords here. */
const KEYWORDS = new Set([
  'include',
  'include_tasks',
  'include_role',
  'import_tasks',
  'import_role',
  'import_playbook',
]);

type Recorded = Readonly<Record<string, readonly string[]>>;

/** The rows of the table, and a sentence for what is in none. */
export function moduleTable(modules: readonly AnyModule[]): readonly string[] {
  const recorded = JSON.parse(
    readFileSync(new URL('ansible-modules.json', import.meta.url), 'utf8'),
  ) as Recorded;
  const known = new Map(modules.map((module) => [module.name, module]));
  const theirs = new Set(Object.keys(recorded).map(shortName));
  const ours = modules.filter(({ name }) => !theirs.has(name)).map(({ name }) => `\`${name}\``);
  return [
    '## Modules',
    '',
    'All of ansible.builtin and ansible.posix as of 2.14, and what public playbooks use of community.general. Names are those of the collections;',
    'a short name works as well. Any other module is `MODULE_UNKNOWN`, with its place, before any host is contacted. No module takes labels of SELinux',
    '(`seuser`, `serole`, `setype`, `selevel`) or `attributes` of chattr: new files get the label of their folder.',
    '',
    '| module | here | not taken, or what instead |',
    '|---|---|---|',
    ...Object.entries(recorded).map(([name, args]) => row(name, args, known)),
    '',
    `Only here: ${ours.join(', ')}. \`ansible.posix.firewalld\` runs as \`firewalld_port\` or \`firewalld_zone\`, with a warning that says so.`,
    '',
  ];
}

const shortName = (name: string): string => name.split('.').at(-1) ?? name;

function row(name: string, args: readonly string[], known: ReadonlyMap<string, AnyModule>): string {
  const short = shortName(name);
  const other = OTHER_NAMES.get(short);
  const module = known.get(short) ?? known.get(other ?? '');
  if (module) {
    const missing = args.filter((arg) => !FREE.has(arg) && !LABELS.has(arg) && !takes(module, arg));
    const as = other === undefined || known.has(short) ? 'yes' : `as \`${other}\``;
    return `| \`${name}\` | ${as} | ${missing.map((arg) => `\`${arg}\``).join(', ')} |`;
  }
  if (KEYWORDS.has(short)) return `| \`${name}\` | yes | a keyword, see above |`;
  if (short === 'firewalld')
    return `| \`${name}\` | as \`firewalld_zone\` | ${cell(elsewhere[short] ?? '')} |`;
  return `| \`${name}\` | no | ${cell(elsewhere[short] ?? 'Use command, with creates or a condition.')} |`;
}

/** Modules that take any argument, or read their own arguments. */
const OPEN = new Set(['set_fact', 'add_host']);

const takes = ({ name, params }: AnyModule, arg: string): boolean =>
  OPEN.has(name) ||
  Object.entries(params.properties).some(
    ([key, property]) => key === arg || aliasesOf(property).includes(arg),
  );
