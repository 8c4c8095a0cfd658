import { compare, inside, keyOf, past } from './position.ts';
import type { Found } from './cursor.ts';
import { failHost } from './finish.ts';
import type { HostRun } from './host-run.ts';
import type { Stage } from './stage.ts';
import { traitsOf } from './traits.ts';
import { type Walker, report, rest, turn } from './walker.ts';

/**
 * A task that one host runs for all of the batch: the first that comes to it. All wait for it; what it registers and
 * sets is everybody's, and so is its failure. It counts for that one host alone.
 */
export async function once(walker: Walker, found: Found, work: () => Promise<void>): Promise<void> {
  const { stage, run } = walker;
  const { step, then } = found;
  await turn(walker, step.at);
  const chosen = chosenFor(stage, found);
  if (chosen === run) return work();
  // What an include brings is the business of the one host alone: the others wait only until it is known.
  const behind = step.task.include ? inside(step.at) : past(step.at);
  await rest(walker, () => stage.gate?.finished(chosen.host.name, behind) ?? true);
  const ended = stage.ended.get(keyOf(step.at));
  walker.fence = past(step.at);
  const { shared } = traitsOf(stage, step.task);
  if (shared && ended?.outcome.kind === 'failed' && !ended.outcome.ignored) failHost(walker, ended);
  else walker.cursor = then;
  if (step.handler) run.notified.delete(step.task.id);
  report(walker);
}

function chosenFor({ chosen, batch, gate }: Stage, { step }: Found): HostRun {
  const key = keyOf(step.at);
  const known = chosen.get(key);
  if (known) return known;
  const first = batch.find((run) => {
    const at = gate?.at(run.host.name);
    return at !== undefined && compare(at, step.at) === 0;
  });
  if (!first) throw new Error('nobody came to a task of run_once');
  chosen.set(key, first);
  return first;
}
