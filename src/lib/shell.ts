import { OrchError } from './errors.ts';

/** A piece of POSIX shell that is safe to run: every value in it was quoted. Build it with `sh`. */
export interface Shell {
  readonly text: string;
}

/** Quotes a string for POSIX sh; what needs no quotes stays as it is. Throws OrchError ARGUMENT_INVALID for a NUL, which cannot be passed. */
export function quote(value: string): string {
  if (value.includes('\0'))
    throw new OrchError(
      'ARGUMENT_INVALID',
      'a value for the host holds a NUL byte, which no command can take',
    );
  if (value !== '' && /^[A-Za-z0-9_@%+=:,./-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** What may stand in a `sh` template: text and numbers are quoted, scripts are taken as they are, lists become words. */
export type ShellPart = string | number | Shell | readonly (string | number)[];

/** Builds shell from a template: sh`ip link set ${name} up` quotes `name`. */
export function sh(strings: TemplateStringsArray, ...parts: readonly ShellPart[]): Shell {
  let text = strings[0] ?? '';
  for (const [i, part] of parts.entries()) text += render(part) + (strings[i + 1] ?? '');
  return { text };
}

/** Scripts one after the other, each on lines of its own. */
export const lines = (scripts: readonly Shell[]): Shell => ({
  text: scripts.map(({ text }) => text).join('\n'),
});

/** Shell text of orch's own that holds no value from outside. */
export const raw = (text: string): Shell => ({ text });

function render(part: ShellPart): string {
  if (typeof part === 'string') return quote(part);
  if (typeof part === 'number') return String(part);
  if ('text' in part) return part.text;
  return part.map((word) => quote(String(word))).join(' ');
}
