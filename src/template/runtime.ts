import type { Source } from '../lib/source.ts';
import type { Marks } from '../model/scope.ts';
import type { Value, ValueMap } from '../model/value.ts';
import { failure, limitItems, LIMITS, wrongType } from './faults.ts';
import { text } from './text.ts';
import {
  isFloat,
  isList,
  isMapping,
  isText,
  keysOf,
  known,
  numberOf,
  type Args,
  type Undef,
  type Val,
} from './values.ts';
import { truthy } from './compare.ts';
import type { HidingPort } from './hidden.ts';

/** How the lookup `template` wants a file. */
export interface Rendering {
  /** Lists, maps and booleans are made of text that looks like one. */
  readonly convert: boolean;
  readonly vars: ValueMap;
}

/** What a lookup, or the search for a template file, may know of the template it is asked from. */
export interface Asking {
  /** The file that holds the template. */
  readonly from: Source;
  /** A finished variable; nothing when it is not defined. */
  variable(name: string): Value | undefined;
  /** The names of all variables. */
  names(): Iterable<string>;
  /** What the text of a template file makes, with further variables on top. */
  render(text: string, at: Source, marks: Marks, how: Rendering): Value;
}

/** A lookup: what it finds for its terms. Throws an OrchError when it cannot. */
export type Lookup = (
  terms: readonly Value[],
  options: ValueMap,
  asking: Asking,
) => readonly Value[];

/** A template file that was found. */
export interface TemplateFile {
  readonly file: string;
  readonly text: string;
}

/** What templates may reach outside themselves; all of it is handed in. */
export interface Ports {
  /** Lookups by name, such as `env` and `file`. */
  readonly lookups?: Readonly<Record<string, Lookup>>;
  /** Finds the template file of a name, for `include`, `import` and `extends`. */
  readonly templates?: (name: string, asking: Asking) => TemplateFile | undefined;
  /** Told of what a user should know and no result shows. */
  readonly warn?: (message: string, source: Source) => void;
  /** Asks this machine about its files, for tests and filters on paths. */
  readonly paths?: Paths;
  /** Parses the documents of a YAML text, for `from_yaml`. */
  readonly yaml?: (text: string) => readonly Value[];
  /** Variables that are secret by their names; what is hidden of them is told. */
  readonly hiding?: HidingPort;
  readonly now?: () => Date;
  /** A number from 0 up to, not including, 1. */
  readonly random?: () => number;
}

/** What may be asked about files of this machine. */
export interface Paths {
  /** The kind of thing at a path; `link` is only given when links are not followed. */
  kind(path: string, follow: boolean): 'file' | 'directory' | 'link' | 'other' | undefined;
  same(a: string, b: string): boolean;
  mount(path: string): boolean;
  real(path: string): string;
  /** The home directory of a user, of this one when the name is empty. */
  home(user: string): string | undefined;
  glob(pattern: string): readonly string[];
  env(name: string): string | undefined;
}

/** What filters, tests and functions may ask of the evaluation they are part of. */
export interface Runtime {
  readonly ports: Ports;
  readonly meter: Meter;
  /** Lists and maps this template itself made: those, and no variables, may be changed by `append` and the like. */
  readonly made: WeakSet<object>;
  /** A list or map that may be changed: the same if the template made it, else a copy that takes its place in this template. */
  changeable<T extends object>(of: T): T;
  readonly asking: Asking;
  filter(name: string, value: Val, args: Args): Val;
  test(name: string, value: Val, args: Args): Val;
  /** `of[key]`, or an undefined value. */
  item(of: Val, key: Val): Val;
  undefined(message: string): Undef;
  variable(name: string): Val | undefined;
  /** Tells the user what no result shows. */
  warn(message: string): void;
}

/** Counts the steps of an evaluation, over all the variables it reads. */
export class Meter {
  #steps = 0;
  #depth = 0;
  #nested = 0;

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > LIMITS.steps) {
      throw failure(
        `The template takes more than ${LIMITS.steps} steps.`,
        'Do the work in smaller pieces; look for loops inside loops.',
      );
    }
  }

  /** Goes one level deeper into bodies and files that call for one another. */
  nested<T>(work: () => T): T {
    if (++this.#nested > LIMITS.depth) throw failure('The template calls itself too deeply.');
    try {
      return work();
    } finally {
      this.#nested--;
    }
  }

  /** Runs an evaluation; the count starts anew with the outermost one. */
  run<T>(work: () => T): T {
    if (this.#depth === 0) this.#steps = 0;
    this.#depth++;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw failure('The template is nested too deeply or makes too much at once.');
    } finally {
      this.#depth--;
    }
  }
}

/** Arguments by name, with conversions that say what is wrong. */
export class Given {
  readonly rest: readonly Val[];
  readonly extra: ReadonlyMap<string, Val>;
  readonly #what: string;
  readonly #values: ReadonlyMap<string, Val>;

  constructor(what: string, values: ReadonlyMap<string, Val>, args: Args) {
    this.#what = what;
    this.#values = values;
    this.rest = args.list;
    this.extra = args.named;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): Val | undefined {
    return this.#values.get(name);
  }

  need(name: string): Val {
    const value = this.#values.get(name);
    if (value === undefined) throw failure(`${this.#what} needs the argument "${name}".`);
    return value;
  }

  text(name: string, fallback?: string): string {
    const value = this.#values.get(name);
    if (value === undefined && fallback !== undefined) return fallback;
    return text(this.need(name));
  }

  /** A text that may be left out or none. */
  optional(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === undefined || value === null ? undefined : text(value);
  }

  integer(name: string, fallback?: number): number {
    const value = this.#values.get(name);
    if (value === undefined && fallback !== undefined) return fallback;
    const number = numberOf(known(this.need(name)));
    if (number === undefined || !Number.isFinite(number)) {
      throw wrongType(`The argument "${name}" of ${this.#what}`, 'a number', this.need(name));
    }
    return Math.trunc(number);
  }

  flag(name: string, fallback = false): boolean {
    const value = this.#values.get(name);
    return value === undefined ? fallback : truthy(value);
  }
}

/** How a filter, test or function names its arguments. */
export interface Signature {
  /** The names of its arguments in order. */
  readonly params: readonly string[];
  /** Takes any number of further arguments. */
  readonly rest?: true;
  /** Works with undefined arguments. */
  readonly lenient?: true;
}

/** Sorts the arguments of a call under their names; refuses what the signature does not have. */
export function bind(what: string, signature: Signature, args: Args): Given {
  const values = new Map<string, Val>();
  const { params, rest } = signature;
  for (const [i, value] of args.list.entries()) {
    const name = params[i];
    if (name !== undefined) values.set(name, value);
    else if (!rest) throw failure(`${what} takes at most ${params.length} arguments.`);
  }
  const extra = new Map<string, Val>();
  for (const [name, value] of args.named) {
    if (params.includes(name)) values.set(name, value);
    else if (rest) extra.set(name, value);
    else {
      const has = params.length > 0 ? `Its arguments: ${params.join(', ')}.` : 'It takes none.';
      throw failure(`${what} has no argument "${name}".`, has);
    }
  }
  if (!signature.lenient) for (const value of values.values()) known(value);
  return new Given(what, values, { list: args.list.slice(params.length), named: extra });
}

/** A filter: a value and arguments in, a value out. */
export interface Filter extends Signature {
  readonly run: (value: Val, given: Given, runtime: Runtime) => Val;
}

/** A test: whether something holds of a value. */
export interface Test extends Signature {
  /** Holds or not of an unknown value too. */
  readonly foreseen?: true;
  readonly holds: (value: Val, given: Given, runtime: Runtime) => boolean;
}

/** What a loop goes over: the items of a list, the keys of a map, the characters of a text. */
export function iterate(value: Val, what = 'A loop'): readonly Val[] {
  const plain = known(value);
  if (isList(plain)) return plain;
  if (isMapping(plain)) return keysOf(plain);
  if (isText(plain)) return Array.from(text(plain));
  throw wrongType(what, 'a list', plain);
}

/** A list or map with its items; its size is checked. */
export function made(items: readonly Val[]): readonly Val[] {
  limitItems(items.length);
  return items;
}

/** A whole number, or nothing when the value is none. */
export function wholeNumber(value: Val): number | undefined {
  const number = numberOf(value);
  return number === undefined || isFloat(value) ? undefined : number;
}
