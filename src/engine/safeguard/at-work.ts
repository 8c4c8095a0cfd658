import type { OrchError } from '../../lib/errors.ts';
import { show } from '../show.ts';
import { type Cursor, type Found, blocksOf } from '../cursor.ts';
import { managementSources } from '../danger.ts';
import { finish } from '../finish.ts';
import type { Machine } from '../machine.ts';
import * as outcome from '../outcome.ts';
import { refFor } from '../refs.ts';
import { type Walker, report, scopeAt } from '../walker.ts';
import { guardedBeginning, guardedEnd, Notes, reached } from '../restore/note.ts';
import { Guard } from './guard.ts';
import { keep, prove } from './keep.ts';
import type { Line } from './line.ts';
import { PLACE } from './place.ts';
import { safeguardOf } from './settings.ts';
import { takeBack, toError } from './take-back.ts';

/**
 * Before each task: begins the safeguard it is under, and ends one that was left on the way. One that was left because a
 * task failed, or because the run was interrupted, is taken back.
 */
export async function guardFor(walker: Walker, found: Found | 'failed' | undefined): Promise<void> {
  const { run } = walker;
  const then = found && found !== 'failed' ? found.then : [];
  const block = guardBlock(then);
  if (run.guard && run.guard.block !== block) await leave(walker);
  if (block && !run.guard && found && found !== 'failed') begin(walker, found);
}

const guardBlock = (cursor: Cursor) => blocksOf(cursor).find(({ safeguard }) => safeguard);

function begin(walker: Walker, found: Found): void {
  const { stage, run } = walker;
  const block = guardBlock(found.then);
  const tree = block?.safeguard;
  if (!block || !tree) return;
  const { input, world } = stage;
  const scope = scopeAt(walker, found.step);
  const settings = safeguardOf(tree, scope, { seconds: input.options.confirmTimeout });
  if (!settings) return;
  world.guards += 1;
  run.guard = new Guard({
    id: `${input.run}.${world.guards}`,
    host: run.host.name,
    place: input.place ?? PLACE,
    block,
    settings,
    source: tree.source,
    about: `run ${input.run} on ${run.host.name}, ${show(scope.get('ansible_play_name') ?? '')}`,
    sources: managementSources(scope),
  });
}

/** The end of what a safeguard covers: proved, persisted and confirmed; a failure of that is one of a task. */
export async function keepGuard(walker: Walker, found: Found): Promise<void> {
  const { run, stage } = walker;
  const { guard } = run;
  if (!guard) return;
  const error = await decide(walker, guard);
  run.guard = undefined;
  if (!error) return;
  const { step, then } = found;
  const scope = scopeAt(walker, step);
  const ref = { ...refFor(stage, step, scope), name: 'safeguard' };
  const planned = { step, task: step.task, ref, scope, then, parts: [] };
  finish(walker, [{ planned, outcome: outcome.failed(error) }]);
}

/** Proves and keeps what was changed; the error when it was taken back. */
async function decide(walker: Walker, guard: Guard): Promise<OrchError | undefined> {
  const { input } = walker.stage;
  const { machine } = guard;
  if (!guard.changed || !machine || input.options.check) return undefined;
  const line = lineOf(machine);
  machine.version++;
  walker.view = undefined;
  const unproved = await prove(guard, line, input);
  if (unproved !== undefined) return undo(walker, guard, unproved);
  guard.tell(input, { state: 'proved' });
  const notes = new Notes(input, reached(machine, guard.user));
  notes.begin(guardedBeginning(guard));
  const kept = await keep(guard, line, input);
  if (kept.kind === 'back') {
    notes.cancel();
    return told(walker, guard, kept.error);
  }
  notes.end(guardedEnd(guard));
  if (kept.kind === 'waiting') waiting(walker, guard);
  else guard.tell(input, { state: 'confirmed' });
  return undefined;
}

/** A change that a person has to confirm. */
function waiting({ stage, run }: Walker, guard: Guard): void {
  const { input } = stage;
  const { seconds } = guard.settings;
  const user = guard.user.become?.user;
  guard.tell(input, { state: 'waiting', seconds, ...(user === undefined ? {} : { user }) });
  input.emit({
    type: 'warned',
    host: run.host.name,
    message: `the host takes the change back in ${seconds} s, unless you say: orch confirm ${input.run}${guard.unhooked ? ' (started anew before, it does not by itself: the next run does)' : ''}`,
    source: guard.source,
  });
}

/** A safeguard that was left before its end. */
async function leave(walker: Walker): Promise<void> {
  const { run, stage } = walker;
  const { guard } = run;
  run.guard = undefined;
  if (!guard || stage.input.options.check) return;
  const stopped = stage.input.stop?.aborted === true;
  const why = guard.why ?? (stopped ? 'the run was interrupted' : stage.world.fault?.message);
  if (why === undefined) {
    const error = await decide(walker, guard);
    if (error) fail(walker, error);
  } else if (guard.armed) fail(walker, await undo(walker, guard, why));
  report(walker);
}

function fail({ run, stage }: Walker, error: OrchError): void {
  run.faults.push(error.code);
  stage.input.emit({
    type: 'warned',
    host: run.host.name,
    message: error.message,
    ...(error.source ? { source: error.source } : {}),
  });
}

async function undo(walker: Walker, guard: Guard, why: string): Promise<OrchError> {
  const { input } = walker.stage;
  const { machine } = guard;
  walker.view = undefined;
  if (machine) machine.version++;
  const line = machine ? lineOf(machine) : undefined;
  if (!line) throw new Error('a safeguard without a machine');
  return told(walker, guard, toError(guard, why, await takeBack(guard, line, input, why)));
}

function told({ stage }: Walker, guard: Guard, error: OrchError): OrchError {
  if (guard.machine) stage.world.exposed.takenBack(guard.machine.host, guard.first);
  guard.tell(stage.input, { state: 'rolled-back', message: error.message });
  return error;
}

const lineOf = (machine: Machine): Line => ({
  trip: (parts, identity) => machine.trip({ purpose: 'safeguard', parts, identity, insists: true }),
  renew: () => machine.renew(),
  drop: () => void machine.close().catch(() => undefined),
});
