import { OrchError } from '../lib/errors.ts';
import { isMap, Secret } from '../model/value.ts';
import { isVaulted, type Vault } from '../model/vault.ts';
import type { Io } from './io.ts';
import { config } from './lookup-config.ts';
import { csvFile, iniFile } from './lookup-tables.ts';
import { firstFound } from './lookup-first-found.ts';
import { password } from './lookup-password.ts';
import { lines, pipe, url } from './lookup-programs.ts';
import { findFile, fileGlob, readText, textOf, type Lookup, type Lookups } from './search-path.ts';

/** What lookups are given besides the template that asks. */
export interface LookupWorld {
  readonly io: Io;
  /** The hosts of a pattern. */
  readonly hosts: (pattern: string) => readonly string[];
  /** Opens files that are encrypted. */
  readonly vault?: Vault | undefined;
}

/** The text of a file for a lookup; what a vault encrypted is a secret. */
function opened(path: string, vault: Vault | undefined): { text: string; secret: boolean } {
  const text = readText(path);
  if (!vault || !isVaulted(text)) return { text, secret: false };
  return { text: vault.open(text, { file: path, line: 1, column: 1 }), secret: true };
}

const reading =
  (name: 'file' | 'unvault', vault: Vault | undefined): Lookup =>
  (terms, options, asking) =>
    terms.map((term) => {
      const path = findFile(textOf(term), 'files', asking);
      if (path === undefined) {
        throw new OrchError('FILE_NOT_FOUND', `The lookup "${name}" finds no ${textOf(term)}.`, {
          hint: 'It is looked for in files/ and beside the playbook and the role.',
        });
      }
      const { text, secret } = opened(path, vault);
      const left = options['lstrip'] === true ? text.trimStart() : text;
      const whole = name === 'unvault' || options['rstrip'] === false ? left : left.trimEnd();
      return secret ? new Secret(whole) : whole;
    });

const template: Lookup = (terms, options, asking) =>
  terms.map((term) => {
    const path = findFile(textOf(term), 'templates', asking);
    if (path === undefined) {
      throw new OrchError('FILE_NOT_FOUND', `The lookup "template" finds no ${textOf(term)}.`, {
        hint: 'It is looked for in templates/ and beside the playbook and the role.',
      });
    }
    const vars = options['template_vars'];
    const pair = (name: string, usual: readonly [string, string]): readonly [string, string] => [
      textOf(options[`${name}_start_string`] ?? usual[0]),
      textOf(options[`${name}_end_string`] ?? usual[1]),
    ];
    return asking.render(
      readText(path),
      { file: path, line: 1, column: 1 },
      { variable: pair('variable', ['{{', '}}']), comment: pair('comment', ['{#', '#}']) },
      { convert: options['convert_data'] !== false, vars: isMap(vars) ? vars : {} },
    );
  });

/** Names of the lookups that reach this machine. */
export const LOOKUP_NAMES: readonly string[] = [
  ...['env', 'file', 'fileglob', 'first_found', 'template', 'pipe', 'lines', 'password'],
  ...['csvfile', 'ini', 'url', 'inventory_hostnames', 'unvault', 'config'],
];

/** The lookups that reach this machine: its environment, files and programs. */
export const lookups = ({ io, hosts, vault }: LookupWorld): Lookups => ({
  env: (terms, options) =>
    terms.map((term) => {
      const usual = options['default'] ?? '';
      const [name = ''] = textOf(term).split(/\s+/);
      return io.env[name] ?? usual;
    }),
  file: reading('file', vault),
  unvault: reading('unvault', vault),
  fileglob: (terms, _options, asking) => terms.flatMap((term) => fileGlob(textOf(term), asking)),
  first_found: firstFound,
  template,
  pipe,
  lines,
  password,
  csvfile: csvFile,
  ini: iniFile,
  config: config(io),
  url: url(io),
  inventory_hostnames: (terms) => hosts(terms.map(textOf).join(':')),
});
