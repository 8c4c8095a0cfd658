import { Secret } from '../model/value.ts';
import { equal, order, contains } from './compare.ts';
import { failure, limitItems, limitText } from './faults.ts';
import { percent } from './format.ts';
import { Moment, Span } from './moment.ts';
import { text } from './text.ts';
import { kindOf } from './kinds.ts';
import {
  integer,
  integerOf,
  isFloat,
  isList,
  isText,
  known,
  numberOf,
  numeric,
  Tuple,
  type Val,
} from './values.ts';

type Operation = (a: Val, b: Val) => Val;

/** The operators of two values, with Python's meaning. */
export const OPERATORS: Readonly<Record<string, Operation>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': (a, b) => numbers('/', a, b, { floats: (x, y) => x / nonzero(y) }),
  '//': (a, b) =>
    numbers('//', a, b, {
      floats: (x, y) => Math.floor(x / nonzero(y)),
      integers: (x, y) => (x - remainder(x, y)) / y,
    }),
  '%': modulo,
  '**': power,
  '==': (a, b) => equal(a, b),
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
  in: (a, b) => contains(b, a),
  'not in': (a, b) => !contains(b, a),
};

function nonzero(n: number): number {
  if (n === 0) throw failure('A division by zero.');
  return n;
}

/** How numbers are worked with: as floats, and where both are whole and the result too large for one, exactly. */
interface Work {
  readonly floats: (x: number, y: number) => number;
  readonly integers?: (x: bigint, y: bigint) => bigint;
}

function numbers(name: string, a: Val, b: Val, work: Work): Val {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined) throw mismatch(name, a, b);
  const whole = integerOf(a);
  const other = integerOf(b);
  if (!work.integers || whole === undefined || other === undefined) {
    return numeric(work.floats(x, y), true);
  }
  if (typeof whole === 'number' && typeof other === 'number') {
    const result = work.floats(whole, other);
    if (Number.isSafeInteger(result)) return result;
  }
  nonzero(name === '//' || name === '%' ? y : 1);
  return integer(work.integers(BigInt(whole), BigInt(other)));
}

/** What remains of a division, with the sign of the divisor as in Python. */
function remainder(x: bigint, y: bigint): bigint {
  const rest = x % y;
  return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest;
}

function power(a: Val, b: Val): Val {
  const exponent = integerOf(b);
  const base = integerOf(a);
  const whole = base !== undefined && exponent !== undefined && exponent >= 0;
  if (whole && Number(exponent) * Math.log2(Math.abs(Number(base)) + 1) > LARGEST) {
    throw failure('The power is too large.');
  }
  return numbers('**', a, b, {
    floats: (x, y) => x ** y,
    ...(whole ? { integers: (x, y) => x ** y } : {}),
  });
}

/** The most bits an integer may have. */
const LARGEST = 100_000;

function mismatch(name: string, a: Val, b: Val): Error {
  const left = known(a);
  const right = known(b);
  const hint =
    name === '+' && (isText(left) || isText(right))
      ? 'Join as text with ~, or convert with | int.'
      : 'Convert them first: | int, | float, | list.';
  return failure(`"${name}" cannot join ${kindOf(left)} and ${kindOf(right)}.`, hint);
}

function add(a: Val, b: Val): Val {
  if (isText(a) && isText(b)) {
    const joined = text(a) + text(b);
    limitText(joined.length);
    return joined;
  }
  if (isList(a) && isList(b) && a instanceof Tuple === b instanceof Tuple) {
    limitItems(a.length + b.length);
    return a instanceof Tuple ? Tuple.make([...a, ...b]) : [...a, ...b];
  }
  if (a instanceof Moment && b instanceof Span) return a.plus(b.ms);
  return numbers('+', a, b, { floats: (x, y) => x + y, integers: (x, y) => x + y });
}

function subtract(a: Val, b: Val): Val {
  if (a instanceof Moment && b instanceof Moment) return new Span(a.since(b));
  if (a instanceof Moment && b instanceof Span) return a.plus(-b.ms);
  return numbers('-', a, b, { floats: (x, y) => x - y, integers: (x, y) => x - y });
}

function multiply(a: Val, b: Val): Val {
  const [times, thing] = isText(a) || isList(a) ? [b, a] : [a, b];
  const count = numberOf(times);
  if (count === undefined || isFloat(times) || !(isText(thing) || isList(thing))) {
    return numbers('*', a, b, { floats: (x, y) => x * y, integers: (x, y) => x * y });
  }
  if (isText(thing)) return repeat(text(thing), count);
  limitItems(thing.length * Math.max(count, 0));
  const items = Array.from({ length: Math.max(count, 0) }, () => thing).flat();
  return thing instanceof Tuple ? Tuple.make(items) : items;
}

/** A text repeated, within the limit. */
export function repeat(unit: string, count: number): string {
  limitText(unit.length * Math.max(count, 0));
  return unit.repeat(Math.max(Math.trunc(count), 0));
}

function modulo(a: Val, b: Val): Val {
  if (typeof a === 'string' || a instanceof Secret) return percent(text(a), b);
  return numbers('%', a, b, {
    floats: (x, y) => {
      const rest = x % nonzero(y);
      return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
    },
    integers: remainder,
  });
}
