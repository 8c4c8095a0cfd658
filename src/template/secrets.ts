import { Secret, type Unknown } from '../model/value.ts';
import { Dict, dict, entriesOf, isDict, isList, Tuple, Unforeseen, type Val } from './values.ts';

/**
 * How often a secret was turned into plain text. Evaluation is synchronous, so an operation during
 * which the count grew made its result from a secret.
 */
let reveals = 0;

/** The text of a secret, for work whose result `sealed` will look at. */
export function reveal(secret: Secret): string {
  reveals++;
  return secret.reveal();
}

/** Does an operation; when it read a secret, all text in the result is secret too. Numbers and booleans stay. */
export function sealed<T extends Val>(work: () => T): T | Secret {
  const before = reveals;
  try {
    const value = work();
    return reveals === before ? value : (seal(value) as T | Secret);
  } finally {
    reveals = before;
  }
}

/** The same, and an operation that needed an unknown value gives that unknown value. */
export function guarded<T extends Val>(work: () => T): T | Secret | Unknown {
  try {
    return sealed(work);
  } catch (error) {
    if (error instanceof Unforeseen) return error.unknown;
    throw error;
  }
}

/** A value with all its text made secret; the keys of maps stay. */
export function seal(value: Val): Val {
  if (typeof value === 'string') return new Secret(value);
  if (value instanceof Tuple) return Tuple.make(value.map(seal));
  if (isList(value)) return value.map(seal);
  if (value instanceof Dict || isDict(value)) {
    return dict(entriesOf(value).map(([key, v]) => [key, seal(v)]));
  }
  return value;
}
