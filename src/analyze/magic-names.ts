const MAGIC = new Set([
  ...['inventory_hostname', 'inventory_hostname_short', 'inventory_file', 'inventory_dir'],
  ...['groups', 'group_names', 'hostvars', 'vars', 'playbook_dir', 'role_path', 'role_name'],
  ...['role_names', 'play_hosts', 'omit', 'environment', 'item', 'loop', 'self', 'caller'],
]);

/** Whether a name is there without anybody giving it: facts, connection settings, what orch sets itself. */
export const magic = (name: string): boolean =>
  name.startsWith('ansible_') ||
  (MAGIC.has(name) && name !== 'item' && name !== 'loop' && name !== 'caller');

/** Names that orch sets itself: a variable of that name is never seen. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...['inventory_hostname', 'inventory_hostname_short', 'groups', 'group_names', 'hostvars'],
  ...['playbook_dir', 'role_path', 'role_name', 'play_hosts', 'omit', 'vars'],
]);
