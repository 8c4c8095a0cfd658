import { OrchError } from '../lib/errors.ts';
import type { Scope } from '../model/scope.ts';
import { type Cursor, type Found, next } from './cursor.ts';
import type { Gate } from './health.ts';
import type { HostRun } from './host-run.ts';
import type { Observations } from './planned.ts';
import { type Position, past } from './position.ts';
import type { Rolling } from './rolling.ts';
import { Ways } from './way.ts';
import type { Stage } from './stage.ts';
import type { Asked } from './prove.ts';
import { taskScope } from './vars.ts';
import type { Step } from './cursor.ts';

/** What a host showed, and the tasks that is enough for. */
export interface View extends Asked {
  readonly covered: ReadonlySet<string>;
  readonly folds: Observations;
  /** Of the machine, when it was looked at: what changed it since then makes the view old. */
  readonly version: number;
}

/** One host on its way through a batch. */
export interface Walker {
  readonly stage: Stage;
  readonly run: HostRun;
  readonly ways: Ways;
  cursor: Cursor;
  view: View | undefined;
  /** Where the run of tasks without an action between them began: changes wait until all hosts came so far. */
  floor: Position;
  /** Where a host that was lost would have gone on. */
  parked: Cursor | undefined;
  /** Behind a fence just passed: all hosts meet there. */
  fence: Position | undefined;
  /** The task at work is one of which only so many hosts do a change at a time. */
  rolling: Rolling | undefined;
  /** The trials it stands before have until then. */
  gate: Gate | undefined;
  /** It is at the trials of a task that others wait for: it waits for nobody. */
  gating: boolean;
  /** Things in its hands that others may wait for. */
  holds: number;
}

/** Thrown when a host must not go on: all hosts of the batch stop, or the run was interrupted. */
export class Halted extends Error {
  override readonly name = 'Halted';
}

/** A host at the start of a batch. */
export const newWalker = (stage: Stage, run: HostRun, cursor: Cursor): Walker => ({
  stage,
  run,
  ways: new Ways(stage, run),
  cursor,
  view: undefined,
  floor: stage.base,
  parked: undefined,
  fence: undefined,
  rolling: undefined,
  gate: undefined,
  gating: false,
  holds: 0,
});

/** The variables of a task on the host of a walker. */
export const scopeAt = ({ stage, run }: Walker, { task, at }: Step): Scope =>
  taskScope({ stage, run, at }, task);

/** The next task of a host. */
export const peek = ({ cursor, run }: Walker): Found | 'failed' | undefined =>
  next(cursor, (id) => run.notified.has(id));

/** Whether a task belongs to a further use of a role that has run on the host in this play, and that may run only once. */
export const ranBefore = (
  { ran }: Pick<HostRun, 'ran'>,
  { task: { role }, handler }: Step,
): boolean => {
  if (!role || role.allowDuplicates || handler) return false;
  const before = ran.get(role.key);
  return before !== undefined && before !== role;
};

/** Waits for other hosts, without keeping a place to work at meanwhile. */
export async function rest(walker: Walker, holds: () => boolean): Promise<void> {
  const { stage, run } = walker;
  const { gate, rolling, world } = stage;
  const ready = (): boolean => stage.over !== undefined || stopped(stage) || holds();
  if (gate && !ready()) {
    rolling?.knows(run.host.name, () => gate.wake());
    world.slots.release();
    const until = gate.until(run.host.name, ready);
    // Who goes next may depend on who waits.
    if (rolling) gate.wake();
    await until;
    await world.slots.take();
  } else if (gate) await world.slots.yield();
  if (stage.over !== undefined || stopped(stage)) throw new Halted();
}

const stopped = ({ input }: Stage): boolean => input.stop?.aborted === true;

/** Waits until all other hosts finished what comes before `floor`. */
export const turn = (walker: Walker, floor: Position): Promise<void> =>
  rest(
    walker,
    () =>
      walker.gating ||
      walker.stage.rolling?.begun(walker.run.host.name) === true ||
      (walker.stage.gate?.clear(walker.run.host.name, floor) ?? true),
  );

/** Something was done on hosts at `at`: what changes behind it waits until all others are past it. */
export function acted(walker: Walker, at: Position): void {
  walker.floor = past(at);
  walker.view = undefined;
}

/** Says how far a host is, so that others need not wait longer. */
export function report(walker: Walker): void {
  const { gate } = walker.stage;
  if (!gate) return;
  const found = peek(walker);
  const { name } = walker.run.host;
  if (!found || found === 'failed') gate.leave(name);
  else gate.advance(name, found.step.at);
}

/** A bug: something that is always there is not. */
export const missing = (what: string): OrchError => new OrchError('INTERNAL', `${what} is missing`);
