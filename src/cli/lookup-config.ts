import { homedir } from 'node:os';
import { join } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import type { Value } from '../model/value.ts';
import type { Io } from './io.ts';
import { rolesPath } from './roles-path.ts';
import { textOf, type Lookup } from './search-path.ts';

/**
 * Settings of Ansible by their names, as they hold here: there is no ansible.cfg. What orch does is told where it has such
 * a setting, else what Ansible would say that nobody configured.
 */
const settings = (env: Io['env'], home: string): Readonly<Record<string, Value>> => ({
  ACTION_WARNINGS: true,
  ANSIBLE_HOME: join(home, '.ansible'),
  ANY_ERRORS_FATAL: false,
  BECOME_ALLOW_SAME_USER: false,
  CACHE_PLUGIN: 'memory',
  CACHE_PLUGIN_TIMEOUT: 86400,
  COLLECTIONS_PATHS: [join(home, '.ansible/collections'), '/usr/share/ansible/collections'],
  CONFIG_FILE: null,
  DEFAULT_ASK_PASS: false,
  DEFAULT_ASK_VAULT_PASS: false,
  DEFAULT_BECOME: false,
  DEFAULT_BECOME_ASK_PASS: false,
  DEFAULT_BECOME_EXE: null,
  DEFAULT_BECOME_FLAGS: null,
  DEFAULT_BECOME_METHOD: 'sudo',
  DEFAULT_BECOME_USER: 'root',
  DEFAULT_EXECUTABLE: '/bin/sh',
  DEFAULT_FACT_PATH: null,
  DEFAULT_FORCE_HANDLERS: false,
  DEFAULT_FORKS: 50,
  DEFAULT_GATHERING: 'implicit',
  DEFAULT_GATHER_SUBSET: null,
  DEFAULT_GATHER_TIMEOUT: null,
  DEFAULT_HASH_BEHAVIOUR: 'replace',
  DEFAULT_HOST_LIST: ['/etc/ansible/hosts'],
  DEFAULT_JINJA2_NATIVE: false,
  DEFAULT_LOCAL_TMP: join(home, '.ansible/tmp'),
  DEFAULT_LOG_PATH: null,
  DEFAULT_MANAGED_STR: 'Ansible managed',
  DEFAULT_MODULE_NAME: 'command',
  DEFAULT_NO_LOG: false,
  DEFAULT_NO_TARGET_SYSLOG: false,
  DEFAULT_POLL_INTERVAL: 15,
  DEFAULT_PRIVATE_KEY_FILE: null,
  DEFAULT_PRIVATE_ROLE_VARS: false,
  DEFAULT_REMOTE_PORT: null,
  DEFAULT_REMOTE_USER: null,
  DEFAULT_ROLES_PATH: rolesPath(env, home),
  DEFAULT_STRATEGY: 'linear',
  DEFAULT_TIMEOUT: 10,
  DEFAULT_TRANSPORT: 'smart',
  DEFAULT_UNDEFINED_VAR_BEHAVIOR: true,
  DEFAULT_VAULT_IDENTITY: 'default',
  DEFAULT_VAULT_ID_MATCH: false,
  DEFAULT_VAULT_PASSWORD_FILE: env['ORCH_VAULT_PASSWORD_FILE'] ?? null,
  DEFAULT_VERBOSITY: 0,
  DIFF_ALWAYS: false,
  DIFF_CONTEXT: 3,
  DISPLAY_SKIPPED_HOSTS: true,
  ERROR_ON_MISSING_HANDLER: true,
  HOST_KEY_CHECKING: true,
  INTERPRETER_PYTHON: 'auto',
  INVALID_TASK_ATTRIBUTE_FAILED: true,
  MAX_FILE_SIZE_FOR_DIFF: 104448,
  PERSISTENT_COMMAND_TIMEOUT: 30,
  PERSISTENT_CONNECT_TIMEOUT: 30,
  PLAYBOOK_DIR: null,
  RETRY_FILES_ENABLED: false,
  RETRY_FILES_SAVE_PATH: null,
  RUN_VARS_PLUGINS: 'demand',
  SHOW_CUSTOM_STATS: false,
  TRANSFORM_INVALID_GROUP_CHARS: 'never',
});

const MISSING = ['error', 'warn', 'skip'];

/** The lookup `config`: settings of Ansible. */
export const config =
  ({ env, err }: Pick<Io, 'env' | 'err'>): Lookup =>
  (terms, options) => {
    const known = settings(env, env['HOME'] ?? homedir());
    const missing = options['on_missing'] ?? 'error';
    if (typeof missing !== 'string' || !MISSING.includes(missing))
      throw new OrchError('TEMPLATE_FAILED', `on_missing cannot be ${textOf(missing)}.`, {
        hint: `It is one of ${MISSING.join(', ')}.`,
      });
    const ofPlugin = options['plugin_type'] !== undefined || options['plugin_name'] !== undefined;
    return terms.flatMap((term): readonly Value[] => {
      if (typeof term !== 'string')
        throw new OrchError('TEMPLATE_FAILED', `${textOf(term)} is no name of a setting.`);
      const found = !ofPlugin && Object.hasOwn(known, term) ? known[term] : undefined;
      if (found !== undefined) return [found];
      if (missing === 'skip') return [];
      if (missing === 'warn') {
        err(`warning: Skipping, did not find setting ${term}\n`);
        return [];
      }
      const close = ofPlugin ? ' of a plugin' : didYouMean(term, Object.keys(known));
      throw new OrchError(
        'TEMPLATE_FAILED',
        `Unable to find setting ${term}${ofPlugin ? close : `.${close}`}`,
        {
          hint: 'orch has no plugins and no ansible.cfg: on_missing="skip" goes on without it.',
        },
      );
    });
  };
