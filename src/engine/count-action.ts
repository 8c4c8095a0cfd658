import type { Outcome } from '../model/event.ts';
import type { Scope } from '../model/scope.ts';
import { NOT_RUN, type Ready } from './act.ts';
import type { Alone } from './alone-draft.ts';
import { tooMany } from './limits.ts';
import * as outcome from './outcome.ts';
import type { PlannedPart } from './planned.ts';
import { hasChanged } from './result.ts';
import type { Way } from './way.ts';

/**
 * Counts an action among the changes of the run, once for a task and host. At the limit it is asked first whether it would
 * change anything, where it can tell. Throws REFUSED for one too many.
 */
export async function countAction(work: Alone, way: Way, ready: readonly Ready[]): Promise<void> {
  if (!counts(work, work.scope)) return;
  const { world } = work.walker.stage;
  const most = world.input.options.maxChanges ?? 0;
  if (world.changes < most) add(work);
  else if (await wouldChange(work, way, ready)) throw tooMany(world.changes + 1, most);
}

/** Check mode: an action that nobody can foresee counts, for the run would do it. */
export function unforeseen(work: Alone, o: Outcome, scope: Scope): Outcome {
  return o.message === NOT_RUN && counts(work, scope) ? counted(work, o) : o;
}

/** Check mode: one that is foreseen counts where it would change something. */
export const foreseen = (work: Alone, o: Outcome): Outcome =>
  o.kind === 'changed' && counts(work, work.scope) ? counted(work, o) : o;

/** What turned out to have changed nothing counts no more. */
export function settleCount(work: Alone, parts: readonly PlannedPart[]): void {
  if (!work.counted) return;
  const may = parts.some(
    ({ outcome: o }) => hasChanged(o) || o.kind === 'unknown' || o.kind === 'failed',
  );
  if (!may) work.walker.stage.world.changes -= 1;
}

function counted(work: Alone, o: Outcome): Outcome {
  const { world } = work.walker.stage;
  const most = world.input.options.maxChanges ?? 0;
  if (world.changes >= most)
    return outcome.failed(tooMany(world.changes + 1, most).at(work.found.step.task.source));
  add(work);
  return o;
}

function add(work: Alone): void {
  work.walker.stage.world.changes += 1;
  work.counted = true;
}

/** Whether it is still to be counted: a task that says it changes nothing is not. */
function counts({ walker, found, counted: before, module }: Alone, scope: Scope): boolean {
  const { task } = found.step;
  if (before || walker.stage.input.options.maxChanges === undefined) return false;
  if (module.kind !== 'action' || task.trial !== undefined) return false;
  return !task.changedWhen || scope.resolve(task.changedWhen) !== false;
}

async function wouldChange(
  { module }: Alone,
  { machine, identity }: Way,
  ready: readonly Ready[],
): Promise<boolean> {
  if (module.kind !== 'action') return true;
  const questions = ready.map(({ params }) => module.foresees?.(params));
  const asked = questions.flatMap((question) => (question && !question.brings ? [question] : []));
  if (asked.length < ready.length) return true;
  const parts = asked.map(({ script }) => ({ script }));
  const replies = await machine.trip({ purpose: 'action', parts, identity });
  return asked.some((question, i) => {
    const reply = replies[i];
    return !reply || question.parse(reply).changed;
  });
}
