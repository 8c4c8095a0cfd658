import { crc32 } from 'node:zlib';
import { order } from '../compare.ts';
import { rowsOf } from '../../lib/csv.ts';
import { failure, wrongType } from '../faults.ts';
import { mapKey } from '../keys.ts';
import { Mersenne } from '../mersenne.ts';
import { iterate, type Filter, type Given, type Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { Dict, dict, entriesOf, isList, isText, numberOf, own, type Val } from '../values.ts';
import { compareVersions } from '../versions.ts';
import { mapping, merge, mergingOf } from './combining.ts';

/** A map of a list of pairs. */
const ofPairs = (value: Val): Val =>
  dict(
    iterate(value, 'The filter "dict"').map((pair) => {
      const [key, item, ...more] = iterate(pair, 'The filter "dict"');
      if (key === undefined || item === undefined || more.length > 0)
        throw failure('The filter "dict" needs a list of pairs.');
      return [mapKey(key), item];
    }),
  );

/** How often each item is in a list. */
function counter(value: Val): Val {
  if (!isList(value) && !isText(value)) throw wrongType('The filter "counter"', 'a list', value);
  const counts = new Dict();
  for (const item of iterate(value)) {
    const key = mapKey(item);
    counts.set(key, (numberOf(counts.get(key)) ?? 0) + 1);
  }
  return dict(counts.all());
}

/** The maps of a list by one of their values, which must be there and differ. */
function byAttribute(value: Val, name: string): Val {
  if (!isList(value)) throw wrongType('The filter "groupby_as_dict"', 'a list', value);
  const found = new Dict();
  for (const item of value) {
    const key = own(mapping(item, 'The filter "groupby_as_dict"'), name);
    if (key === undefined) throw failure(`An item has no "${name}".`);
    if (found.get(mapKey(key)) !== undefined)
      throw failure(`Two items have the same "${name}": ${text(key)}.`);
    found.set(mapKey(key), item);
  }
  return dict(found.all());
}

/** Merges lists of maps: those with the same value under `index` become one. Later lists win. */
function mergeBy(value: Val, given: Given): Val {
  const { lists: terms, index } = listsToMerge(value, given);
  const how = mergingOf('lists_mergeby', given);
  const [last, ...before] = terms.toReversed();
  if (last === undefined) return [];
  if (before.length === 0) return last;
  if (!isText(index)) throw wrongType('The last argument of "lists_mergeby"', 'text', index);
  const name = text(index);
  return before.reduce((result: readonly Val[], list) => {
    const found = new Dict();
    for (const item of [...list, ...result]) {
      const whole = mapping(item, 'An item of "lists_mergeby"');
      const key = own(whole, name);
      if (key === undefined) continue;
      const known = found.get(mapKey(key));
      const merged = new Dict(known instanceof Dict ? known.all() : []);
      for (const [k, v] of entriesOf(merge(dict(merged.all()), whole, how))) merged.set(k, v);
      found.set(mapKey(key), merged);
    }
    const items = found.all().map(([key, item]) => ({ key, item }));
    return items
      .sort((a, b) => order(a.key, b.key))
      .map(({ item }) => (item instanceof Dict ? dict(item.all()) : item));
  }, last);
}

/** `list | lists_mergeby(list, ..., name)`, or all lists in one. */
function listsToMerge(
  value: Val,
  given: Given,
): { lists: readonly (readonly Val[])[]; index: Val } {
  const terms = [value, ...given.rest];
  if (terms.length < 2) throw failure('"lists_mergeby" needs lists and the name they share.');
  const lists = terms.slice(0, -1).flatMap((list): readonly (readonly Val[])[] => {
    if (!isList(list)) throw wrongType('"lists_mergeby"', 'lists before the name', list);
    if (list.length === 0) return [];
    return list.every(isList) ? list : [list];
  });
  return { lists, index: terms.at(-1) ?? null };
}

/** A hardware address that begins with what is given; the same for the same seed, as in Ansible. */
function randomMac(value: Val, given: Given, runtime: Runtime): Val {
  if (!isText(value)) throw wrongType('The filter "random_mac"', 'text', value);
  const prefix = text(value).toLowerCase();
  const parts = prefix.split(':');
  if (parts.length > 5 || !parts.every((part) => /^[a-f0-9]{2}/.test(part)))
    throw failure(
      '"random_mac" needs the first one to five bytes of an address, such as 52:54:00.',
    );
  const seed = given.get('seed');
  const from = 68_719_476_736;
  const width = 1_099_511_627_776 - from;
  const roll = runtime.ports.random;
  if ((seed === undefined || seed === null) && !roll)
    throw failure('Chance is not available here.', 'Give a seed.');
  const drawn =
    seed === undefined || seed === null
      ? Math.floor((roll?.() ?? 0) * width)
      : new Mersenne(seed).below(width);
  const digits = (from + drawn).toString(16).slice(0, 2 * (6 - parts.length));
  return prefix + digits.replace(/../g, (byte) => `:${byte}`);
}

/** The rows of a table as maps; its first row has the names, where none are given. */
function fromCsv(value: Val, given: Given): Val {
  const dialect = given.optional('dialect') ?? 'excel';
  if (!['excel', 'excel-tab', 'unix'].includes(dialect))
    throw failure(`There is no dialect "${dialect}".`, 'Use excel, excel-tab or unix.');
  const delimiter = given.optional('delimiter') ?? (dialect === 'excel-tab' ? '\t' : ',');
  const rows = rowsOf(text(value), { delimiter, skipSpace: given.flag('skipinitialspace') });
  const names = given.get('fieldnames');
  const all: readonly Val[] = names === undefined || names === null ? rows : [names, ...rows];
  const columns = iterate(all[0] ?? []);
  return all.slice(1).map((row) => {
    const cells = iterate(row);
    const entries = columns.map((name, i) => [name, cells[i] ?? null] as const);
    const over = cells.slice(columns.length);
    return dict(over.length > 0 ? [...entries, [null, over]] : entries);
  });
}

/** Filters of community.general. */
export const COLLECTIONS: Readonly<Record<string, Filter>> = {
  dict: { params: [], run: ofPairs },
  dict_kv: { params: ['key'], run: (value, given) => dict([[mapKey(given.need('key')), value]]) },
  counter: { params: [], run: counter },
  groupby_as_dict: {
    params: ['attribute'],
    run: (value, given) => byAttribute(value, given.text('attribute')),
  },
  lists_mergeby: { params: [], rest: true, run: mergeBy },
  version_sort: {
    params: ['reverse'],
    run: (value, given) => {
      const sign = given.flag('reverse') ? -1 : 1;
      return [...iterate(value)].sort((a, b) => sign * compareVersions(text(a), text(b), 'loose'));
    },
  },
  random_mac: { params: ['seed'], run: randomMac },
  crc32: { params: [], run: (value) => crc32(text(value)).toString(16) },
  unicode_normalize: {
    params: ['form'],
    run: (value, given) => {
      const form = given.text('form', 'NFC');
      if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(form))
        throw failure(`There is no form "${form}".`, 'Use NFC, NFD, NFKC or NFKD.');
      return text(value).normalize(form);
    },
  },
  from_csv: {
    params: ['dialect', 'fieldnames', 'delimiter', 'skipinitialspace', 'strict'],
    run: fromCsv,
  },
};
