import { same } from '../compare.ts';
import { limitItems } from '../faults.ts';
import { iterate, type Filter, type Given, type Runtime } from '../runtime.ts';
import { Unknown } from '../../model/value.ts';
import { or, numberOf, Unforeseen, Tuple, type Val } from '../values.ts';
import { field, folded } from './keys.ts';

/** Finds equal values fast where they are plain text or numbers, by comparison else. */
export class Bag {
  readonly #simple = new Set<unknown>();
  readonly #other: Val[] = [];

  /** Adds a value; false when it was there. */
  add(value: Val): boolean {
    if (this.has(value)) return false;
    if (isSimple(value)) this.#simple.add(simple(value));
    else this.#other.push(value);
    return true;
  }

  has(value: Val): boolean {
    if (value instanceof Unknown) throw new Unforeseen(value);
    if (isSimple(value)) return this.#simple.has(simple(value));
    return this.#other.some((other) => {
      const answer = same(other, value);
      if (answer instanceof Unknown) throw new Unforeseen(answer);
      return answer;
    });
  }
}

const isSimple = (value: Val): boolean =>
  typeof value === 'string' || numberOf(value) !== undefined;

/** What stands for it in a set: 1, 1.0 and True are one. */
const simple = (value: Val): unknown => numberOf(value) ?? value;

const bag = (items: readonly Val[]): Bag => {
  const made = new Bag();
  for (const item of items) made.add(item);
  return made;
};

/** Items without repetition, in the order they first come. */
export const distinct = (items: readonly Val[]): readonly Val[] => {
  const seen = new Bag();
  return items.filter((item) => seen.add(item));
};

const both = (run: (a: readonly Val[], b: readonly Val[]) => readonly Val[]): Filter => ({
  params: ['b'],
  run: (value, given) => distinct(run(iterate(value), iterate(given.need('b')))),
});

const without = (a: readonly Val[], b: readonly Val[]): readonly Val[] => {
  const inside = bag(b);
  return a.filter((item) => !inside.has(item));
};

function unique(value: Val, given: Given, runtime: Runtime): Val {
  const attribute = given.get('attribute');
  const sensitive = given.flag('case_sensitive');
  const seen = new Bag();
  return iterate(value).filter((item) => {
    const key =
      attribute === undefined || attribute === null ? item : field(item, attribute, runtime);
    return seen.add(folded(key, sensitive));
  });
}

/** All combinations of one item of each list. */
function product(lists: readonly (readonly Val[])[]): readonly Val[] {
  limitItems(lists.reduce((count, list) => count * list.length, lists.length));
  let rows: Val[][] = [[]];
  for (const list of lists) rows = rows.flatMap((row) => list.map((item) => [...row, item]));
  return rows.map((row) => Tuple.make(row));
}

/** Choices of `size` items: in order given, or in all orders. */
function choose(items: readonly Val[], size: number, orders: boolean): readonly Val[] {
  let count = 1;
  for (let i = 0; i < size; i++) count *= (items.length - i) / (orders ? 1 : i + 1);
  limitItems(count * Math.max(size, 1));
  let rows: number[][] = [[]];
  for (let i = 0; i < size; i++) {
    rows = rows.flatMap((row) => {
      const next: number[][] = [];
      for (const at of items.keys()) {
        if (orders ? !row.includes(at) : at > (row.at(-1) ?? -1)) next.push([...row, at]);
      }
      return next;
    });
  }
  return rows.map((row) => Tuple.make(row.map((at) => items[at] ?? null)));
}

/** Shorter lists end the rows, or are filled up. */
function zip(lists: readonly (readonly Val[])[], fill: Val | undefined): readonly Val[] {
  const lengths = lists.map((list) => list.length);
  const count = fill === undefined ? Math.min(...lengths) : Math.max(...lengths);
  return Array.from({ length: count }, (_, i) =>
    Tuple.make(lists.map((list) => or(list[i], () => fill ?? null))),
  );
}

/** Filters that treat lists as sets, and those that combine lists. */
export const SETS: Readonly<Record<string, Filter>> = {
  union: both((a, b) => [...a, ...b]),
  intersect: both((a, b) => {
    const inside = bag(b);
    return a.filter((item) => inside.has(item));
  }),
  difference: both(without),
  symmetric_difference: both((a, b) => [...without(a, b), ...without(b, a)]),
  unique: { params: ['case_sensitive', 'attribute'], run: unique },
  product: {
    params: [],
    rest: true,
    run: (value, given) => {
      const lists = [iterate(value), ...given.rest.map((list) => iterate(list))];
      const times = numberOf(given.extra.get('repeat')) ?? 1;
      limitItems(lists.length * Math.max(times, 0));
      return product(Array.from({ length: times }, () => lists).flat());
    },
  },
  permutations: {
    params: ['r'],
    run: (value, given) => {
      const items = iterate(value);
      return choose(items, given.integer('r', items.length), true);
    },
  },
  combinations: {
    params: ['r'],
    run: (value, given) => choose(iterate(value), given.integer('r'), false),
  },
  zip: {
    params: [],
    rest: true,
    run: (value, given) =>
      zip([iterate(value), ...given.rest.map((list) => iterate(list))], undefined),
  },
  zip_longest: {
    params: [],
    rest: true,
    run: (value, given) =>
      zip(
        [iterate(value), ...given.rest.map((list) => iterate(list))],
        given.extra.get('fillvalue') ?? null,
      ),
  },
};
