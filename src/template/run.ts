import { bareName } from './bare-name.ts';
import { OrchError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import type { ScalarTree } from '../model/tree.ts';
import { Unknown } from '../model/value.ts';
import type { Template } from './ast.ts';
import { member } from './attributes.ts';
import { FILTERS } from './filters/registry.ts';
import { GLOBALS } from './functions.ts';
import type { Output } from './output.ts';
import { parseFile } from './parse.ts';
import { parsed, placeOf, type Origin } from './place.ts';
import { bind, type Asking, type Meter, type Ports, type Runtime } from './runtime.ts';
import { guarded } from './secrets.ts';
import { TEMPLATE_FILE } from './syntax.ts';
import { TESTS } from './tests/registry.ts';
import { Dict, known, or, Undef, UnknownPart, type Args, type Val } from './values.ts';

/** Where names that no block of the template sets come from. */
export interface Reader {
  read(name: string): Val | undefined;
  names(): Iterable<string>;
  /** The value of a variable that was not written as text: a number, a boolean, nothing. */
  raw(name: string): Val | undefined;
  /** Whether a variable is text that must not be taken for a list or map. */
  keepsText(name: string): boolean;
}

/** Stands in for the variables where a template is to see none. */
const NO_VARIABLES: Reader = {
  read: () => undefined,
  names: () => [],
  raw: () => undefined,
  keepsText: () => false,
};

/** Names that blocks of a template set, innermost first. */
export class Env {
  readonly vars = new Map<string, Val>();
  readonly #up: Env | undefined;

  constructor(up?: Env) {
    this.#up = up;
  }

  get(name: string): Val | undefined {
    return or(this.vars.get(name), () => this.#up?.get(name));
  }

  names(): string[] {
    return [...this.vars.keys(), ...(this.#up?.names() ?? [])];
  }
}

/** A template file, ready to be carried out. */
export interface Loaded {
  readonly template: Template;
  readonly run: Run;
}

/** What the templates of one evaluation share. */
export interface Evaluation {
  readonly reader: Reader;
  readonly meter: Meter;
  readonly ports: Ports;
  readonly asking: Asking;
  /** Lists, maps and booleans are made of text that looks like one. */
  readonly convert: boolean;
  readonly newline: string;
}

/** One evaluation of one template: what its parts share. */
export class Run implements Runtime {
  readonly ports: Ports;
  readonly meter: Meter;
  readonly asking: Asking;
  readonly made: WeakSet<object>;
  readonly newline: string;
  readonly #evaluation: Evaluation;
  readonly #reader: Reader;
  readonly #origin: Origin;
  /** Variables that this template changed, and what they are here now. */
  readonly #changed: Map<object, object>;

  constructor(evaluation: Evaluation, origin: Origin, parent?: Run) {
    this.#evaluation = evaluation;
    this.#reader = evaluation.reader;
    this.#origin = origin;
    this.meter = evaluation.meter;
    this.ports = evaluation.ports;
    this.asking = evaluation.asking;
    this.newline = evaluation.newline;
    this.made = parent?.made ?? new WeakSet();
    this.#changed = parent ? parent.#changed : new Map<object, object>();
  }

  /** The template file of a name; nothing when there is none. Without `context` it sees no variables. */
  load(name: string, at: number, context: boolean): Loaded | undefined {
    const { templates } = this.ports;
    if (!templates) {
      const error = new OrchError('TEMPLATE_FAILED', 'Templates cannot read other files here.');
      throw this.place(error, at);
    }
    const found = templates(name, this.asking);
    if (!found) return undefined;
    const source = { file: found.file, line: 1, column: 1 };
    const tree: ScalarTree = { kind: 'scalar', value: found.text, source };
    const origin = { text: found.text, tree, file: true } as const;
    const template = parsed(origin, (text) => parseFile(text, TEMPLATE_FILE));
    const evaluation = context ? this.#evaluation : { ...this.#evaluation, reader: NO_VARIABLES };
    return { template, run: new Run(evaluation, origin, this) };
  }

  /** What a body printed, as a value. */
  printed(out: Output): Val {
    return this.#evaluation.convert ? out.result : out.text;
  }

  raw(name: string): Val | undefined {
    return this.#evaluation.convert ? this.#reader.raw(name) : undefined;
  }

  keepsText(name: string): boolean {
    return this.#reader.keepsText(name);
  }

  variable(name: string): Val | undefined {
    return this.#reader.read(name);
  }

  changeable<T extends object>(of: T): T {
    if (this.made.has(of)) return of;
    const copy = Array.isArray(of)
      ? [...(of as readonly Val[])]
      : of instanceof Dict
        ? new Dict(of.all())
        : { ...of };
    this.made.add(copy);
    this.#changed.set(of, copy);
    return copy as T;
  }

  #current(value: Val): Val {
    if (this.#changed.size === 0 || typeof value !== 'object' || value === null) return value;
    return (this.#changed.get(value) as Val | undefined) ?? value;
  }

  /** What a name stands for: a variable first, then a function of the language. */
  name(name: string, env: Env, at: number): Val {
    const found = or(env.get(name), () => this.#reader.read(name));
    if (found !== undefined) return this.#current(found);
    const global = GLOBALS.get(name);
    if (global) return global(this);
    return this.#missing(at, () => {
      const names = new Set([...env.names(), ...this.#reader.names(), ...GLOBALS.keys()]);
      return `The variable "${name}" is not defined.${didYouMean(name, names)}`;
    });
  }

  /** What stands at an attribute or item; undefined when nothing does. */
  part(
    of: Val,
    key: Val,
    how: { readonly dot: boolean; readonly at: number; readonly say: () => string },
  ): Val {
    const found = member(of, key, how.dot, this);
    return found === undefined ? this.#missing(how.at, how.say) : this.#current(found);
  }

  item(of: Val, key: Val): Val {
    const say = (): Val =>
      this.undefined(`An item has no "${typeof key === 'string' ? key : 'such key'}".`);
    return or(member(of, key, false, this), say);
  }

  undefined(message: string): Undef {
    return new Undef(
      () => new OrchError('VARIABLE_UNDEFINED', message, { source: this.#origin.tree.source }),
    );
  }

  #missing(at: number, message: () => string): Undef {
    return new Undef(
      () => new OrchError('VARIABLE_UNDEFINED', message(), { source: placeOf(this.#origin, at) }),
    );
  }

  filter(name: string, value: Val, args: Args): Val {
    // `map('ansible.builtin.upper')` names it as text.
    const filter = FILTERS.get(name) ?? FILTERS.get(bareName(name));
    if (!filter) {
      throw new OrchError('TEMPLATE_SYNTAX', unknownName('filter', name, FILTERS.keys()));
    }
    this.meter.step();
    return guarded(() => {
      const plain = filter.lenient ? value : known(value);
      return filter.run(plain, bind(`The filter "${name}"`, filter, args), this);
    });
  }

  test(name: string, value: Val, args: Args): Val {
    const test = TESTS.get(name) ?? TESTS.get(bareName(name));
    if (!test) throw new OrchError('TEMPLATE_SYNTAX', unknownName('test', name, TESTS.keys()));
    this.meter.step();
    if (value instanceof Unknown && (!test.foreseen || value instanceof UnknownPart)) return value;
    return guarded(() => {
      const plain = test.lenient ? value : known(value);
      return test.holds(plain, bind(`The test "${name}"`, test, args), this);
    });
  }

  warn(message: string): void {
    this.ports.warn?.(message, this.#origin.tree.source);
  }

  /** Does a part of the work: an error in it is placed, an unknown value it needs is its result. */
  operate(at: number, work: () => Val): Val {
    try {
      return guarded(work);
    } catch (error) {
      throw this.place(error, at);
    }
  }

  /** An error with its place, unless it has one. */
  place(error: unknown, at: number): unknown {
    return error instanceof OrchError ? error.at(placeOf(this.#origin, at)) : error;
  }
}

/** The sentence for a filter or test that does not exist. */
export const unknownName = (what: string, name: string, names: Iterable<string>): string =>
  `There is no ${what} "${name}".${didYouMean(name, names)}`;
