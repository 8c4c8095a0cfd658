import type { Task } from './play.ts';

/**
 * The name of a task as Ansible shows it: behind that of its role; without a name, its module as it is written. One
 * that includes a role is shown without the role it stands in.
 */
export function taskName(
  { name, action, role, include }: Pick<Task, 'name' | 'action' | 'role' | 'include'>,
  finished?: string,
): string {
  const own = finished ?? (name && name.value !== '' ? String(name.value) : action);
  if (include?.kind === 'role' && own !== action) return own;
  return role ? `${role.name} : ${own}` : own;
}
