import type { OrchError } from '../lib/errors.ts';
import { Float, isLazy, Secret, Unknown, type LazyMap } from '../model/value.ts';

export { Float };

/** A value while a template is evaluated: a finished value, or something only templates know. */
export type Val =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | Unknown
  | Secret
  | Special
  | readonly Val[]
  | ValMap
  | LazyMap;

/** A map of any kind. */
export type AnyMap = ValMap | LazyMap | Dict;

/** A map of such values; only own properties count. */
export interface ValMap {
  readonly [key: string]: Val;
}

/** What templates have beyond finished values; none of it leaves the evaluator. */
export abstract class Special {
  /** The name of its Python type, as `type_debug` shows it. */
  abstract readonly type: string;

  toString(): string {
    return `<${this.type}>`;
  }

  /** As it stands in a list that is printed. */
  repr(): string {
    return this.toString();
  }

  /** What stands behind a dot and this name; nothing when nothing does. */
  attribute(_name: string): Val | undefined {
    return undefined;
  }
}

/** The result of reading what is not there. Harmless until used; then it raises the error it carries. */
export class Undef extends Special {
  readonly type = 'AnsibleUndefined';
  /** Jinja2's lenient kind, which an `if` without `else` gives: used as it is, it is an empty text. */
  readonly blank: boolean;
  readonly #error: () => OrchError;

  constructor(error: () => OrchError, blank = false) {
    super();
    this.#error = error;
    this.blank = blank;
  }

  error(): OrchError {
    return this.#error();
  }

  raise(): never {
    throw this.#error();
  }
}

/**
 * A dict that a plain object would not keep as it is: with keys that are numbers or tuples, or texts that
 * look like numbers, which JavaScript would sort to the front.
 */
export class Dict extends Special {
  readonly type = 'dict';
  readonly #entries = new Map<unknown, readonly [Val, Val]>();

  constructor(entries: Iterable<readonly [Val, Val]> = []) {
    super();
    for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Val): Val | undefined {
    return this.#entries.get(hashOf(key))?.[1];
  }

  /** Sets an entry; a key that is there stays where and as it is. */
  set(key: Val, value: Val): void {
    const hash = hashOf(key);
    this.#entries.set(hash, [this.#entries.get(hash)?.[0] ?? key, value]);
  }

  delete(key: Val): void {
    this.#entries.delete(hashOf(key));
  }

  all(): (readonly [Val, Val])[] {
    return [...this.#entries.values()];
  }
}

/** What stands for a key in a hash: 1, 1.0 and True are one key. */
function hashOf(key: Val): unknown {
  if (key instanceof Tuple) return `(${key.map((item) => String(hashOf(item))).join('\0')})\0`;
  return numberOf(key) ?? key;
}

/** A Python tuple: a list that prints with parentheses and never equals a list. */
export class Tuple extends Array<Val> {
  static of2(a: Val, b: Val): Tuple {
    const pair = new Tuple();
    pair.push(a, b);
    return pair;
  }

  static make(items: Iterable<Val>): Tuple {
    const tuple = new Tuple();
    for (const item of items) tuple.push(item);
    return tuple;
  }

  /** What stands behind a dot: a tuple may have names for its parts. */
  attribute(_name: string): Val | undefined {
    return undefined;
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** Something that can be called: a function, a method or a macro. */
export class Callable extends Special {
  readonly type: string = 'function';
  readonly name: string;
  readonly call: (args: Args) => Val;

  constructor(name: string, call: (args: Args) => Val) {
    super();
    this.name = name;
    this.call = call;
  }
}

/** The arguments of a call, a filter or a test. */
export interface Args {
  readonly list: readonly Val[];
  readonly named: ReadonlyMap<string, Val>;
}

/** A call without arguments. */
export const NO_ARGS: Args = { list: [], named: new Map() };

/** What `namespace()` makes: the one thing `{% set ns.x = ... %}` may change. */
export class Namespace extends Special {
  readonly type = 'Namespace';
  readonly vars = new Map<string, Val>();

  override attribute(name: string): Val | undefined {
    return this.vars.get(name);
  }
}

/** Part of an unknown value: nobody knows whether it will even be there. */
export class UnknownPart extends Unknown {}

/** Carries an Unknown out of an operation that needed to know it; the operation's result is that Unknown. */
export class Unforeseen extends Error {
  readonly unknown: Unknown;

  constructor(unknown: Unknown) {
    super(unknown.why);
    this.unknown = unknown;
  }
}

/** A value, or another one when there is none. Unlike `??` it keeps None, which is a value. */
export function or<T, U>(value: T | undefined, other: () => U): T | U {
  return value === undefined ? other() : value;
}

/** Whether a value is a plain map, not a lazy one. */
export function isDict(value: Val | undefined): value is ValMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Special) &&
    !(value instanceof Float) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret) &&
    !isLazy(value)
  );
}

/** Whether a text would be an index of a JavaScript object, and so lose its place. */
const isIndex = (key: string): boolean => /^(?:0|[1-9]\d*)$/.test(key);

/** Whether a value is a list. */
export const isList = (value: Val | undefined): value is readonly Val[] => Array.isArray(value);

/** Whether a value is a map of either kind. */
export const isMapping = (value: Val | undefined): value is AnyMap =>
  value instanceof Dict || isLazy(value) || isDict(value);

/** Whether a value is text, secret or not. */
export const isText = (value: Val | undefined): value is string | Secret =>
  typeof value === 'string' || value instanceof Secret;

/** The number a value is, as Python counts: booleans are 0 and 1; nothing when it is no number. */
export function numberOf(value: Val | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Float) return value.n;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'boolean' ? Number(value) : undefined;
}

/** Whether a value is a number with a point. */
export const isFloat = (value: Val | undefined): boolean =>
  value instanceof Float || (typeof value === 'number' && !Number.isSafeInteger(value));

/** A number as a float or, when `float` is not set, as it is. */
export const numeric = (n: number, float: boolean): Val =>
  float && Number.isInteger(n) ? new Float(n) : n;

/** An integer of any size as the kind that holds it exactly. */
export const integer = (n: bigint): number | bigint =>
  n >= BigInt(Number.MIN_SAFE_INTEGER) && n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(n) : n;

/** The integer a value is, booleans included; nothing when it is a float or no number. */
export function integerOf(value: Val | undefined): number | bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** A map from entries; safe for any key, `__proto__` included. */
export function dict(entries: Iterable<readonly [Val, Val]>): ValMap | Dict {
  const all = [...entries];
  const names: (readonly [string, Val])[] = [];
  for (const [key, value] of all) {
    if (typeof key !== 'string' || isIndex(key)) return new Dict(all);
    names.push([key, value]);
  }
  return Object.fromEntries(names);
}

/** An own entry of a map, of either kind; never anything inherited. */
export function own(map: AnyMap, key: Val): Val | undefined {
  if (map instanceof Dict) return map.get(key);
  // Maps of files and hosts have texts for keys, whatever was written: 80 finds "80".
  const name = typeof key === 'number' ? String(key) : key;
  if (typeof name !== 'string') return undefined;
  if (isLazy(map)) return map.get(name);
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The keys of a map, in order. */
export function keysOf(map: AnyMap): readonly Val[] {
  if (map instanceof Dict) return map.all().map(([key]) => key);
  return isLazy(map) ? map.keys() : Object.keys(map);
}

/** How many entries a map has. */
export const sizeOf = (map: AnyMap): number =>
  map instanceof Dict ? map.size : keysOf(map).length;

/** The keys of a map that are texts: the names a template may write after a dot. */
export const namesOf = (map: AnyMap): readonly string[] =>
  keysOf(map).filter((key) => typeof key === 'string');

/** The entries of a map, of either kind, in order. */
export function entriesOf(map: AnyMap): (readonly [Val, Val])[] {
  if (map instanceof Dict) return map.all();
  return keysOf(map).map((key) => [key, own(map, key) ?? null] as const);
}

/** Refuses what cannot be worked with: raises for an undefined value, leaves with an unknown one. */
export function known<T extends Val>(value: T): Exclude<T, Unknown | Undef> | '' {
  if (value instanceof Unknown) throw new Unforeseen(value);
  if (value instanceof Undef) return value.blank ? '' : value.raise();
  return value as Exclude<T, Unknown | Undef>;
}
