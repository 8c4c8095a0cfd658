import type { Source } from '../lib/source.ts';
import type { Task } from './play.ts';
import type { Tree } from './tree.ts';

/** What may be under a safeguard. */
export interface Guarded {
  /**
   * What guards the changes of all below as one: `60s`, or a map. The same tree means the same safeguard. On a block: set
   * only where the engine made it around all that one safeguard covers.
   */
  readonly safeguard?: Tree;
}

/** What a safeguard wants proved besides the way in, before the change stays. */
export interface Verified {
  /** The trials of the safeguard that holds here. */
  readonly verify?: readonly Task[];
}

/** What may say how it is taken back. */
export interface Undoable {
  /** Actions that take this one back, under a safeguard. */
  readonly undo?: readonly Task[];
}

/** What has to be well on a host that was changed, before it goes on and before another one begins. */
export interface Health {
  readonly source: Source;
  /** Time for all the trials together; left out: 60 seconds. */
  readonly within: Tree | undefined;
  /** Time between two tries; left out: 2 seconds. */
  readonly every: Tree | undefined;
  readonly tasks: readonly Task[];
}

/** How many hosts change at a time, and when one of them is through: of a play for all it does, of a task for that alone. */
export interface Rolled {
  /** Hosts that change first; the others only when those ended well. */
  readonly canary?: Tree;
  /** Hosts that may be at work on changes at the same time. */
  readonly maxUnavailable?: Tree;
  /** Asked of each host that was changed. */
  readonly health?: Health;
}

/** What a task is that only finds out whether all is well: one of `health` or of `verify`. It changes nothing. */
export interface Tried {
  readonly trial?: 'health' | 'verify';
  /** Trials that a `meta` of the engine begins. */
  readonly trials?: readonly Task[];
}
