import { failure, limitText } from '../faults.ts';
import { expand, pattern, type RegexFlags } from '../regex.ts';
import type { Filter, Given } from '../runtime.ts';
import { text } from '../text.ts';
import { truthy } from '../compare.ts';
import { Tuple, type Val } from '../values.ts';

const flags = (given: Given, global = true): RegexFlags => ({
  ignoreCase: given.flag('ignorecase') || truthy(given.extra.get('ignorecase') ?? false),
  multiline: given.flag('multiline') || truthy(given.extra.get('multiline') ?? false),
  global,
});

function replaceAll(value: string, given: Given): string {
  const by = given.text('replacement', '');
  demandGroups(given.text('pattern', ''), by, flags(given));
  const limit = given.integer('count', 0);
  let done = 0;
  let length = value.length;
  return value.replace(pattern(given.text('pattern', ''), flags(given)), (...found: unknown[]) => {
    const [whole] = found as string[];
    if (limit > 0 && done >= limit) return whole ?? '';
    done++;
    const last = found.at(-1);
    const named = typeof last === 'object' && last !== null;
    const groups = found.slice(0, named ? -3 : -2) as (string | undefined)[];
    const piece = expand(by, groups, named ? (last as Record<string, string | undefined>) : {});
    length += piece.length;
    limitText(length);
    return piece;
  });
}

/** As Python does, refuses a replacement that names groups which the pattern does not have, found or not. */
function demandGroups(source: string, by: string, how: RegexFlags): void {
  if (!by.includes('\\')) return;
  const { source: body, flags: marks } = pattern(source, how);
  const groups = new RegExp(`${body}|`, marks.replace('g', '')).exec('') ?? [];
  for (const [, named, digits] of by.matchAll(/\\(?:g<(\d+)>|([1-9]\d?)|[^])/g)) {
    const number = Number(named ?? digits ?? 0);
    if (number >= groups.length)
      throw failure(`The replacement names the group ${number}, which the pattern does not have.`);
  }
}

function search(value: string, given: Given): Val {
  const found = pattern(given.text('regex'), flags(given, false)).exec(value);
  if (!found) return null;
  const wanted = given.rest;
  if (wanted.length === 0) return found[0];
  const groups = wanted.map(text).map((name) => {
    const key = /^\\(?:g<(\w+)>|(\d+))/.exec(name);
    if (!key) throw failure(`"${name}" names no group.`, 'Write \\\\1 or \\\\g<name>.');
    const id = key[1] ?? key[2] ?? '';
    const there = /^\d+$/.test(id)
      ? Number(id) < found.length
      : found.groups !== undefined && Object.hasOwn(found.groups, id);
    if (!there) throw failure(`The pattern has no group ${id}.`);
    const group = /^\d+$/.test(id) ? found[Number(id)] : own(found.groups, id);
    return group ?? null;
  });
  return groups;
}

const own = (groups: Record<string, string> | undefined, key: string): string | undefined =>
  groups && Object.hasOwn(groups, key) ? groups[key] : undefined;

function findAll(value: string, given: Given): Val {
  const found = [...value.matchAll(pattern(given.text('regex'), flags(given)))];
  return found.map((match): Val => {
    const groups = match.slice(1).map((group: string | undefined) => group ?? '');
    return groups.length === 0
      ? match[0]
      : groups.length === 1
        ? (groups[0] ?? '')
        : Tuple.make(groups);
  });
}

const SPECIAL = /[\\^$.|?*+()[\]{}\-&~#\s]/g;

/** Ansible's filters on regular expressions. */
export const REGEXES: Readonly<Record<string, Filter>> = {
  regex_replace: {
    params: ['pattern', 'replacement', 'ignorecase', 'multiline', 'count'],
    run: (value, given) => replaceAll(text(value), given),
  },
  regex_search: {
    params: ['regex'],
    rest: true,
    run: (value, given) => search(text(value), given),
  },
  regex_findall: {
    params: ['regex', 'multiline', 'ignorecase'],
    run: (value, given) => findAll(text(value), given),
  },
  regex_escape: {
    params: ['re_type'],
    run: (value, given) => {
      const type = given.text('re_type', 'python');
      if (type === 'python') return text(value).replace(SPECIAL, '\\$&');
      if (type === 'posix_basic') return text(value).replace(/[\].[^$*\\]/g, '\\$&');
      throw failure(`regex_escape() knows no "${type}".`, 'Use python or posix_basic.');
    },
  },
};
