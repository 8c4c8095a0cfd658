import type { Folded } from './fold.ts';

/**
 * What is not sure on one host, in check mode: tasks that may or may not run. A second fold by resource
 * key holds what they would do; where not even that is known, all of the resource is in doubt.
 */
export interface Doubts {
  /** By resource key: the tasks of the other world, in which every doubtful task runs. */
  readonly steps: Map<string, readonly Folded[]>;
  /** By resource name: a task whose arguments are unknown. */
  readonly wild: Map<string, string>;
  /** By its name: what a task would write that was not done; `anything` for an action. */
  readonly unapplied: Map<string, readonly string[] | 'anything'>;
  /** What would be there by now and others may require, such as folders. */
  readonly held: Set<string>;
}

/** Nothing is in doubt. */
export const noDoubts = (): Doubts => ({
  steps: new Map(),
  wild: new Map(),
  unapplied: new Map(),
  held: new Set(),
});

/** Notes what a task would write; tasks of one name are taken together. */
export function noteUnapplied(doubts: Doubts, task: string, writes: readonly string[]): void {
  const known = doubts.unapplied.get(task) ?? [];
  if (known !== 'anything') doubts.unapplied.set(task, [...new Set([...known, ...writes])]);
}
