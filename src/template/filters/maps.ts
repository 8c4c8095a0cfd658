import { failure, wrongType } from '../faults.ts';
import { mapKey } from '../keys.ts';
import { iterate, type Filter, type Given } from '../runtime.ts';
import { text } from '../text.ts';
import {
  Dict,
  dict,
  entriesOf,
  integerOf,
  isList,
  isMapping,
  isText,
  own,
  Tuple,
  Undef,
  type AnyMap,
  type Val,
} from '../values.ts';
import { mapping, merge, mergingOf } from './combining.ts';
import { folded } from './keys.ts';
import { sortBy } from '../order.ts';
import { search } from '../jmespath/evaluate.ts';
import { parsePath } from '../jmespath/parse.ts';

function combine(value: Val, given: Given): Val {
  const how = mergingOf('combine', given);
  const all = [value, ...given.rest].flatMap((term) => (isList(term) ? term : [term]));
  // As in Ansible nothing, and its name, add nothing.
  return all
    .filter((term) => term !== null && !['None', 'null'].includes(isText(term) ? text(term) : ''))
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

/** A value of a map, or of a list of two, as findings of patterns are. */
const part = (item: Val, name: Val): Val | undefined =>
  isList(item) && integerOf(name) !== undefined
    ? item[Number(name)]
    : own(mapping(item, 'The filter "items2dict"'), name);

function fromItems(value: Val, keyName: Val, valueName: Val): Val {
  if (!isList(value)) throw wrongType('The filter "items2dict"', 'a list', value);
  return dict(
    value.map((item) => {
      const key = part(item, keyName);
      const inner = part(item, valueName);
      if (key === undefined || inner === undefined) {
        throw failure(
          `An item has no "${text(key === undefined ? keyName : valueName)}".`,
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
      fromItems(value, given.get('key_name') ?? 'key', given.get('value_name') ?? 'value'),
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
