import { isDeepStrictEqual } from 'node:util';
import { Unknown, type Secret } from '../model/value.ts';
import { wrongType, failure } from './faults.ts';
import { Moment, Span } from './moment.ts';
import { kindOf } from './kinds.ts';
import {
  Dict,
  Float,
  integerOf,
  isList,
  isMapping,
  isText,
  keysOf,
  known,
  numberOf,
  own,
  sizeOf,
  Special,
  Tuple,
  Undef,
  Unforeseen,
  type AnyMap,
  type Val,
} from './values.ts';

const plainText = (value: string | Secret): string =>
  typeof value === 'string' ? value : value.reveal();

/** Whether a value counts as true, as in Python: 0, '', [] and {} do not. */
export function truthy(value: Val): boolean {
  const plain = known(value);
  if (plain === null) return false;
  if (isText(plain)) return plainText(plain) !== '';
  const number = numberOf(plain);
  if (number !== undefined) return number !== 0;
  if (isList(plain)) return plain.length > 0;
  return isMapping(plain) ? sizeOf(plain) > 0 : true;
}

/** Whether two values are equal, as in Python: 1 == True, '1' != 1. Unknown when that cannot be told. */
export function same(a: Val, b: Val): boolean | Unknown {
  if (a instanceof Undef) return same(known(a), b);
  if (b instanceof Undef) return same(a, known(b));
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  if (isText(a)) return isText(b) && plainText(a) === plainText(b);
  const number = numberOf(a);
  if (number !== undefined) {
    const whole = integerOf(a);
    const other = integerOf(b);
    return whole !== undefined && other !== undefined ? whole === other : number === numberOf(b);
  }
  if (a === null || b === null) return a === b;
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length || a instanceof Tuple !== b instanceof Tuple) {
      return false;
    }
    return every(a.map((item, i) => () => same(item, b[i] ?? null)));
  }
  if (isMapping(a)) return isMapping(b) && sameMaps(a, b);
  return a === b || (a instanceof Special && isDeepStrictEqual(a, b));
}

function sameMaps(a: AnyMap, b: AnyMap): boolean | Unknown {
  const keys = keysOf(a);
  if (keys.length !== sizeOf(b)) return false;
  return every(
    keys.map((key) => () => {
      const other = own(b, key);
      return other === undefined ? false : same(own(a, key) ?? null, other);
    }),
  );
}

/** False if one is false, else unknown if one is, else true. */
function every(questions: readonly (() => boolean | Unknown)[]): boolean | Unknown {
  let unknown: Unknown | undefined;
  for (const question of questions) {
    const answer = question();
    if (answer === false) return false;
    if (answer instanceof Unknown) unknown ??= answer;
  }
  return unknown ?? true;
}

/** The same, for those who cannot go on with an unknown answer. */
export function equal(a: Val, b: Val): boolean {
  const answer = same(a, b);
  if (answer instanceof Unknown) throw new Unforeseen(answer);
  return answer;
}

/** Whether a value is in a list, a text is in a text, or a key is in a map. */
export function contains(whole: Val, part: Val): boolean {
  const inside = known(whole);
  const item = known(part);
  if (isText(inside)) {
    if (!isText(item)) throw wrongType('"in" a text', 'text on its left', item);
    return plainText(inside).includes(plainText(item));
  }
  if (isMapping(inside)) {
    const key = isText(item) ? plainText(item) : item;
    return inside instanceof Dict ? inside.get(key) !== undefined : keysOf(inside).includes(key);
  }
  if (!isList(inside)) throw wrongType('"in"', 'a list, a map or text on its right', inside);
  let unknown: Unknown | undefined;
  for (const candidate of inside) {
    const answer = same(candidate, item);
    if (answer === true) return true;
    if (answer instanceof Unknown) unknown ??= answer;
  }
  if (unknown) throw new Unforeseen(unknown);
  return false;
}

/** Less than zero, zero or more as `a` comes before, with or after `b`; raises for types that have no order. */
export function order(a: Val, b: Val): number {
  const left = known(a);
  const right = known(b);
  const one = numberOf(left);
  const two = numberOf(right);
  if (one !== undefined && two !== undefined) {
    const whole = integerOf(left) ?? one;
    const other = integerOf(right) ?? two;
    return whole < other ? -1 : whole > other ? 1 : 0;
  }
  if (left instanceof Moment && right instanceof Moment) return left.since(right);
  if (left instanceof Span && right instanceof Span) return left.ms - right.ms;
  if (isText(left) && isText(right)) return textOrder(plainText(left), plainText(right));
  if (isList(left) && isList(right) && left instanceof Tuple === right instanceof Tuple) {
    for (const [i, item] of left.entries()) {
      const other = right[i];
      if (other === undefined) return 1;
      if (!equal(item, other)) return order(item, other);
    }
    return left.length - right.length;
  }
  throw failure(
    `${capital(kindOf(left))} and ${kindOf(right)} have no order.`,
    'Convert one of them: | int, | float or | string.',
  );
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whether two values are the very same object or the same constant, as `is sameas` asks. */
export const identical = (a: Val, b: Val): boolean =>
  a === b || (a instanceof Float && b instanceof Float && a.n === b.n);
