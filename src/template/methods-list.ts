import { equal } from './compare.ts';
import { failure, limitItems } from './faults.ts';
import { sortBy } from './order.ts';
import { iterate, type Given, type Runtime, type Signature } from './runtime.ts';
import { truthy } from './compare.ts';
import type { Val } from './values.ts';

interface Method extends Signature {
  readonly run: (of: readonly Val[], given: Given, runtime: Runtime) => Val;
}

const index: Method = {
  params: ['value', 'start', 'stop'],
  run: (of, given) => {
    const from = given.integer('start', 0);
    const to = given.integer('stop', of.length);
    const at = of.findIndex((item, i) => i >= from && i < to && equal(item, given.need('value')));
    if (at < 0) throw failure('index() does not find the value.');
    return at;
  },
};

const count: Method = {
  params: ['value'],
  run: (of, given) => of.filter((item) => equal(item, given.need('value'))).length,
};

/** The methods of Python's `tuple`. */
export const TUPLE: Readonly<Record<string, Method>> = { index, count };

/** The methods of Python's `list`. Those that change it work on lists that the template made itself. */
export const LIST: Readonly<Record<string, Method>> = {
  index,
  count,
  copy: {
    params: [],
    run: (of, _given, runtime) => {
      const copy = [...of];
      runtime.made.add(copy);
      return copy;
    },
  },
  append: {
    params: ['value'],
    run: (of, given, runtime) => {
      runtime.changeable(of as Val[]).push(given.need('value'));
      limitItems(of.length);
      return null;
    },
  },
  extend: {
    params: ['values'],
    run: (of, given, runtime) => {
      const target = runtime.changeable(of as Val[]);
      const more = [...iterate(given.need('values'), 'extend()')];
      limitItems(target.length + more.length);
      for (const item of more) target.push(item);
      return null;
    },
  },
  insert: {
    params: ['index', 'value'],
    run: (of, given, runtime) => {
      runtime.changeable(of as Val[]).splice(given.integer('index'), 0, given.need('value'));
      return null;
    },
  },
  pop: {
    params: ['index'],
    run: (of, given, runtime) => {
      const at = given.integer('index', -1);
      const target = runtime.changeable(of as Val[]);
      const [item] = at < -target.length ? [] : target.splice(at, 1);
      if (item === undefined) throw failure('pop() finds nothing at that index.');
      return item;
    },
  },
  remove: {
    params: ['value'],
    run: (of, given, runtime) => {
      const at = of.findIndex((item) => equal(item, given.need('value')));
      if (at < 0) throw failure('remove() does not find the value.');
      runtime.changeable(of as Val[]).splice(at, 1);
      return null;
    },
  },
  clear: {
    params: [],
    run: (of, _given, runtime) => {
      runtime.changeable(of as Val[]).length = 0;
      return null;
    },
  },
  reverse: {
    params: [],
    run: (of, _given, runtime) => {
      runtime.changeable(of as Val[]).reverse();
      return null;
    },
  },
  sort: {
    params: ['reverse'],
    run: (of, given, runtime) => {
      const target = runtime.changeable(of as Val[]);
      const sorted = sortBy(of, (item) => item, truthy(given.get('reverse') ?? false));
      target.splice(0, target.length, ...sorted);
      return null;
    },
  },
};
