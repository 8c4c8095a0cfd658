import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { AnyModule } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { Unknown, type Value } from '../model/value.ts';
import { crowdOf } from './apart.ts';
import { Behind } from './behind.ts';
import type { Cursor, Found, Step } from './cursor.ts';
import { doubtTask } from './doubt.ts';
import { type Fold, netOf, unmade } from './fold.ts';
import { excused } from './excused.ts';
import { touching } from './footprints.ts';
import { keep } from './keep.ts';
import { tells, type Desk, type Planned, type PlannedPart, type WavePlan } from './planned.ts';
import { conditioned, judged, withFacts } from './judge.ts';
import { items } from './loop.ts';
import * as outcome from './outcome.ts';
import { planItem } from './plan-item.ts';
import { keyOf } from './position.ts';
import { refFor } from './refs.ts';
import { traitsOf } from './traits.ts';
import { assuming } from './unseen.ts';
import { taskScope } from './vars.ts';

/** The next task of the wave from a place on; nothing when the wave ends there. */
export type Following = (from: Cursor) => Found | undefined;

/** A plan, and whether it stops where other hosts have to be waited for. */
export interface Planning {
  readonly plan: WavePlan;
  readonly behind: boolean;
}

/**
 * Plans tasks in order over what was observed. It stops behind the first task that fails for good and behind a
 * fence, and before a task that must see earlier changes made or what other hosts did: the rest is planned later. A task
 * that may fail has a write of its own, so that no other task shares its failure.
 */
export function planWave(desk: Desk, from: Cursor, following: Following): Planning {
  const planned: Planned[] = [];
  const plan = { planned, folds: desk.folds };
  let cursor = from;
  for (let found = following(cursor); found; found = following(cursor)) {
    const { step, then } = found;
    const { task } = step;
    const apart = mayFail(task);
    if (planned.length > 0 && (mustWait(desk, task) || (apart && pending(desk).length > 0))) break;
    try {
      const untouched = new Map(desk.folds);
      const fresh = excused(desk, planTask(desk, step, then));
      const crowd = crowdOf(desk, untouched, fresh);
      if (planned.length > 0 && (crowd.apart || (!desk.check && crowd.unseen.length > 0))) {
        for (const [key, fold] of untouched) desk.folds.set(key, fold);
        break;
      }
      const one = assuming(desk, fresh, [...notMade(desk, task), ...crowd.unseen]);
      planned.push(one);
      keep({ ...desk, at: step.at }, one);
      if (stops(one) || endsWave(desk, one) || (apart && pending(desk).length > 0)) break;
    } catch (error) {
      if (error instanceof Behind) return { plan, behind: true };
      throw error;
    }
    cursor = then;
  }
  return { plan, behind: false };
}

/** Whether nothing behind a task can be planned before its change is made. */
const endsWave = ({ stage }: Desk, one: Planned): boolean =>
  traitsOf(stage, one.task).fence || tells(one);

/** Whether the play may go on behind a failure of this task, or only few hosts may change at a time. */
const mayFail = ({ keywords, failedWhen }: Task): boolean =>
  keywords.ignoreErrors !== undefined ||
  failedWhen !== undefined ||
  keywords.throttle !== undefined;

/** Resources with changes that are planned and not yet made. */
const pending = ({ folds }: Desk): readonly { readonly key: string; readonly fold: Fold }[] =>
  [...folds].flatMap(([key, fold]) =>
    fold instanceof OrchError || netOf(fold).length === 0 ? [] : [{ key, fold }],
  );

/** Whether a task failed and the failure is not ignored. */
const stops = ({ parts }: Planned): boolean =>
  parts.some(({ outcome: o }) => o.kind === 'failed' && !o.ignored);

/**
 * Whether pending changes must be made before this task looks: for an inspection all of them (it judges what is), for a
 * state those of other resources that alter what it reads.
 */
function mustWait(desk: Desk, task: Task): boolean {
  const { module } = traitsOf(desk.stage, task);
  if (module?.kind === 'inspect') return pending(desk).length > 0;
  return (
    module?.kind === 'state' &&
    pending(desk).some(({ key }) => touching(desk, key, module.resource))
  );
}

/** Check mode: tasks over other resources whose change a run would have made before this state looks. */
function notMade(desk: Desk, task: Task): readonly string[] {
  const { module } = traitsOf(desk.stage, task);
  if (!desk.check || module?.kind !== 'state') return [];
  return [...desk.folds].flatMap(([key, fold]) =>
    fold instanceof OrchError || !touching(desk, key, module.resource) ? [] : unmade(fold),
  );
}

function planTask(desk: Desk, step: Step, then: Cursor): Planned {
  const { task } = step;
  const scope = taskScope({ ...desk, at: step.at }, task);
  const { module } = traitsOf(desk.stage, task);
  const ref = refFor(desk.stage, step, scope);
  const whole = (parts: readonly PlannedPart[]): Planned => ({
    step,
    task,
    ref,
    scope,
    then,
    parts,
  });
  const single = (o: Outcome): Planned => whole([{ label: undefined, outcome: o, scope }]);
  try {
    if (!module || module.kind === 'action')
      throw new OrchError('INTERNAL', `${task.module} cannot be planned`);
    const early = task.loop ? undefined : conditioned(task, scope);
    if (early?.kind === 'unknown') doubtTask(desk, task, module, scope);
    if (early) return single(early);
    const all = itemsOf(task, scope);
    if (all instanceof Unknown) return single(unknownItems(desk, task, module, scope, all));
    if ('kind' in all) return single(all);
    if (all.length === 0) return single(outcome.noItems());
    const parts = all.map((item) => {
      const part = planItem(desk, task, module, item, desk.early.get(keyOf(step.at)));
      if (part.facts && task.loop) keepFacts(desk, step, part);
      return {
        ...part,
        outcome: named(
          task,
          judged(task, part.outcome, withFacts(item.scope, part.facts)),
          item.named,
        ),
      };
    });
    return whole(parts);
  } catch (error) {
    if (error instanceof OrchError)
      return single(judged(task, outcome.failed(error.at(task.source)), scope));
    throw error;
  }
}

/** The items of a loop. A list that cannot be made matters only when the task runs. */
export function itemsOf(task: Task, scope: Scope): ReturnType<typeof items> | Outcome {
  try {
    return items(task, scope);
  } catch (error) {
    if (!(error instanceof OrchError) || !task.loop) throw error;
    const early = tried(() => conditioned(task, scope));
    if (early?.kind === 'skipped') return early;
    throw error;
  }
}

function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof OrchError) return undefined;
    throw error;
  }
}

/** The result of an item tells which item it is of. */
export const named = (task: Task, o: Outcome, names: Readonly<Record<string, Value>>): Outcome =>
  task.loop && o.kind !== 'unknown' ? { ...o, data: { ...o.data, ...names } } : o;

/** A later item of the loop sees what an earlier one set. */
function keepFacts({ run }: Desk, { at }: Step, { facts, kind }: PlannedPart): void {
  for (const [name, value] of Object.entries(facts ?? {}))
    run.kept.set(kind ?? 'registered', name, { value }, at);
}

function unknownItems(
  desk: Desk,
  task: Task,
  module: AnyModule,
  scope: Scope,
  why: Unknown,
): Outcome {
  doubtTask(desk, task, module, scope);
  return outcome.unknown(`the items are unknown: ${why.why}`);
}
