import { REDACTED } from '../lib/redact.ts';
import type { Outcome } from '../model/event.ts';
import { Unknown, type Value } from '../model/value.ts';
import type { Found } from './cursor.ts';
import { finish } from './finish.ts';
import { give } from './keep.ts';
import { notify } from './notify.ts';
import * as outcome from './outcome.ts';
import type { Planned } from './planned.ts';
import { refFor } from './refs.ts';
import { registered } from './result.ts';
import { traitsOf } from './traits.ts';
import { type Walker, scopeAt } from './walker.ts';

/** What becomes of a task of a run that goes on with an earlier one. */
export type Replay =
  /** It was done then: what it gave is given again, and it is not run. */
  | 'done'
  /** It only makes what later tasks need, on this machine: it is run again, alone. */
  | 'again'
  /** It is run as in any run. */
  | 'run';

/**
 * Leaves out what an earlier run did on this host. What only the engine does is done again, for later tasks need its
 * variables; facts are gathered again. At the first other task that was not done the host goes on by itself.
 */
export function replay(walker: Walker, found: Found): Replay {
  const { stage, run } = walker;
  const { past } = stage.input;
  const name = run.host.name;
  const { task } = found.step;
  if (!past?.more(name) || task.module === 'meta') return 'run';
  const { module, how } = traitsOf(stage, task);
  const ref = refFor(stage, found.step, scopeAt(walker, found.step));
  const before = past.next(name, ref);
  if (before) past.pass(name);
  const own = how === 'include' || module?.kind === 'control';
  if (own && task.module !== 'pause') return how === 'wave' ? 'again' : 'run';
  if (!before) {
    past.forget(name);
    return 'run';
  }
  if (module?.kind === 'inspect' && module.gives) return 'run';
  if (task.register !== undefined && module?.kind === 'state' && !isWhole(before)) return 'run';
  doneBefore(walker, found, before);
  return 'done';
}

/** Whether a host has come to what the earlier run left. */
export const goesOn = ({ stage, run }: Pick<Walker, 'stage' | 'run'>): boolean =>
  stage.input.past?.more(run.host.name) !== true;

function doneBefore(walker: Walker, { step, then }: Found, before: Outcome): void {
  const { stage, run } = walker;
  const { task } = step;
  const scope = scopeAt(walker, step);
  const planned: Planned = { step, then, task, ref: refFor(stage, step, scope), scope, parts: [] };
  if (changedThen(before)) notify(walker, { planned, outcome: before });
  if (task.register !== undefined) {
    const runs = traitsOf(stage, task).shared ? stage.batch : [run];
    give(runs, 'registered', { [task.register]: toldAgain(before) }, { at: step.at });
  }
  finish(walker, [{ planned, outcome: shown(before, stage.input.past?.run ?? '') }]);
}

/** A run that itself went on tells changes of the one before as right, and that they were changes. */
const changedThen = (before: Outcome): boolean =>
  before.kind === 'changed' || (before.kind === 'ok' && before.changedToo === true);

/** Failures that were ignored or rescued go the same way again; all else is right. */
function shown(before: Outcome, run: string): Outcome {
  if (before.kind === 'failed' || before.kind === 'skipped' || before.kind === 'unreachable')
    return before;
  return outcome.ok(before.data ? { data: before.data } : undefined, {
    message: `done in run ${run}`,
    ...(before.items ? { items: before.items } : {}),
    ...(changedThen(before) ? { changedToo: true as const } : {}),
  });
}

/** A journal keeps nothing that no_log hides, and no secrets: what is not there is not known. */
const toldAgain = (before: Outcome): Value =>
  isWhole(before)
    ? registered(before)
    : new Unknown('the journal does not keep the result: no_log, or a secret is in it');

const isWhole = (before: Outcome): boolean =>
  (before.data !== undefined || before.items !== undefined || before.kind === 'skipped') &&
  !JSON.stringify(before).includes(REDACTED);
