import { isLazy, Secret, Unknown, type Value } from '../model/value.ts';
import { failure } from './faults.ts';
import { Moment, Span } from './moment.ts';
import { text } from './text.ts';
import { kindOf } from './kinds.ts';
import { Dict, Float, Special, Tuple, Undef, type Val, type ValMap } from './values.ts';

/** Lists and maps known to hold finished values only: facts are looked through once, not at each use. */
const finished = new WeakSet();

/** A value as it leaves the evaluator: plain data. Raises for an undefined value anywhere in it. */
export function finish(value: Val): Value {
  // As the loader does with large numbers: text rather than another number.
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Special) return special(value);
  if (
    value instanceof Unknown ||
    value instanceof Secret ||
    value instanceof Float ||
    isLazy(value)
  )
    return value;
  if (finished.has(value)) return value as Value;
  const result = Array.isArray(value) ? list(value as readonly Val[]) : map(value as ValMap);
  finished.add(result as object);
  return result;
}

function special(value: Special): Value {
  if (value instanceof Dict) {
    return Object.fromEntries(value.all().map(([key, item]) => [text(key), finish(item)]));
  }
  if (value instanceof Undef) return value.blank ? '' : value.raise();
  if (value instanceof Moment || value instanceof Span) return value.toString();
  throw failure(
    `The result is ${kindOf(value)}, not a value.`,
    value.type === 'function' ? 'Call it: add ().' : undefined,
  );
}

function list(items: readonly Val[]): Value {
  const done = items.map(finish);
  const untouched = !(items instanceof Tuple) && done.every((item, i) => item === items[i]);
  return untouched ? (items as readonly Value[]) : done;
}

function map(value: ValMap): Value {
  const done = Object.entries(value).map(([key, item]) => [key, finish(item)] as const);
  const untouched = done.every(([key, item]) => item === value[key]);
  return untouched ? (value as Value) : Object.fromEntries(done);
}
