import type { Outcome, TaskRef } from './event.ts';

/** What an earlier run did, as its journal tells it: a run that goes on where that one ended leaves it out. */
export interface Past {
  /** Name of that run. */
  readonly run: string;
  /** Whether a host has tasks left that were done. */
  more(host: string): boolean;
  /** How a task ended that is done on a host and comes next there; nothing when it is still to be done. */
  next(host: string, task: Pick<TaskRef, 'id' | 'module' | 'source'>): Outcome | undefined;
  /** It was dealt with; what comes next is looked at then. */
  pass(host: string): void;
  /** From here on the host does everything itself. */
  forget(host: string): void;
}
