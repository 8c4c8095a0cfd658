import { OrchError } from '../../lib/errors.ts';
import { lines, raw, type Shell } from '../../lib/shell.ts';
import type { Step } from '../../model/module.ts';
import type { Task } from '../../model/play.ts';
import type { Scope } from '../../model/scope.ts';
import type { Reply } from '../../model/transport.ts';
import { type Ready, readied } from '../act.ts';
import type { Alone } from '../alone-draft.ts';
import type { Way } from '../way.ts';
import { refFor } from '../refs.ts';
import type { Stage } from '../stage.ts';
import { guardedActions } from './change.ts';

/** Whether actions change something under a safeguard, so that what takes them back has to be armed before. */
export function changesUnderGuard(
  { walker, found, module, scope }: Alone,
  ready: readonly Ready[],
): boolean {
  if (!walker.run.guard || module.kind !== 'action') return false;
  const { changedWhen } = found.step.task;
  if (changedWhen && scope.resolve(changedWhen) === false) return false;
  return ready.some(({ params }) => !module.reads(params));
}

/** Runs actions with their undo armed before. Throws REFUSED for one that has none. */
export async function sendGuarded(
  { walker, found }: Alone,
  way: Way,
  ready: readonly Ready[],
  scope: Scope,
): Promise<readonly Reply[]> {
  const { stage, run } = walker;
  const { task } = found.step;
  const { guard } = run;
  if (!guard) throw new OrchError('INTERNAL', 'there is no safeguard');
  const undo = undoOf(stage, task, scope);
  const name = refFor(stage, found.step, scope).name;
  const step: Omit<Step, 'do'> = {
    name,
    ...(undo ? { inverse: undo } : {}),
    stage: 'persistent',
    disruption: 'none',
  };
  const actions = ready.map(({ part }) => ({ part, step: { ...step, do: part.script } }));
  return guardedActions(stage.input, guard, way, actions);
}

/** The script of the `undo` tasks of a task; nothing where it has none. Throws REFUSED where it cannot be told. */
export function undoOf(stage: Stage, task: Task, scope: Scope): Shell | undefined {
  if (!task.undo || task.undo.length === 0) return undefined;
  const scripts = task.undo.map((one): Shell => {
    const module = stage.input.registry.get(one.module);
    if (module?.kind !== 'action')
      throw new OrchError('INTERNAL', `${one.module} is no action`, { source: one.source });
    const back = readied(stage, one, module, scope, { check: false });
    if (!('part' in back))
      throw new OrchError('REFUSED', `the way back cannot be told: ${back.message ?? back.kind}`, {
        source: one.source,
      });
    return back.part.script;
  });
  return inTurn(scripts);
}

/** Each in a shell of its own, up to the first that fails. */
const inTurn = (scripts: readonly Shell[]): Shell =>
  lines(scripts.map(({ text }) => raw(`(\n${text}\n) || exit`)));
