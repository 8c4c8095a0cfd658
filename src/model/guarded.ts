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

/** What may say how it is taken back. */
export interface Undoable {
  /** Actions that take this one back, under a safeguard. */
  readonly undo?: readonly Task[];
}

/** How many hosts of a play change at a time. */
export interface Rolled {
  /** Hosts that change first; the others only when those ended well. */
  readonly canary?: Tree;
  /** Hosts that may be at work on changes at the same time. */
  readonly maxUnavailable?: Tree;
}
