import { same } from './compare.ts';
import { failure } from './faults.ts';
import type { Run } from './run.ts';
import { Callable, or, type Args, type Special, type Val } from './values.ts';

/** The turns of one `for`. */
export interface Turns {
  readonly items: readonly Val[];
  readonly depth: number;
  readonly run: Run;
  /** Goes over further items with the same body: only a recursive loop can. */
  readonly again: ((args: Args) => Val) | undefined;
  /** What `loop.changed()` was asked last. */
  seen?: readonly Val[];
}

/** The variable `loop` of one turn of a `for`; what it knows is made when asked. */
export class Loop extends Callable {
  readonly #turns: Turns;
  readonly #i: number;

  constructor(turns: Turns, i: number) {
    super('loop', (args) => {
      if (turns.again) return turns.again(args);
      throw failure('The loop is not recursive.', 'Write {% for ... recursive %}.');
    });
    this.#turns = turns;
    this.#i = i;
  }

  override toString(): string {
    return `<LoopContext ${this.#i + 1}/${this.#turns.items.length}>`;
  }

  override attribute(name: string): Val | undefined {
    return Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name]?.(this.#turns, this.#i) : undefined;
  }
}

const ATTRIBUTES: Readonly<Record<string, (turns: Turns, i: number) => Val>> = {
  index: (_, i) => i + 1,
  index0: (_, i) => i,
  revindex: ({ items }, i) => items.length - i,
  revindex0: ({ items }, i) => items.length - i - 1,
  first: (_, i) => i === 0,
  last: ({ items }, i) => i === items.length - 1,
  length: ({ items }) => items.length,
  depth: ({ depth }) => depth,
  depth0: ({ depth }) => depth - 1,
  previtem: ({ items, run }, i) => or(items[i - 1], () => edge(run, 'previous')),
  nextitem: ({ items, run }, i) => or(items[i + 1], () => edge(run, 'next')),
  cycle: (_, i) =>
    new Callable('cycle', ({ list }) => {
      const item = list[i % (list.length || 1)];
      if (item === undefined) throw failure('loop.cycle() needs values.');
      return item;
    }),
  changed: (turns) =>
    new Callable('changed', ({ list }) => {
      const before = turns.seen;
      turns.seen = list;
      return before === undefined || same(before, list) !== true;
    }),
};

const edge = (run: Run, what: string): Special =>
  run.undefined(`The loop has no ${what} item here.`);
