import { type Position, compare } from './position.ts';

interface Waiting {
  readonly who: string;
  readonly holds: () => boolean;
  readonly go: () => void;
}

/**
 * Keeps the hosts of a batch in step. Each says what its first unfinished task is; whoever must not run ahead
 * waits for the others. The host furthest behind never waits for anybody, so that there is always one that goes on.
 */
export class Lockstep {
  readonly #at: Map<string, Position>;
  readonly #rank: ReadonlyMap<string, number>;
  /** In the order of the batch. */
  #waiting: readonly Waiting[] = [];

  /** `names` in the order of the batch: of hosts that may go on at the same time, the first goes first. */
  constructor(names: readonly string[], from: Position) {
    this.#at = new Map(names.map((name) => [name, from]));
    this.#rank = new Map(names.map((name, i) => [name, i]));
  }

  /** The first unfinished task of a host; nothing when it takes no further part. */
  at(name: string): Position | undefined {
    return this.#at.get(name);
  }

  /** A host finished everything before `at`. */
  advance(name: string, at: Position): void {
    if (!this.#at.has(name)) return;
    this.#at.set(name, at);
    this.#wake();
  }

  /** A host takes part again. */
  enter(name: string, at: Position): void {
    this.#at.set(name, at);
  }

  /** A host takes no further part: nobody waits for it. */
  leave(name: string): void {
    if (this.#at.delete(name)) this.#wake();
  }

  /** Whether all other hosts finished everything before `floor`. */
  clear(name: string, floor: Position): boolean {
    for (const [other, at] of this.#at) if (other !== name && compare(at, floor) < 0) return false;
    return true;
  }

  /** Whether a host finished everything before `floor`, or takes no further part. */
  finished(name: string, floor: Position): boolean {
    const at = this.#at.get(name);
    return !at || compare(at, floor) >= 0;
  }

  /** Hosts before `name` in the order of the batch that are at work now: they take part, and wait for nothing here. */
  before(name: string): readonly string[] {
    const mine = this.#rankOf(name);
    const waiting = new Set(this.#waiting.map(({ who }) => who));
    return [...this.#at.keys()].filter(
      (other) => this.#rankOf(other) < mine && !waiting.has(other),
    );
  }

  /** Resolves once a condition on the positions of others holds. */
  until(who: string, holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((go) => {
      const rank = this.#rankOf(who);
      const at = this.#waiting.findLastIndex((one) => this.#rankOf(one.who) <= rank) + 1;
      this.#waiting = this.#waiting.toSpliced(at, 0, { who, holds, go });
    });
  }

  #rankOf(name: string): number {
    return this.#rank.get(name) ?? this.#rank.size;
  }

  /** All conditions are looked at again: something else they ask about changed. */
  wake(): void {
    this.#wake();
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter(({ holds }) => holds());
    if (ready.length === 0) return;
    const going = new Set(ready);
    this.#waiting = this.#waiting.filter((one) => !going.has(one));
    for (const { go } of ready) go();
  }
}
