import type { Marks } from '../model/scope.ts';
import { Flaw } from './flaw.ts';

/** How the text of a template is cut into tags; a file may begin with a line that says otherwise. */
export interface Syntax {
  readonly block: readonly [string, string];
  readonly variable: readonly [string, string];
  readonly comment: readonly [string, string];
  /** The line break after a block goes. */
  readonly trimBlocks: boolean;
  /** White space before a block on its line goes. */
  readonly lstripBlocks: boolean;
  /** What every line break of the template becomes. */
  readonly newline: string;
  /** Backslashes in `{{ }}` are not special, as in playbooks; in template files they are. */
  readonly plainBackslashes: boolean;
}

/** The syntax of values in playbooks and variables. */
export const PLAYBOOK: Syntax = {
  block: ['{%', '%}'],
  variable: ['{{', '}}'],
  comment: ['{#', '#}'],
  trimBlocks: true,
  lstripBlocks: false,
  newline: '\n',
  plainBackslashes: true,
};

/** The syntax of files for the module `template`, and of files they include. */
export const TEMPLATE_FILE: Syntax = { ...PLAYBOOK, plainBackslashes: false };

const kept = new WeakMap<Marks, Syntax>();

/** The syntax of a template file with marks of its own. */
export function syntaxOf(marks: Marks | undefined): Syntax {
  if (!marks) return TEMPLATE_FILE;
  const known = kept.get(marks);
  if (known) return known;
  const made = { ...TEMPLATE_FILE, ...marks };
  kept.set(marks, made);
  return made;
}

const HEADER = '#jinja2:';

type Setting = (syntax: Syntax, value: string) => Syntax;

const flag = (value: string): boolean => {
  if (!/^(?:True|False)$/.test(value)) throw new Flaw(`"${value}" is neither True nor False.`, 0);
  return value === 'True';
};

const words = (value: string): string => {
  const quoted = /^(['"])(.*)\1$/.exec(value);
  if (!quoted) throw new Flaw(`The setting ${value} must stand in quotes.`, 0);
  return (quoted[2] ?? '').replaceAll('\\n', '\n').replaceAll('\\r', '\r');
};

const SETTINGS: Readonly<Record<string, Setting>> = {
  trim_blocks: (syntax, value) => ({ ...syntax, trimBlocks: flag(value) }),
  lstrip_blocks: (syntax, value) => ({ ...syntax, lstripBlocks: flag(value) }),
  newline_sequence: (syntax, value) => ({ ...syntax, newline: words(value) }),
  variable_start_string: (s, value) => ({ ...s, variable: [words(value), s.variable[1]] }),
  variable_end_string: (s, value) => ({ ...s, variable: [s.variable[0], words(value)] }),
  block_start_string: (s, value) => ({ ...s, block: [words(value), s.block[1]] }),
  block_end_string: (s, value) => ({ ...s, block: [s.block[0], words(value)] }),
  comment_start_string: (s, value) => ({ ...s, comment: [words(value), s.comment[1]] }),
  comment_end_string: (s, value) => ({ ...s, comment: [s.comment[0], words(value)] }),
};

/**
 * Reads a first line such as `#jinja2: trim_blocks:False, lstrip_blocks:True`, which changes the syntax
 * for the text behind it. Throws a Flaw for a setting that does not exist.
 */
export function withHeader(text: string, syntax: Syntax): { text: string; syntax: Syntax } {
  if (!text.startsWith(HEADER)) return { text, syntax };
  const end = text.indexOf('\n');
  const line = text.slice(HEADER.length, end < 0 ? undefined : end);
  let changed = syntax;
  for (const pair of line.split(',')) {
    const colon = pair.indexOf(':');
    const name = pair.slice(0, colon).trim();
    const set = colon > 0 && Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
    if (!set) {
      throw new Flaw(
        `The first line sets "${pair.trim()}", which is no setting.`,
        0,
        `The settings are NAME:VALUE with the names ${Object.keys(SETTINGS).join(', ')}.`,
      );
    }
    changed = set(changed, pair.slice(colon + 1).trim());
  }
  return { text: end < 0 ? '' : text.slice(end + 1), syntax: changed };
}
