import { equal, order } from '../compare.ts';
import { failure } from '../faults.ts';
import { json } from '../json.ts';
import { text } from '../text.ts';
import {
  dict,
  entriesOf,
  integer,
  integerOf,
  isList,
  isMapping,
  isText,
  keysOf,
  numberOf,
  numeric,
  sizeOf,
  type AnyMap,
  type Val,
} from '../values.ts';

/** An argument: a value, or with `&` an expression to apply. */
export interface Argument {
  readonly value: Val;
  readonly apply?: (item: Val) => Val;
}

interface Fn {
  readonly least: number;
  /** Left out: any number. */
  readonly most?: number;
  readonly run: (args: readonly Argument[], name: string) => Val;
}

const wrong = (name: string, wanted: string): Error =>
  failure(`The JMESPath function "${name}" needs ${wanted}.`);

function list(args: readonly Argument[], i: number, name: string): readonly Val[] {
  const value = args[i]?.value;
  if (!isList(value)) throw wrong(name, 'a list');
  return value;
}

function map(args: readonly Argument[], i: number, name: string): AnyMap {
  const value = args[i]?.value;
  if (!isMapping(value)) throw wrong(name, 'a map');
  return value;
}

function words(args: readonly Argument[], i: number, name: string): string {
  const value = args[i]?.value;
  if (!isText(value)) throw wrong(name, 'a text');
  return text(value);
}

function numberIn(value: Val | undefined, name: string): number {
  const number = typeof value === 'boolean' ? undefined : numberOf(value);
  if (number === undefined) throw wrong(name, 'numbers');
  return number;
}

function applying(args: readonly Argument[], i: number, name: string): (item: Val) => Val {
  const apply = args[i]?.apply;
  if (!apply) throw wrong(name, 'an expression with & before it');
  return apply;
}

const fn = (least: number, run: Fn['run'], most: number = least): Fn => ({ least, most, run });
const rounded = (round: (n: number) => number): Fn =>
  fn(1, (args, name) => integer(BigInt(round(numberIn(args[0]?.value, name)))));

/** The item with the least or greatest key. */
const extreme = (sign: 1 | -1): Fn =>
  fn(2, (args, name) => {
    const apply = applying(args, 1, name);
    let best: { item: Val; key: Val } | undefined;
    for (const item of list(args, 0, name)) {
      const key = apply(item);
      if (!best || order(key, best.key) * sign < 0) best = { item, key };
    }
    return best?.item ?? null;
  });

const edge = (sign: 1 | -1): Fn =>
  fn(1, (args, name) => {
    let best: Val | undefined;
    for (const item of list(args, 0, name)) {
      if (best === undefined || order(item, best) * sign < 0) best = item;
    }
    return best ?? null;
  });

const sorted = (items: readonly Val[], key: (item: Val) => Val): Val =>
  items
    .map((item) => ({ item, key: key(item) }))
    .sort((a, b) => order(a.key, b.key))
    .map(({ item }) => item);

function typeOf(value: Val | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (isText(value)) return 'string';
  if (isList(value)) return 'array';
  return isMapping(value) ? 'object' : 'number';
}

function toNumber(value: Val | undefined): Val {
  if (value === undefined || typeof value === 'boolean') return null;
  if (!isText(value)) return numberOf(value) === undefined ? null : value;
  const written = text(value).trim();
  if (/^[-+]?\d+$/.test(written)) return integer(BigInt(written));
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(written)
    ? numeric(Number(written), true)
    : null;
}

const COMPACT = { indent: undefined, comma: ',', colon: ':', sortKeys: false, ascii: true };

/** The functions of JMESPath. */
export const FUNCTIONS: Readonly<Record<string, Fn>> = {
  abs: fn(1, (args, name) => {
    const size = numberIn(args[0]?.value, name);
    const whole = integerOf(args[0]?.value);
    return whole === undefined
      ? numeric(Math.abs(size), true)
      : whole < 0
        ? integer(-BigInt(whole))
        : whole;
  }),
  avg: fn(1, (args, name) => {
    const items = list(args, 0, name);
    const sum = items.reduce<number>((all, item) => all + numberIn(item, name), 0);
    return items.length === 0 ? null : numeric(sum / items.length, true);
  }),
  ceil: rounded(Math.ceil),
  contains: fn(2, (args, name) => {
    const [whole, part = { value: null }] = args;
    if (isText(whole?.value)) {
      return isText(part.value) && text(whole.value).includes(text(part.value));
    }
    return list(args, 0, name).some((item) => equal(item, part.value));
  }),
  ends_with: fn(2, (args, name) => words(args, 0, name).endsWith(words(args, 1, name))),
  floor: rounded(Math.floor),
  join: fn(2, (args, name) => {
    const items = list(args, 1, name);
    if (!items.every(isText)) throw wrong(name, 'a list of texts');
    return items.map(text).join(words(args, 0, name));
  }),
  keys: fn(1, (args, name) => keysOf(map(args, 0, name))),
  length: fn(1, (args, name) => {
    const value = args[0]?.value;
    if (isText(value)) return Array.from(text(value)).length;
    return isMapping(value) ? sizeOf(value) : list(args, 0, name).length;
  }),
  map: fn(2, (args, name) => list(args, 1, name).map(applying(args, 0, name))),
  max: edge(-1),
  max_by: extreme(-1),
  merge: {
    least: 0,
    run: (args, name) => dict(args.flatMap((_, i) => entriesOf(map(args, i, name)))),
  },
  min: edge(1),
  min_by: extreme(1),
  not_null: { least: 1, run: (args) => args.find(({ value }) => value !== null)?.value ?? null },
  reverse: fn(1, (args, name) => {
    const value = args[0]?.value;
    if (isText(value)) return Array.from(text(value)).reverse().join('');
    return [...list(args, 0, name)].reverse();
  }),
  sort: fn(1, (args, name) => sorted(list(args, 0, name), (item) => item)),
  sort_by: fn(2, (args, name) => sorted(list(args, 0, name), applying(args, 1, name))),
  starts_with: fn(2, (args, name) => words(args, 0, name).startsWith(words(args, 1, name))),
  sum: fn(1, (args, name) => {
    const items = list(args, 0, name);
    const float = items.some((item) => integerOf(item) === undefined);
    return numeric(
      items.reduce<number>((all, item) => all + numberIn(item, name), 0),
      float,
    );
  }),
  to_array: fn(1, (args) => {
    const value = args[0]?.value ?? null;
    return isList(value) ? value : [value];
  }),
  to_number: fn(1, (args) => toNumber(args[0]?.value)),
  to_string: fn(1, (args) => {
    const value = args[0]?.value ?? null;
    return isText(value) ? value : json(value, COMPACT);
  }),
  type: fn(1, (args) => typeOf(args[0]?.value)),
  values: fn(1, (args, name) => entriesOf(map(args, 0, name)).map(([, value]) => value)),
};
