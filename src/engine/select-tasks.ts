import type { TaskRef } from '../model/event.ts';
import { allTasks, type Play, type Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { taskName } from '../model/task-name.ts';
import { OrchError } from '../lib/errors.ts';
import { show } from './show.ts';

/** Whether --tags and --skip-tags let a task run; `always`, `never`, `tagged`, `untagged` and `all` mean what they do in Ansible. */
export function wanted(
  own: readonly string[],
  tags: readonly string[],
  skip: readonly string[],
): boolean {
  const only = tags.length === 0 ? ['all'] : tags;
  const has = new Set(own.length === 0 ? ['untagged'] : own);
  const among = (list: readonly string[]): boolean =>
    list.some((tag) => has.has(tag)) || (list.includes('tagged') && own.length > 0);
  const never = has.has('never');
  const runs =
    has.has('always') ||
    only.some((tag) => has.has(tag)) ||
    (!never && (only.includes('all') || among(only)));
  if (!runs) return false;
  if (skip.includes('all')) return has.has('always') && !skip.includes('always');
  return !among(skip);
}

/** The tasks of a play that its tags and the command line let run. */
export const tasksOf = (
  play: Play,
  tags: readonly string[],
  skip: readonly string[],
): readonly Task[] => allTasks(play).filter((task) => wanted(task.keywords.tags, tags, skip));

/** A task as events name it: its name as the first host would see it, else as written. */
export function refOf(task: Task, scope: Scope | undefined, handler: boolean): TaskRef {
  return {
    id: task.id,
    name: nameOf(task, scope),
    module: task.module,
    source: task.source,
    handler,
  };
}

function nameOf(task: Task, scope: Scope | undefined): string {
  const written = task.name ? String(task.name.value) : '';
  if (!task.name || !scope || !written.includes('{{')) return taskName(task);
  try {
    return taskName(task, show(scope.resolve(task.name)));
  } catch (error) {
    if (error instanceof OrchError) return taskName(task);
    throw error;
  }
}
