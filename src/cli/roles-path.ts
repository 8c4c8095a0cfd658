import { join } from 'node:path';

/** Folders of roles besides those beside a playbook: ORCH_ROLES_PATH, then those of Ansible. */
export const rolesPath = (env: NodeJS.ProcessEnv, home: string): readonly string[] => [
  ...(env['ORCH_ROLES_PATH'] ?? '').split(':').filter((folder) => folder !== ''),
  join(home, '.ansible/roles'),
  '/usr/share/ansible/roles',
  '/etc/ansible/roles',
];
