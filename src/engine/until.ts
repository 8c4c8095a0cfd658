import type { Outcome } from '../model/event.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Tree } from '../model/tree.ts';
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
  input: Pick<RunInput, 'sleep' | 'stop'>,
  task: Task,
  scope: Scope,
  work: (scope: Scope) => Promise<Outcome>,
): Promise<Outcome> {
  const { until } = task;
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
  if (task.failedWhen) return { ...o, attempts };
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
