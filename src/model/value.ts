/** A value that cannot be foreseen; it travels through templates and conditions and says why. */
export class Unknown {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
  toJSON(): string {
    return `unknown: ${this.why}`;
  }
}

/** A text nobody may see. Everything made from it is secret too; only what is sent to a host reveals it. */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  /** The text itself: for the line to the host, and nowhere else. */
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return MASK;
  }
  toJSON(): string {
    return MASK;
  }
}

/** A number written with a point though it is whole: `2.0` prints as that. Other numbers with a point are plain ones. */
export class Float {
  readonly type = 'float';
  readonly n: number;
  constructor(n: number) {
    this.n = n;
  }
  toString(): string {
    return Number.isSafeInteger(this.n) ? `${this.n}.0` : String(this.n);
  }
  toJSON(): number {
    return this.n;
  }
}

/**
 * A value whose secrets are plain texts: for names, numbers and switches that orch itself has to understand. An encrypted
 * file makes secrets of those too; what is shown of them is masked by the texts that are known to be secret.
 */
export function opened(value: Value): Value {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof Float) return value.n;
  return Array.isArray(value) ? (value as readonly Value[]).map(opened) : value;
}

/** What stands where a secret would. */
export const MASK = '********';

/** A map whose entries are made when they are read: `hostvars`, facts. */
export interface LazyMap {
  readonly lazy: true;
  keys(): readonly string[];
  get(key: string): Value | undefined;
}

/** A finished value. Maps are plain objects whose own properties alone count. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Float
  | Unknown
  | Secret
  | readonly Value[]
  | ValueMap
  | LazyMap;

/** A map of finished values. */
export interface ValueMap {
  readonly [key: string]: Value;
}

/** Whether a value is a plain map (not a list, secret, unknown or lazy map). */
export function isMap(value: unknown): value is ValueMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret) &&
    !(value instanceof Float) &&
    !isLazy(value)
  );
}

/** Whether a value is a map that makes its entries when read. Data with a key `lazy` is none: it has no functions. */
export const isLazy = (value: unknown): value is LazyMap =>
  typeof value === 'object' &&
  value !== null &&
  (value as { lazy?: unknown }).lazy === true &&
  typeof (value as { get?: unknown }).get === 'function';

/** The first unknown anywhere inside a value, if there is one. */
export function firstUnknown(value: Value | undefined): Unknown | undefined {
  if (value instanceof Unknown) return value;
  const inner = Array.isArray(value)
    ? (value as readonly Value[])
    : isMap(value)
      ? Object.values(value)
      : [];
  for (const item of inner) {
    const found = firstUnknown(item);
    if (found) return found;
  }
  return undefined;
}
