import { PatternFlaw, pythonRegex } from '../../lib/python-regex.ts';
import type { Value } from '../../model/value.ts';

type Values = Readonly<Record<string, Value>>;

/** What the groups of a pattern hold in the text that it was found in, under the names that wait_for gives them. */
export function groupsOf(search: string | undefined, text: string): Values {
  const found = search === undefined ? null : matchOf(search, text);
  const value = (group: string | undefined): Value => group ?? null;
  return {
    match_groups: found ? found.slice(1).map(value) : [],
    match_groupdict: Object.fromEntries(
      Object.entries(found?.groups ?? {}).map(([name, group]) => [name, value(group)]),
    ),
  };
}

function matchOf(search: string, text: string): RegExpExecArray | null {
  try {
    return pythonRegex(search, { multiline: true }).exec(text);
  } catch (error) {
    if (error instanceof PatternFlaw) return null;
    throw error;
  }
}

const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^directory/, 'directory'],
  [/^symbolic link/, 'link'],
];

/** Owner, mode and kind of the file that was waited for; nothing where there is none. */
export function attributesOf(line: string): Values {
  const told = /^(\d+) (\d+) (\d+) (\d+) (\S+) (\S+) (.+)$/.exec(line);
  if (!told) return {};
  const [mode = '', uid, gid, size, owner = '', group = '', type = ''] = told.slice(1);
  return {
    uid: Number(uid),
    gid: Number(gid),
    owner,
    group,
    mode: mode.padStart(4, '0'),
    size: Number(size),
    state: TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? 'file',
  };
}
