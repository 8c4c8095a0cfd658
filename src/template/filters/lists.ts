import { order } from '../compare.ts';
import { failure, limitItems } from '../faults.ts';
import { iterate, type Filter, type Given, type Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { or, isList, isMapping, own, Tuple, Undef, type Val } from '../values.ts';
import { isText } from '../values.ts';
import { field, folded } from './keys.ts';
import { sortBy } from '../order.ts';

function sort(value: Val, given: Given, runtime: Runtime): Val {
  const sensitive = given.flag('case_sensitive');
  const attributes = given.optional('attribute')?.split(',');
  const key = (item: Val): Val =>
    attributes === undefined
      ? folded(item, sensitive)
      : attributes.map((name) => {
          const found = field(item, name.trim(), runtime);
          return found instanceof Undef ? found.raise() : folded(found, sensitive);
        });
  return sortBy(iterate(value, 'The filter "sort"'), key, given.flag('reverse'));
}

function groupBy(value: Val, given: Given, runtime: Runtime): Val {
  const attribute = given.need('attribute');
  const fallback = given.get('default');
  const sensitive = given.flag('case_sensitive');
  const plainKey = (item: Val): Val => {
    const found = field(item, attribute, runtime);
    if (!(found instanceof Undef)) return found;
    return or(fallback, () => found.raise());
  };
  const key = (item: Val): Val => folded(plainKey(item), sensitive);
  const groups: { key: Val; items: Val[] }[] = [];
  for (const item of sortBy(iterate(value), key, false)) {
    const last = groups.at(-1);
    if (last && order(last.key, key(item)) === 0) last.items.push(item);
    else groups.push({ key: key(item), items: [item] });
  }
  return groups.map(({ key: found, items }) => {
    const [first = null] = items;
    return new Group(sensitive ? found : plainKey(first), items);
  });
}

/** What `groupby` makes: a pair whose parts have names too. */
class Group extends Tuple {
  constructor(grouper: Val, list: readonly Val[]) {
    super();
    this.push(grouper, list);
  }

  override attribute(name: string): Val | undefined {
    return name === 'grouper' ? this[0] : name === 'list' ? this[1] : undefined;
  }
}

function flatten(items: readonly Val[], levels: number, skipNulls: boolean): Val[] {
  const out: Val[] = [];
  for (const item of items) {
    if (skipNulls && item === null) continue;
    if (skipNulls && (item === 'None' || item === 'null')) continue;
    if (!isList(item)) out.push(item);
    else if (levels === 0) out.push(item);
    else for (const inner of flatten(item, levels - 1, skipNulls)) out.push(inner);
    limitItems(out.length);
  }
  return out;
}

function batch(items: readonly Val[], size: number, fill: Val | undefined): Val {
  if (size < 1) throw failure('The size of a batch must be at least 1.');
  const rows: Val[][] = [];
  for (let i = 0; i < items.length; i += size) rows.push(items.slice(i, i + size));
  const last = rows.at(-1);
  if (last && fill !== undefined && fill !== null) {
    limitItems(size);
    while (last.length < size) last.push(fill);
  }
  return rows;
}

function slices(items: readonly Val[], count: number, fill: Val | undefined): Val {
  if (count < 1) throw failure('The number of slices must be at least 1.');
  limitItems(count);
  const size = Math.floor(items.length / count);
  const extra = items.length % count;
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    const row = items.slice(at, (at += size + (i < extra ? 1 : 0)));
    return fill !== undefined && fill !== null && extra > 0 && i >= extra ? [...row, fill] : row;
  });
}

/** What stands at an index or key of a container, then deeper. */
function extract(value: Val, given: Given, runtime: Runtime): Val {
  const more = given.get('morekeys');
  const keys = more === undefined || more === null ? [] : isList(more) ? more : [more];
  let found = runtime.item(given.need('container'), value);
  for (const key of keys) found = runtime.item(found, key);
  return found;
}

function subelements(value: Val, given: Given): Val {
  const path = given.need('subelements');
  const keys = isText(path) ? text(path).split('.') : iterate(path).map(text);
  const items = isMapping(value)
    ? iterate(value).map((key) => own(value, key) ?? null)
    : iterate(value);
  const rows: Val[] = [];
  for (const item of items) {
    let found: Val | undefined = item;
    for (const key of keys) found = isMapping(found) ? own(found, key) : undefined;
    if (found === undefined) {
      if (given.flag('skip_missing')) continue;
      throw failure(
        `An item has no "${keys.join('.')}" to go over.`,
        'Give skip_missing=true to leave such items out.',
      );
    }
    for (const inner of iterate(found)) rows.push(Tuple.of2(item, inner));
    limitItems(rows.length);
  }
  return rows;
}

/** Filters that order, cut and flatten lists. */
export const LISTS: Readonly<Record<string, Filter>> = {
  sort: { params: ['reverse', 'case_sensitive', 'attribute'], run: sort },
  groupby: { params: ['attribute', 'default', 'case_sensitive'], run: groupBy },
  flatten: {
    params: ['levels', 'skip_nulls'],
    run: (value, given) => {
      const levels = given.get('levels') === null ? -1 : given.integer('levels', -1);
      return flatten(iterate(value), levels, given.flag('skip_nulls', true));
    },
  },
  batch: {
    params: ['linecount', 'fill_with'],
    run: (value, given) =>
      batch(iterate(value), given.integer('linecount'), given.get('fill_with')),
  },
  slice: {
    params: ['slices', 'fill_with'],
    run: (value, given) => slices(iterate(value), given.integer('slices'), given.get('fill_with')),
  },
  extract: { params: ['container', 'morekeys'], run: extract },
  subelements: { params: ['subelements', 'skip_missing'], run: subelements },
};
