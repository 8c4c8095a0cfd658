import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Tree } from '../model/tree.ts';
import { Unknown } from '../model/value.ts';
import { truthy } from './identity.ts';
import type { PlannedPart } from './planned.ts';
import * as outcome from './outcome.ts';
import { hasChanged, registered } from './result.ts';

/** The outcome of a task whose condition does not hold, or cannot be foreseen; nothing when it runs. */
export function conditioned(task: Task, scope: Scope): Outcome | undefined {
  if (!task.when) return undefined;
  const holds = scope.condition(task.when);
  if (holds instanceof Unknown) return outcome.unknown(`whether it runs is unknown: ${holds.why}`);
  return holds ? undefined : outcome.skipped('Conditional result was False');
}

/** changed_when, failed_when, then ignore_errors: they alter what is reported, never what is planned. */
export const judged = (task: Task, o: Outcome, scope: Scope): Outcome =>
  ignoring(task, rejudged(task, o, scope), scope);

/** ignore_errors, and nothing else. */
export function ignoring(task: Task, o: Outcome, scope: Scope): Outcome {
  const { ignoreErrors } = task.keywords;
  if (o.kind !== 'failed' || !ignoreErrors) return o;
  return truthy(scope.resolve(ignoreErrors)) ? { ...o, ignored: true } : o;
}

/** changed_when and failed_when, in this order; each sees the result under the name it is registered as. */
export function rejudged(task: Task, o: Outcome, scope: Scope): Outcome {
  const ran = o.kind === 'ok' || o.kind === 'changed' || o.kind === 'failed';
  if (!ran || (!task.failedWhen && !task.changedWhen)) return o;
  const changes = task.changedWhen && ask(task, o, scope, task.changedWhen);
  if (changes instanceof OrchError) return unjudged(o, changes, 'changed_when_result');
  const changed = typeof changes === 'boolean' ? withChange(o, changes) : o;
  const fails = task.failedWhen && ask(task, changed, scope, task.failedWhen);
  if (fails instanceof OrchError) return unjudged(changed, fails, 'failed_when_result');
  if (typeof fails !== 'boolean' || !task.failedWhen) return changed;
  const data = { ...changed.data, failed_when_result: fails };
  if (!fails) return { ...withoutFailure(changed), data };
  if (changed.kind === 'failed') return { ...changed, data };
  const error = new OrchError('TASK_FAILED', 'failed_when holds', {
    source: task.failedWhen.source,
  });
  return failedWith(changed, error, data);
}

function ask(task: Task, o: Outcome, scope: Scope, tree: Tree): boolean | Unknown | OrchError {
  try {
    return withResult(task, o, scope).condition(tree);
  } catch (error) {
    if (error instanceof OrchError) return error;
    throw error;
  }
}

/** The scope in which a task sees its own result. */
export function withResult({ register }: Task, o: Outcome, scope: Scope): Scope {
  if (register === undefined) return scope;
  return scope.with({ name: register, vars: new Map([[register, { value: registered(o) }]]) });
}

/** The scope in which a task sees what it sets itself. */
export function withFacts(scope: Scope, facts: PlannedPart['facts']): Scope {
  if (!facts) return scope;
  const vars = new Map(Object.entries(facts).map(([name, value]) => [name, { value }]));
  return scope.with({ name: 'what the task sets', vars });
}

function withChange(o: Outcome, changed: boolean): Outcome {
  if (o.kind !== 'failed') return { ...o, kind: changed ? 'changed' : 'ok' };
  const { changedToo: _, ...rest } = o;
  return changed ? { ...rest, changedToo: true } : rest;
}

function withoutFailure(o: Outcome): Outcome {
  if (o.kind !== 'failed') return o;
  const { fault: _, changedToo, message: __, ...rest } = o;
  return { ...rest, kind: changedToo ? 'changed' : 'ok' };
}

const failedWith = (o: Outcome, error: OrchError, data: Outcome['data']): Outcome =>
  outcome.failed(error, {
    notes: o.notes,
    warnings: o.warnings,
    findings: o.findings,
    ...(data ? { data } : {}),
    ...(hasChanged(o) ? { changedToo: true as const } : {}),
  });

const unjudged = (o: Outcome, error: OrchError, key: string): Outcome =>
  failedWith(o, error, { ...o.data, [key]: error.message });
