import type { LoopControl } from './loop.ts';
import type { Task } from './play.ts';

const LOOP: LoopControl = {
  loopVar: 'item',
  indexVar: undefined,
  label: undefined,
  pause: undefined,
  extended: undefined,
  withoutAllItems: false,
  breakWhen: undefined,
};

/** A task that nobody wrote: what is not said of it is as if its keyword were left out. */
export const bareTask = (
  task: Pick<Task, 'id' | 'source' | 'module' | 'args' | 'keywords'> & Partial<Task>,
): Task => ({
  kind: 'task',
  name: undefined,
  moduleSource: task.source,
  action: task.module,
  when: undefined,
  loop: undefined,
  loopControl: LOOP,
  vars: [],
  params: [],
  role: undefined,
  register: undefined,
  notify: [],
  listen: [],
  changedWhen: undefined,
  failedWhen: undefined,
  until: undefined,
  retries: undefined,
  delay: undefined,
  async: undefined,
  poll: undefined,
  ...task,
});
