import { failure } from './faults.ts';
import { collectionMethod } from './methods-collection.ts';
import { textMethod } from './methods-text.ts';
import type { Runtime } from './runtime.ts';
import { text } from './text.ts';
import {
  Callable,
  integerOf,
  or,
  isList,
  isMapping,
  isText,
  known,
  Special,
  numberOf,
  own,
  Tuple,
  Undef,
  UnknownPart,
  type Val,
} from './values.ts';
import { Unknown } from '../model/value.ts';
import { wholeNumber } from './runtime.ts';

/**
 * What stands at `of.name` or `of[key]`; nothing when there is nothing. Only own entries and the
 * methods named here exist: nothing of JavaScript can be reached. A dot finds methods first, brackets entries.
 */
export function member(of: Val, key: Val, dot: boolean, runtime: Runtime): Val | undefined {
  if (of instanceof Undef) return of;
  if (of instanceof Unknown) return new UnknownPart(of.why);
  const wanted = known(key);
  const index = numberOf(wanted);
  if (isText(of) || isList(of)) {
    if (index !== undefined) return at(of, index);
    if (!isText(wanted)) return undefined;
    const part = of instanceof Tuple ? of.attribute(text(wanted)) : undefined;
    return or(part, () => method(of, text(wanted), runtime));
  }
  if (isMapping(of)) {
    const name = isText(wanted) ? text(wanted) : wanted;
    const call = typeof name === 'string' ? collectionMethod(of, name, runtime) : undefined;
    return dot ? (call ?? own(of, name)) : or(own(of, name), () => call);
  }
  if (!isText(wanted)) return undefined;
  if (of instanceof Special) {
    return or(of.attribute(text(wanted)), () => numberMethod(of, text(wanted)));
  }
  return numberMethod(of, text(wanted));
}

/** The few methods of Python's numbers. */
function numberMethod(of: Val, name: string): Val | undefined {
  const whole = integerOf(of);
  const number = numberOf(of);
  if (name === 'bit_length' && whole !== undefined) {
    const size = BigInt(whole < 0 ? -whole : whole);
    return new Callable(name, () => (size === 0n ? 0 : size.toString(2).length));
  }
  if (name !== 'is_integer' || number === undefined || whole !== undefined) return undefined;
  return new Callable(name, () => Number.isInteger(number));
}

function method(of: Val, name: string, runtime: Runtime): Val | undefined {
  return isText(of) ? textMethod(of, name, runtime) : collectionMethod(of, name, runtime);
}

/** The characters of a text as Python counts them: one for each code point. */
export const characters = (value: string): string | readonly string[] =>
  /[\ud800-\udfff]/.test(value) ? Array.from(value) : value;

function at(of: Val, index: number): Val | undefined {
  const whole = isList(of) ? of : characters(text(of));
  return whole[index < 0 ? whole.length + index : index];
}

/** `of[from:to:step]`, as Python cuts lists and texts. */
export function slice(of: Val, bounds: readonly (Val | undefined)[]): Val {
  const plain = known(of);
  if (!isText(plain) && !isList(plain)) throw failure('Only lists and texts can be sliced.');
  const whole = isList(plain) ? plain : characters(text(plain));
  const [from, to, by] = bounds.map((bound) => {
    if (bound === undefined || bound === null) return undefined;
    const number = wholeNumber(known(bound));
    if (number === undefined) throw failure('The bounds of a slice must be whole numbers.');
    return number;
  });
  const step = by ?? 1;
  if (step === 0) throw failure('The step of a slice cannot be 0.');
  const { length } = whole;
  const clamp = (n: number): number => {
    const positive = n < 0 ? n + length : n;
    return step > 0
      ? Math.min(Math.max(positive, 0), length)
      : Math.min(Math.max(positive, -1), length - 1);
  };
  const start = from === undefined ? (step > 0 ? 0 : length - 1) : clamp(from);
  const end = to === undefined ? (step > 0 ? length : -1) : clamp(to);
  const items: Val[] = [];
  for (let i = start; step > 0 ? i < end : i > end; i += step) items.push(whole[i] ?? null);
  if (isText(plain)) return items.map(text).join('');
  return plain instanceof Tuple ? Tuple.make(items) : items;
}
