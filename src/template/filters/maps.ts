import { equal } from '../compare.ts';
import { failure, wrongType } from '../faults.ts';
import { mapKey } from '../keys.ts';
import { iterate, type Filter, type Given } from '../runtime.ts';
import { text } from '../text.ts';
import {
  Dict,
  dict,
  entriesOf,
  isList,
  isMapping,
  own,
  Tuple,
  Undef,
  type AnyMap,
  type Val,
} from '../values.ts';
import { folded } from './keys.ts';
import { sortBy } from '../order.ts';
import { search } from '../jmespath/evaluate.ts';
import { parsePath } from '../jmespath/parse.ts';
import { distinct } from './sets.ts';

function mapping(value: Val | undefined, what: string): AnyMap {
  if (!isMapping(value)) throw wrongType(what, 'a map', value ?? null);
  return value;
}

interface Merging {
  readonly recursive: boolean;
  readonly lists: string;
}

function merge(a: AnyMap, b: AnyMap, how: Merging): AnyMap {
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
        `combine() knows no list_merge "${how}".`,
        'Use replace, keep, append, prepend, append_rp or prepend_rp.',
      );
  }
}

function combine(value: Val, given: Given): Val {
  const how = {
    recursive: given.extra.get('recursive') === true,
    lists: text(given.extra.get('list_merge') ?? 'replace'),
  };
  const stray = [...given.extra.keys()].find((key) => key !== 'recursive' && key !== 'list_merge');
  if (stray !== undefined) {
    throw failure(
      `The filter "combine" has no argument "${stray}".`,
      'Its arguments: maps, recursive, list_merge.',
    );
  }
  const all = [value, ...given.rest].flatMap((term) => (isList(term) ? term : [term]));
  return all
    .map((term) => mapping(term, 'The filter "combine"'))
    .reduce<AnyMap>((whole, next) => merge(whole, next, how), {});
}

function dictSort(value: Val, given: Given): Val {
  const by = given.text('by', 'key');
  if (by !== 'key' && by !== 'value') throw failure('dictsort sorts by "key" or by "value".');
  const sensitive = given.flag('case_sensitive');
  const pairs = entriesOf(mapping(value, 'The filter "dictsort"')).map(([k, v]) => Tuple.of2(k, v));
  const key = (pair: Val): Val =>
    folded((pair as readonly Val[])[by === 'key' ? 0 : 1] ?? null, sensitive);
  return sortBy(pairs, key, given.flag('reverse'));
}

function toItems(value: Val, keyName: string, valueName: string): Val {
  return entriesOf(mapping(value, 'The filter "dict2items"')).map(([key, item]) =>
    dict([
      [keyName, key],
      [valueName, item],
    ]),
  );
}

function fromItems(value: Val, keyName: string, valueName: string): Val {
  if (!isList(value)) throw wrongType('The filter "items2dict"', 'a list', value);
  return dict(
    value.map((item) => {
      const whole = mapping(item, 'The filter "items2dict"');
      const key = own(whole, keyName);
      const inner = own(whole, valueName);
      if (key === undefined || inner === undefined) {
        throw failure(
          `An item has no "${key === undefined ? keyName : valueName}".`,
          'Name them: items2dict(key_name=..., value_name=...).',
        );
      }
      return [mapKey(key), inner];
    }),
  );
}

function rekey(value: Val, name: string, overwrite: boolean): Val {
  const items = isMapping(value) ? entriesOf(value).map(([, item]) => item) : iterate(value);
  const out = new Dict();
  for (const item of items) {
    const key = own(mapping(item, 'The filter "rekey_on_member"'), name);
    if (key === undefined) throw failure(`An item has no "${name}".`);
    if (out.get(mapKey(key)) !== undefined && !overwrite) {
      throw failure(
        `Two items have the same "${name}".`,
        'Give duplicates="overwrite" to keep the last.',
      );
    }
    out.set(mapKey(key), item);
  }
  return dict(out.all());
}

/** Filters on maps. */
export const MAPS: Readonly<Record<string, Filter>> = {
  combine: { params: [], rest: true, run: combine },
  dictsort: { params: ['case_sensitive', 'by', 'reverse'], run: dictSort },
  items: {
    params: [],
    lenient: true,
    // Of what is undefined Jinja2 gives no items rather than an error.
    run: (value) =>
      value instanceof Undef
        ? []
        : entriesOf(mapping(value, 'The filter "items"')).map(([k, v]) => Tuple.of2(k, v)),
  },
  dict2items: {
    params: ['key_name', 'value_name'],
    run: (value, given) =>
      toItems(value, given.text('key_name', 'key'), given.text('value_name', 'value')),
  },
  items2dict: {
    params: ['key_name', 'value_name'],
    run: (value, given) =>
      fromItems(value, given.text('key_name', 'key'), given.text('value_name', 'value')),
  },
  json_query: {
    params: ['expr'],
    run: (value, given) => search(parsePath(given.text('expr')), value),
  },
  rekey_on_member: {
    params: ['key', 'duplicates'],
    run: (value, given) =>
      rekey(value, given.text('key'), given.text('duplicates', 'error') === 'overwrite'),
  },
};
