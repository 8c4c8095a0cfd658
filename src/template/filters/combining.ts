import { equal } from '../compare.ts';
import { failure, wrongType } from '../faults.ts';
import type { Given } from '../runtime.ts';
import { text } from '../text.ts';
import { Dict, dict, entriesOf, isList, isMapping, own, type AnyMap, type Val } from '../values.ts';
import { distinct } from './sets.ts';

/** A map, or an error that names who needs one. */
export function mapping(value: Val | undefined, what: string): AnyMap {
  if (!isMapping(value)) throw wrongType(what, 'a map', value ?? null);
  return value;
}

/** How two maps become one. */
export interface Merging {
  readonly recursive: boolean;
  readonly lists: string;
}

/** One map of two; the second wins. */
export function merge(a: AnyMap, b: AnyMap, how: Merging): AnyMap {
  // As Ansible does: with what is equal, or with nothing, no lists are added up.
  if (entriesOf(a).length === 0 || equal(a, b)) return b;
  const out = new Dict(entriesOf(a));
  for (const [key, value] of entriesOf(b)) {
    const before = own(a, key);
    if (how.recursive && isMapping(before) && isMapping(value))
      out.set(key, merge(before, value, how));
    else if (isList(before) && isList(value)) out.set(key, mergeLists(before, value, how.lists));
    else out.set(key, value);
  }
  return dict(out.all());
}

function mergeLists(a: readonly Val[], b: readonly Val[], how: string): readonly Val[] {
  const without = (x: readonly Val[], y: readonly Val[]): readonly Val[] =>
    distinct([...y, ...x]).slice(distinct(y).length);
  switch (how) {
    case 'keep':
      return a;
    case 'append':
      return [...a, ...b];
    case 'prepend':
      return [...b, ...a];
    case 'append_rp':
      return [...without(a, b), ...b];
    case 'prepend_rp':
      return [...b, ...without(a, b)];
    case 'replace':
      return b;
    default:
      throw failure(
        `There is no list_merge "${how}".`,
        'Use replace, keep, append, prepend, append_rp or prepend_rp.',
      );
  }
}

/** How a filter is told to merge: by `recursive` and `list_merge`; anything else is refused. */
export function mergingOf(filter: string, given: Given): Merging {
  const stray = [...given.extra.keys()].find((key) => key !== 'recursive' && key !== 'list_merge');
  if (stray !== undefined) {
    throw failure(
      `The filter "${filter}" has no argument "${stray}".`,
      'Its arguments: maps, recursive, list_merge.',
    );
  }
  return {
    recursive: given.extra.get('recursive') === true,
    lists: text(given.extra.get('list_merge') ?? 'replace'),
  };
}
