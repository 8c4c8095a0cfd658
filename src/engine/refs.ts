import type { TaskRef } from '../model/event.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Step } from './cursor.ts';
import { refOf } from './select-tasks.ts';
import type { Stage } from './stage.ts';

const known = new WeakMap<Stage, Map<Task, TaskRef>>();

/** A task as events name it, the same for all hosts: with the name the first host sees that comes to it. */
export function refFor(stage: Stage, { task, handler }: Step, scope: Scope | undefined): TaskRef {
  const refs = known.get(stage) ?? new Map<Task, TaskRef>();
  known.set(stage, refs);
  const found = refs.get(task) ?? refOf(task, scope, handler);
  refs.set(task, found);
  return found;
}
