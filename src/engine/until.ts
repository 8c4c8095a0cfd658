import type { Outcome } from '../model/event.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Tree } from '../model/tree.ts';
import { isAboutLine } from './act.ts';
import type { Gate } from './health.ts';
import type { RunInput } from './input.ts';
import { withResult } from './judge.ts';
import * as outcome from './outcome.ts';
import { hasChanged } from './result.ts';
import { OrchError } from '../lib/errors.ts';
import { opened } from '../model/value.ts';

/** What Ansible does when nothing is said: four tries in all, five seconds between. */
const [RETRIES, DELAY] = [3, 5];

/**
 * Does something until `until` holds of its result, `retries` times more with `delay` seconds between. What never
 * came to hold has failed, unless failed_when says otherwise.
 */
export async function triedUntil(
  input: Pick<RunInput, 'sleep' | 'stop' | 'now'>,
  task: Task,
  scope: Scope,
  work: (scope: Scope) => Promise<Outcome>,
  gate?: Gate,
): Promise<Outcome> {
  const { until } = task;
  if (task.trial === 'health' && gate) return triedWithin(input, task, scope, { work, gate });
  const tries = until ? triesOf(task, scope) : 1;
  if (!until || tries === 1) return numbered(task, await work(scope), 1);
  let seen = scope;
  for (let attempt = 1; ; attempt++) {
    const o = numbered(task, await work(seen), attempt);
    if (o.kind === 'unknown') return o;
    seen = withResult(task, o, scope);
    if (seen.condition(until) !== false) return o;
    if (attempt === tries || input.stop?.aborted) return exhausted(task, o, tries - 1);
    await input.sleep(Math.max(number(task.delay, scope, DELAY), 0) * 1000);
  }
}

/** A trial of `health`: tried until it succeeds, and `until` holds, as long as there is time. Never throws for a line that is away. */
async function triedWithin(
  input: Pick<RunInput, 'sleep' | 'stop' | 'now'>,
  task: Task,
  scope: Scope,
  { work, gate }: { work: (scope: Scope) => Promise<Outcome>; gate: Gate },
): Promise<Outcome> {
  for (let attempts = 1; ; attempts++) {
    const o: Outcome = { ...(await triedOnce(work, scope)), attempts };
    if (o.kind === 'unknown' || o.kind === 'skipped') return o;
    // What failed may lack what `until` reads.
    const well =
      o.kind !== 'failed' &&
      (!task.until || withResult(task, o, scope).condition(task.until) !== false);
    if (well) return o;
    const pause = Math.min(gate.every, gate.until - input.now());
    if (pause <= 0 || input.stop?.aborted) return unhealthy(task, o, gate);
    await input.sleep(pause);
  }
}

async function triedOnce(work: (scope: Scope) => Promise<Outcome>, scope: Scope): Promise<Outcome> {
  try {
    return await work(scope);
  } catch (error) {
    if (!(error instanceof OrchError) || !isAboutLine(error) || error.code === 'INTERRUPTED')
      throw error;
    return outcome.failed(error);
  }
}

function unhealthy(task: Task, o: Outcome, { seconds }: Gate): Outcome {
  const why = o.kind === 'failed' ? (o.fault?.message ?? o.message ?? '') : 'until did not hold';
  const stderr = o.fault?.stderr;
  const error = new OrchError('UNHEALTHY', `not well within ${seconds} s: ${why}`, {
    source: task.source,
    ...(stderr === undefined ? {} : { stderr }),
  });
  const { notes, warnings, findings, attempts = 1 } = o;
  return outcome.failed(error, {
    ...{ notes, warnings, findings, attempts },
    ...(o.data ? { data: o.data } : {}),
  });
}

const numbered = ({ until }: Task, o: Outcome, attempts: number): Outcome =>
  until ? { ...o, attempts } : o;

/** One try, and those `retries` adds. */
function triesOf({ retries }: Task, scope: Scope): number {
  const given = number(retries, scope, RETRIES);
  return given <= 0 ? 1 : given + 1;
}

const number = (tree: Tree | undefined, scope: Scope, otherwise: number): number => {
  const given = tree ? Number(opened(scope.resolve(tree))) : otherwise;
  return Number.isFinite(given) ? given : otherwise;
};

function exhausted(task: Task, o: Outcome, attempts: number): Outcome {
  // As in Ansible the result says that it failed, though the task counts as failed_when says.
  if (task.failedWhen) return { ...o, attempts, data: { ...o.data, failed: true } };
  if (o.kind === 'failed') return { ...o, attempts };
  const error = new OrchError(
    'TASK_FAILED',
    `it was tried ${attempts + 1} times, and until did not come to hold`,
    {
      source: task.until?.source ?? task.source,
    },
  );
  return outcome.failed(error, {
    notes: o.notes,
    warnings: o.warnings,
    ...(o.data ? { data: o.data } : {}),
    attempts,
    ...(hasChanged(o) ? { changedToo: true as const } : {}),
  });
}
