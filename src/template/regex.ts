import { failure } from './faults.ts';
import { translate } from './regex-python.ts';

/** How a pattern is to be read. */
export interface RegexFlags {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  readonly global?: boolean;
}

const kept = new Map<string, RegExp>();

/** A Python pattern as a JavaScript one. */
export function pattern(source: string, flags: RegexFlags = {}): RegExp {
  const id = `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}${flags.global ? 'g' : ''}/${source}`;
  const known = kept.get(id);
  if (known) {
    known.lastIndex = 0;
    return known;
  }
  const made = compile(source, flags);
  if (kept.size >= 500) kept.clear();
  kept.set(id, made);
  return made;
}

function compile(source: string, flags: RegexFlags): RegExp {
  const { body, ignoreCase } = translate(source, flags);
  try {
    return new RegExp(body, `u${ignoreCase ? 'i' : ''}${flags.global ? 'g' : ''}`);
  } catch {
    throw failure('The regular expression is not valid.', 'Check its brackets and escapes.');
  }
}

/** The text a Python replacement such as `\1`, `\g<name>` stands for in a match. */
export function expand(
  replacement: string,
  groups: readonly (string | undefined)[],
  named: Readonly<Record<string, string | undefined>>,
): string {
  return replacement.replace(
    /\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g,
    (whole, name?: string, digits?: string, char?: string) => {
      if (char !== undefined) return { n: '\n', t: '\t', r: '\r', '\\': '\\' }[char] ?? whole;
      const key = name ?? digits ?? '';
      const group = /^\d+$/.test(key) ? groups[Number(key)] : named[key];
      const exists = /^\d+$/.test(key) ? Number(key) < groups.length : Object.hasOwn(named, key);
      if (!exists)
        throw failure(`The replacement names the group ${key}, which the pattern does not have.`);
      return group ?? '';
    },
  );
}
