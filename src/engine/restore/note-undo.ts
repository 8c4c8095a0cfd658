import { OrchError } from '../../lib/errors.ts';
import type { Outcome } from '../../model/event.ts';
import type { Task } from '../../model/play.ts';
import type { Scope } from '../../model/scope.ts';
import { refFor } from '../refs.ts';
import { hasChanged } from '../result.ts';
import { undoOf } from '../safeguard/actions.ts';
import { isHidden } from '../shown.ts';
import type { Stage } from '../stage.ts';
import type { Way } from '../way.ts';
import type { Step } from '../cursor.ts';
import { reached } from './note.ts';

/** Writes down how an action that changed its host would be taken back: by its `undo` tasks, as they are now. */
export function noteUndo(
  stage: Stage,
  step: Step,
  way: Way,
  { scope, outcome }: { readonly scope: Scope; readonly outcome: Outcome },
): void {
  const { task } = step;
  if (!task.undo || way.check || !hasChanged(outcome)) return;
  const { input } = stage;
  const text = scriptOf(stage, task, scope);
  const keeps = text !== undefined && !input.holdsSecret?.(text) && !isHidden(task, [scope]);
  const { name, source } = refFor(stage, step, scope);
  input.emit({
    type: 'action-undo',
    ...reached(way.machine, way.identity),
    ...{ name, source },
    ...(keeps ? { script: text } : {}),
  });
}

function scriptOf(stage: Stage, task: Task, scope: Scope): string | undefined {
  try {
    return undoOf(stage, task, scope)?.text;
  } catch (error) {
    if (error instanceof OrchError) return undefined;
    throw error;
  }
}
