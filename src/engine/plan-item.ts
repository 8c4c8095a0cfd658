import { controlArgs } from './control-args.ts';
import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { AnyModule, ControlResult, Inspection, Result, Seen } from '../model/module.ts';
import { Refusal } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { sourceAt } from '../model/tree.ts';
import { doubtful, doubtTask } from './doubt.ts';
import { factVars } from './host-facts.ts';
import { type Fold, type Folded, foldTask, seenNow } from './fold.ts';
import { type Danger, dangerOf, managementSources, NO_DANGER } from './danger.ts';
import { conditioned } from './judge.ts';
import { type Lacking, lacking } from './lacking.ts';
import type { Item } from './loop.ts';
import * as outcome from './outcome.ts';
import type { Desk, Early, PlannedPart } from './planned.ts';
import { params, type Resolved } from './resolve.ts';

/**
 * Plans a task, or one item of its loop, over what is foreseen so far. Arguments that are known already are not worked out
 * again. Never throws an OrchError.
 */
export function planItem(
  desk: Desk,
  task: Task,
  module: AnyModule,
  item: Item,
  early?: Early,
): PlannedPart {
  const { label, scope } = item;
  const done = (o: Outcome): PlannedPart => ({ label, outcome: o, scope });
  try {
    const told = task.loop ? conditioned(task, scope) : undefined;
    if (told?.kind === 'unknown') doubtTask(desk, task, module, scope);
    if (told) return done(told);
    if (module.kind === 'control')
      return { label, scope, ...controlled(module.run(controlArgs(task, scope), scope), task) };
    if (module.kind === 'action') return done(outcome.unknown('an action is not planned'));
    const resolved = knownArgs(desk, early) ?? params(task, module, scope, desk.stage.input);
    if (resolved.kind === 'error') return done(outcome.failed(resolved.error));
    if (resolved.kind === 'unknown') {
      doubtTask(desk, task, module, scope);
      return done(outcome.unknown(resolved.unknown.why));
    }
    const key = module.resource.key(module.scope(resolved.params));
    const fold = desk.folds.get(key);
    if (!fold) throw new OrchError('INTERNAL', `${key} was not observed for ${task.module}`);
    if (fold instanceof OrchError) return done(outcome.failed(fold.at(task.source)));
    if (module.kind === 'inspect') {
      const { facts, named, ...result } = module.inspect(seenNow(fold), resolved.params);
      const data = named ? { ...result.data, ansible_facts: named } : result.data;
      const part = done(inspected({ ...result, data }, task));
      if (!facts && !named) return part;
      const before = desk.run.kept.now.facts.get('ansible_facts');
      return { ...part, facts: factVars(facts ?? {}, before, named), kind: 'facts' };
    }
    const use = { module, params: resolved.params, key, fold };
    return { label, scope, ...folded(desk, task, use, scope) };
  } catch (error) {
    if (error instanceof OrchError) return done(outcome.failed(error.at(task.source)));
    throw error;
  }
}

/** Nothing when the host was given something since they were worked out. */
const knownArgs = ({ run }: Desk, early: Early | undefined): Resolved | undefined =>
  early?.mark === run.kept.mark ? early.resolved : undefined;

interface Use {
  readonly module: Folded['module'];
  readonly params: unknown;
  readonly key: string;
  readonly fold: Fold;
}

function folded(
  desk: Desk,
  task: Task,
  use: Use,
  scope: Scope,
): Omit<PlannedPart, 'label' | 'scope'> {
  const { module, key, fold } = use;
  const next = foldTask(fold, module, use.params, nameOf(task));
  const doubt = doubtful(desk, use, nameOf(task), next);
  if (doubt !== undefined) return { outcome: outcome.unknown(doubt) };
  if (next instanceof Refusal) return { outcome: outcome.failed(refusal(next, task)), key };
  const { before, after, changes } = next.folded;
  const seen = { state: after, facts: fold.seen.facts };
  const lack = changes.length > 0 ? lacking(desk, key, fold, { before, after }) : NOTHING;
  if (lack.refusal) return { outcome: outcome.failed(refusal(lack.refusal, task)), key };
  const danger = changes.length > 0 ? dangerOfTask(desk, use, scope, { before, seen }) : NO_DANGER;
  if (danger.refusal) return { outcome: outcome.failed(refusal(danger.refusal, task)) };
  desk.folds.set(key, next.fold);
  const own = module.result?.(before, seen, use.params) ?? NO_RESULT;
  const result = { ...own, warnings: [...own.warnings, ...lack.warnings, ...danger.warnings] };
  const o = changes.length > 0 ? outcome.changed(changes, 'none', result) : outcome.ok(result);
  return { outcome: o, key, folded: next.folded };
}

/** What the change of one task does to the way in. */
function dangerOfTask(
  { stage, run }: Desk,
  { module, params: given, fold }: Use,
  scope: Scope,
  { before, seen }: { readonly before: unknown; readonly seen: Seen<unknown, unknown> },
): Danger {
  const reach = fold.resource.reach?.(before, seen, managementSources(scope));
  if (!reach) return NO_DANGER;
  const allowed =
    stage.input.options.allowLockout === true || module.allowsLockout?.(given) === true;
  return dangerOf(reach, { allowed, guarded: run.guard !== undefined });
}

const NOTHING: Lacking = { warnings: [] };
const NO_RESULT: Result = { data: {}, notes: [], warnings: [] };

/** A task by its name as written, else by its module. */
export const nameOf = (task: Task): string => String(task.name?.value ?? task.module);

function inspected({ findings, ...result }: Inspection, task: Task): Outcome {
  if (findings.length === 0) return outcome.ok(result);
  const message = findings.map((f) => f.message).join('; ');
  const hint = 'Each finding names its cure.';
  const error = new OrchError('FINDINGS', message, { source: task.source, hint });
  return outcome.failed(error, { ...result, findings });
}

const refusal = (refused: Refusal, task: Task): OrchError =>
  new OrchError(refused.code, refused.message, {
    source: refused.pointer === undefined ? task.source : sourceAt(task.args, refused.pointer),
    hint: refused.hint,
  });

/** What a control task comes to; what it gives and wants is for others to see to. */
export function controlled(
  result: ControlResult,
  task: Task,
): Pick<PlannedPart, 'outcome' | 'facts' | 'cacheable' | 'effect'> {
  const more = {
    ...(result.facts ? { facts: result.facts } : {}),
    ...(result.cacheable ? { cacheable: true as const } : {}),
    ...(result.effect ? { effect: result.effect } : {}),
  };
  return { outcome: controlOutcome(result, task), ...more };
}

function controlOutcome(result: ControlResult, task: Task): Outcome {
  if (result.unknown !== undefined) return outcome.unknown(result.unknown);
  const message = result.message === undefined ? {} : { message: result.message };
  if (result.data['skipped'] === true)
    return { ...outcome.skipped(result.message ?? ''), data: result.data };
  if (result.failed === undefined) return outcome.ok({ data: result.data }, message);
  const hint = 'The task checks this on purpose; see its condition.';
  const error = new OrchError('TASK_FAILED', result.failed, { source: task.source, hint });
  return outcome.failed(error, { data: result.data });
}
