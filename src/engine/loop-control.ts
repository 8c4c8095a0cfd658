import type { Outcome } from '../model/event.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { opened } from '../model/value.ts';
import type { RunInput } from './input.ts';
import { withResult } from './judge.ts';

/** Waits between two items, where the task says so. */
export async function pauseOf(
  input: Pick<RunInput, 'sleep'>,
  { loopControl }: Task,
  scope: Scope,
): Promise<void> {
  const { pause } = loopControl;
  if (pause) await input.sleep(Number(opened(scope.resolve(pause))) * 1000);
}

/** Whether a loop ends behind the item that ended so. */
export function breaks(task: Task, o: Outcome, scope: Scope): boolean {
  const { breakWhen } = task.loopControl;
  return breakWhen !== undefined && withResult(task, o, scope).condition(breakWhen) === true;
}
