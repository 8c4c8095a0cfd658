import { OrchError } from '../lib/errors.ts';
import { alone } from './alone.ts';
import { Behind } from './behind.ts';
import { type Found, breakInto, hasFailed, recovering } from './cursor.ts';
import { dropOut, lose } from './finish.ts';
import { flow } from './flow.ts';
import { isForced } from './flow-items.ts';
import { rolled } from './health.ts';
import { include } from './include.ts';
import { once } from './once.ts';
import { replay } from './replay.ts';
import { wantedAtStep } from './step.ts';
import { guardFor } from './safeguard/at-work.ts';
import { runsOnce, traitsOf } from './traits.ts';
import { Halted, type Walker, peek, ranBefore, report, rest, scopeAt, turn } from './walker.ts';
import { wave } from './wave.ts';

/** Takes one host through its batch, task by task or wave by wave, to its end. Never rejects for a host's sake. */
export async function walk(walker: Walker): Promise<void> {
  const { stage, run } = walker;
  try {
    for (;;) {
      await meet(walker);
      const found = peek(walker);
      if (found === 'failed') dropOut(walker);
      if (!found || found === 'failed') break;
      report(walker);
      if (ranBefore(run, found.step)) {
        walker.cursor = found.then;
        continue;
      }
      await attempt(walker, found);
    }
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
    if (hasFailed(walker.cursor)) run.out = true;
  } finally {
    await guardFor(walker, undefined);
    stage.rolling?.knows(run.host.name, () => stage.gate?.wake());
    stage.rolling?.end(run.host.name, !run.out && !run.faults.includes('ROLLED_BACK'));
    stage.gate?.leave(run.host.name);
    stage.gate?.wake();
  }
}

/** Behind a fence all hosts meet. Where one of them failed it may be the end for all, but for those that recover. */
async function meet(walker: Walker): Promise<void> {
  const { stage, run, fence } = walker;
  await rest(walker, () => true);
  if (!fence || !stage.gate) return;
  walker.fence = undefined;
  await turn(walker, fence);
  if (tooMany(stage) || (stage.fatal && !recovering(walker.cursor))) {
    stage.broken = true;
    run.gone = true;
    const handlers = breakInto(walker.cursor, isForced);
    if (!handlers) throw new Halted();
    walker.cursor = handlers;
    walker.view = undefined;
  }
}

/**
 * More hosts of the batch failed or were lost than max_fail_percentage allows. As in Ansible, one that has handlers to be
 * forced to does not count as failed.
 */
function tooMany({ batch, maxFail, forceHandlers }: Walker['stage']): boolean {
  if (maxFail === undefined) return false;
  const out = batch.filter((run) => (forceHandlers ? run.lost : run.out)).length;
  return (out / batch.length) * 100 > maxFail;
}

async function attempt(walker: Walker, found: Found): Promise<void> {
  try {
    if (!(await wantedAtStep(walker, found))) return;
    await guardFor(walker, found);
    const { step } = found;
    const alike = runsOnce(walker.stage, step.task, () => scopeAt(walker, step));
    await (alike ? once(walker, found, () => take(walker, found)) : take(walker, found));
  } catch (error) {
    if (error instanceof Behind) await turn(walker, found.step.at);
    else if (error instanceof OrchError) await lose(walker, found, error);
    else throw error;
  }
}

async function take(walker: Walker, found: Found): Promise<void> {
  const before = replay(walker, found);
  if (before === 'done') return;
  if (before === 'again') return alone(walker, found);
  switch (traitsOf(walker.stage, found.step.task).how) {
    case 'include':
      include(walker, found);
      return;
    case 'flow':
      return flow(walker, found);
    case 'alone':
      return rolled(walker, found, {
        work: () => alone(walker, found),
        attempt: (one) => attempt(walker, one),
      });
    case 'wave':
      return wave(walker, found);
  }
}
