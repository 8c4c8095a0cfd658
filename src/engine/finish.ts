import type { OrchError } from '../lib/errors.ts';
import type { Outcome, TaskRef } from '../model/event.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { isAboutLine } from './act.ts';
import { type Cursor, type Found, fail, rescuable } from './cursor.ts';
import { failedTask } from './failed-task.ts';
import { isForced } from './flow-items.ts';
import { truthy } from './identity.ts';
import { give } from './keep.ts';
import { notify } from './notify.ts';
import * as outcome from './outcome.ts';
import { keyOf, past } from './position.ts';
import { refFor } from './refs.ts';
import { hasChanged, registered } from './result.ts';
import type { Settled } from './settle.ts';
import { shownOf } from './shown.ts';
import { count } from './totals.ts';
import { runsOnce, traitsOf } from './traits.ts';
import { type Walker, report, scopeAt } from './walker.ts';

/** Counts, announces and notifies for tasks that ended, in order, and moves the host on. */
export function finish(walker: Walker, settled: readonly Settled[]): void {
  let failed = false;
  for (const one of settled) {
    const { step, then } = one.planned;
    const fails = one.outcome.kind === 'failed' && !one.outcome.ignored;
    if (one.outcome.kind === 'changed') notify(walker, one);
    walker.run.changed ||= hasChanged(one.outcome);
    if (step.handler) walker.run.notified.delete(step.task.id);
    const told = fails ? { ...one.outcome, ...handledBy(then) } : one.outcome;
    // As in Ansible a handler that failed counts as failed, though a block it was flushed in is rescued.
    walker.run.totals = count(walker.run.totals, told, rescuable(inHandlers(then)));
    emit(walker, one.planned.ref, shownOf(one, told));
    noteRole(walker, one);
    if (failed) continue;
    walker.cursor = then;
    const { fence, once } = traitsOf(walker.stage, step.task);
    if (fence) walker.fence = past(step.at);
    if (once) walker.stage.ended.set(keyOf(step.at), one);
    if (fails) {
      failed = true;
      failHost(walker, one);
    }
  }
  report(walker);
}

/** Where a handler is at work, what is around its flush does not rescue it. */
const inHandlers = (cursor: Cursor): Cursor =>
  cursor.slice(cursor.findLastIndex(({ part }) => part === 'handlers') + 1);

/** A role has run once one of its tasks did, well or not. */
function noteRole({ run }: Walker, { planned: { task }, outcome: o }: Settled): void {
  if (!task.role || o.kind === 'skipped' || o.kind === 'unreachable') return;
  if (!run.ran.has(task.role.key)) run.ran.set(task.role.key, task.role);
}

const emit = ({ stage, run }: Walker, task: TaskRef, told: Outcome): void =>
  stage.input.emit({ type: 'task-ended', host: run.host.name, task, outcome: told });

/** Which part of a block a failure is handled by. */
function handledBy(then: Cursor): Pick<Outcome, 'handled'> {
  const part = fail(then)?.at(-1)?.part;
  return part === 'rescue' || part === 'always' ? { handled: part } : {};
}

/** Moves a host whose task failed to what rescues it, or out of the run. */
export function failHost(walker: Walker, { planned, outcome: o }: Settled): void {
  const { run, stage } = walker;
  const { step, then, scope } = planned;
  const rescued = rescuable(then);
  if (rescued) {
    const facts = {
      ansible_failed_task: failedTask(planned),
      ansible_failed_result: registered(o),
    };
    give([run], 'registered', facts, { at: step.at });
  } else {
    // Nobody begins behind a host that is not well.
    if (step.task.trial === 'health') stage.broken = true;
    run.gone = true;
    if (o.fault) run.faults.push(o.fault.code);
  }
  const on = fail(then);
  run.guard?.broke(on ?? [], `${planned.ref.name}: ${o.message ?? o.kind}`);
  walker.cursor = on ?? [];
  const top = on?.at(-1);
  if (top) walker.floor = top.base;
  walker.view = undefined;
  // Handlers that are forced are no way out of a failure.
  if (on && !isForced(top?.block)) return;
  if (!on) run.out = true;
  if (isFatal(walker, step.task, scope)) stage.fatal = true;
}

/** Whether a failure of this task is the end for all hosts. */
export function isFatal({ stage }: Walker, task: Task, scope: Scope): boolean {
  if (!stage.gate) return false;
  if (runsOnce(stage, task, () => scope)) return true;
  const { anyErrorsFatal } = task.keywords;
  return anyErrorsFatal !== undefined && truthy(scope.resolve(anyErrorsFatal));
}

/** A host whose block failed for good, with its `always` done. */
export function dropOut(walker: Walker): void {
  walker.run.out = true;
  walker.cursor = [];
  report(walker);
}

/**
 * A host that could not be reached or kept. With ignore_unreachable the next task tries to connect anew; in a
 * block with rescue or always those may try just once. An interruption is silent.
 */
export async function lose(walker: Walker, found: Found, error: OrchError): Promise<void> {
  const { stage, run } = walker;
  const { step, then } = found;
  if (error.code === 'INTERRUPTED') {
    walker.cursor = [];
    return;
  }
  const scope = scopeAt(walker, step);
  const ref = refFor(stage, step, scope);
  const planned = { step, task: step.task, ref, scope, then, parts: [] };
  if (!isAboutLine(error)) {
    finish(walker, [{ planned, outcome: outcome.failed(error.at(step.task.source)) }]);
    return;
  }
  await Promise.all(stage.world.machines.of(run.host.name).map((machine) => machine.close()));
  const { ignoreUnreachable } = step.task.keywords;
  const ignored = ignoreUnreachable !== undefined && truthy(scope.resolve(ignoreUnreachable));
  const bare = outcome.unreachable(error.at(step.task.source));
  const told: Outcome = ignored ? { ...bare, ignored: true } : { ...bare, ...handledBy(then) };
  run.totals = count(run.totals, told, rescuable(then));
  if (step.task.register !== undefined)
    give([run], 'registered', { [step.task.register]: registered(told) }, { at: step.at });
  if (!ignored && !told.handled && bare.fault)
    stage.input.emit({ type: 'host-lost', host: run.host.name, fault: bare.fault });
  emit(walker, ref, told);
  walker.cursor = then;
  walker.view = undefined;
  if (traitsOf(stage, step.task).fence) walker.fence = past(step.at);
  if (!ignored) {
    run.again = run.again === undefined ? 'may' : 'tried';
    failHost(walker, { planned, outcome: told });
    run.lost = run.out;
    walker.parked = then;
  }
  report(walker);
}
