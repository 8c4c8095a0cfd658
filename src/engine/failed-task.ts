import { plain } from '../model/tree.ts';
import type { Value } from '../model/value.ts';
import type { Planned } from './planned.ts';

/** `ansible_failed_task`: the task that failed, as it was written. */
export const failedTask = ({ task, ref, step }: Pick<Planned, 'task' | 'ref' | 'step'>): Value => ({
  name: task.name ? withoutRole(ref.name, task.role?.name) : '',
  action: task.module,
  args: plain(task.args),
  register: task.register ?? null,
  tags: task.keywords.tags,
  when: task.when ? plain(task.when) : [],
  is_handler: step.handler,
  id: task.id,
});

const withoutRole = (name: string, role: string | undefined): string =>
  role !== undefined && name.startsWith(`${role} : `) ? name.slice(role.length + 3) : name;
