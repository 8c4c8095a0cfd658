import type { AnyModule } from '../model/module.ts';
import { Refusal } from '../model/module.ts';
import { OrchError } from '../lib/errors.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { diff } from './diff.ts';
import { type Fold, type Folded, foldTask, refold } from './fold.ts';
import type { Desk } from './planned.ts';
import { params } from './resolve.ts';

/** Notes that a task may or may not run, or runs with arguments nobody knows yet. */
export function doubtTask(desk: Desk, task: Task, module: AnyModule, scope: Scope): void {
  if (module.kind !== 'state') return;
  const name = String(task.name?.value ?? task.module);
  const resolved = params(task, module, scope, desk.stage.input);
  const key =
    resolved.kind === 'params' ? module.resource.key(module.scope(resolved.params)) : undefined;
  const fold = key === undefined ? undefined : desk.folds.get(key);
  if (
    resolved.kind !== 'params' ||
    key === undefined ||
    !fold ||
    fold instanceof OrchError ||
    task.loop
  ) {
    desk.doubts.wild.set(module.resource.name, name);
    return;
  }
  const next = foldTask(other(desk, key, fold), module, resolved.params, name);
  if (!(next instanceof Refusal)) desk.doubts.steps.set(key, next.fold.steps);
}

/**
 * Why a task cannot be foreseen although its own arguments are known: it would do something else if a
 * doubtful task before it ran. Nothing when it does the same in both worlds.
 */
export function doubtful(
  desk: Desk,
  use: {
    readonly module: Folded['module'];
    readonly params: unknown;
    readonly key: string;
    readonly fold: Fold;
  },
  name: string,
  next: ReturnType<typeof foldTask>,
): string | undefined {
  const wild = desk.doubts.wild.get(use.module.resource.name);
  if (wild !== undefined) return `it depends on what "${wild}" does, which is unknown`;
  const steps = desk.doubts.steps.get(use.key);
  if (!steps) return undefined;
  const there = foldTask(other(desk, use.key, use.fold), use.module, use.params, name);
  if (!(there instanceof Refusal)) desk.doubts.steps.set(use.key, there.fold.steps);
  const same =
    next instanceof Refusal || there instanceof Refusal
      ? next instanceof Refusal && there instanceof Refusal
      : diff(next.folded.changes, there.folded.changes).length === 0;
  return same
    ? undefined
    : `it depends on whether "${doubter(steps, use.fold)}" runs, which is unknown`;
}

/** The fold of the other world; it begins as this one. */
const other = (desk: Desk, key: string, fold: Fold): Fold =>
  refold({ ...fold, steps: [] }, desk.doubts.steps.get(key) ?? fold.steps);

const doubter = (steps: readonly Folded[], fold: Fold): string => {
  const sure = new Set(fold.steps.map((s) => s.task));
  return steps.find((s) => !sure.has(s.task))?.task ?? 'an earlier task';
};
