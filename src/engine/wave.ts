import { type Cursor, type Found, next } from './cursor.ts';
import { finish } from './finish.ts';
import { gather } from './gather.ts';
import { keep } from './keep.ts';
import type { Kept } from './kept.ts';
import { planWave } from './plan-wave.ts';
import { tells, type WavePlan } from './planned.ts';
import { keyOf } from './position.ts';
import { observe, prove } from './prove.ts';
import type { Settled } from './settle.ts';
import { goesOn } from './replay.ts';
import { mayChange } from './may-change.ts';
import { throttled } from './throttle.ts';
import { traitsOf } from './traits.ts';
import { type View, type Walker, missing, ranBefore, turn } from './walker.ts';

/**
 * Brings a host through the tasks that share an observation: looks, unless it has a view that is still good,
 * then plans, changes and proves as far as the view reaches. Changes wait for the other hosts; where nothing is to be
 * changed, nobody is waited for.
 */
export async function wave(walker: Walker, found: Found): Promise<void> {
  const { stage, run } = walker;
  const view = good(walker, found) ?? (await look(walker, found));
  const granted = keyOf(found.step.at);
  const ran = new Map(run.ran);
  let mayNotify = false;
  const following = (from: Cursor): Found | undefined => {
    const one = next(from, (id) => run.notified.has(id));
    if (!one || one === 'failed' || !view.covered.has(keyOf(one.step.at))) return undefined;
    const { how, once } = traitsOf(stage, one.step.task);
    // What an earlier run did is left out task by task.
    if (!goesOn(walker) && keyOf(one.step.at) !== granted) return undefined;
    if (how !== 'wave' || (once && keyOf(one.step.at) !== granted)) return undefined;
    // What of a role is in this wave runs before what stands behind it.
    if (ranBefore({ ran }, one.step)) return undefined;
    // A handler may notify another behind it, whose turn comes before the ones behind that.
    const { handler, task } = one.step;
    if (mayNotify) return undefined;
    mayNotify = handler && task.notify.length > 0;
    const { role } = task;
    if (role && !ran.has(role.key)) ran.set(role.key, role);
    return one;
  };
  const from = walker.cursor;
  const around = {
    spot: { stage, run },
    plan: (desk: Parameters<typeof planWave>[0]) => {
      mayNotify = false;
      return planWave(desk, from, following);
    },
    turn: (plan: WavePlan) => changing(walker, plan),
  };
  const proved = await throttled(walker, () => prove(around, view, view.folds));
  const version = view.way?.machine.version ?? 0;
  walker.view = { ...view, folds: proved.seen, version };
  conclude(walker, proved.plan, proved.settled, proved.kept);
  if (proved.plan.planned.length === 0 && !proved.behind) throw missing('the task of a wave');
  if (proved.behind && proved.plan.planned.length === 0) await turn(walker, found.step.at);
}

/** The view of a walker, if it covers a task and the machine is as it was then. */
function good({ view }: Walker, { step }: Found): View | undefined {
  if (!view?.covered.has(keyOf(step.at))) return undefined;
  return view.version === (view.way?.machine.version ?? 0) ? view : undefined;
}

async function look(walker: Walker, { step }: Found): Promise<View> {
  const { stage, run } = walker;
  let asked = gather(stage, run, walker.cursor);
  if (!asked.covered.has(keyOf(step.at))) {
    await turn(walker, step.at);
    asked = gather(stage, run, walker.cursor);
  }
  if (!asked.covered.has(keyOf(step.at))) throw missing(`a way to look at ${step.task.module}`);
  const version = asked.way?.machine.version ?? 0;
  const folds = await observe(asked, stage.world, run.guard);
  return { ...asked, folds, version };
}

/** Changes are made once all other hosts came to where this run of tasks began. */
async function changing(walker: Walker, _: WavePlan): Promise<void> {
  await mayChange(walker);
  await turn(walker, walker.floor);
}

/** Ends tasks; what they kept while planning holds only for those that came to their turn. */
function conclude(
  walker: Walker,
  { planned }: WavePlan,
  settled: readonly Settled[],
  kept: Kept,
): void {
  const { stage, run } = walker;
  const failed = settled.some((s) => s.outcome.kind === 'failed');
  if (settled.length < planned.length || failed || planned.some(tells)) {
    run.kept = kept;
    for (const { planned: one, outcome } of settled) {
      const parts = one.parts.map((part, i) => ({
        ...part,
        outcome: outcome.items?.[i]?.outcome ?? outcome,
      }));
      keep({ stage, run, at: one.step.at }, { ...one, parts });
    }
  }
  finish(walker, settled);
}
