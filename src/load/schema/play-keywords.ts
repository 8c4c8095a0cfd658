import { blockKeywords, sharedKeywords } from './keywords.ts';
import { playRolling, share } from './safeguard-keywords.ts';
import type { Schema } from './words.ts';
import {
  condition,
  flag,
  label,
  NAME,
  names,
  number,
  text,
  variables,
} from './words-of-keywords.ts';

const hosts: Schema = {
  description: 'Hosts the play runs on: a pattern such as `servers:!old`, or a list of patterns.',
  anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
};

/** Keywords of a play that are checked by value; tasks, roles and handlers are read one by one. */
export const playKeywords: Readonly<Record<string, Schema>> = {
  ...sharedKeywords,
  hosts,
  user: text('The user to log in as; the old name of remote_user.'),
  gather_facts: flag(
    'Whether to collect facts of the hosts; they are collected when they are used in any case.',
  ),
  gather_subset: names('Facts to collect; those that are used are collected in any case.'),
  gather_timeout: number('Accepted and not needed: facts are collected when they are used.'),
  fact_path: text('Folder of facts of the host itself; /etc/ansible/facts.d when left out.'),
  strategy: {
    enum: [
      'linear',
      'free',
      'host_pinned',
      'ansible.builtin.linear',
      'ansible.builtin.free',
      'ansible.builtin.host_pinned',
    ],
    description: 'linear: hosts keep in step. free, host_pinned: each goes on as soon as it can.',
  },
  vars_files: {
    description:
      'Files with variables, relative to the playbook; of a list inside the list, the first there is.',
    anyOf: [
      { type: 'string' },
      {
        type: 'array',
        items: {
          anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
        },
      },
      { type: 'null' },
    ],
    'x-says': 'a file name or a list of file names',
  },
  serial: {
    description:
      'How many hosts change at a time: a number, a share such as "20%", or a list of them.',
    anyOf: [...share, { type: 'array', items: { anyOf: share } }],
    'x-says': 'a number of hosts, a share such as "20%", or a list of them',
  },
  ...playRolling,
  order: {
    enum: ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'],
    description: 'The order in which hosts are taken.',
  },
  max_fail_percentage: number(
    'The play ends when more than this share of the hosts of a batch has failed.',
    { maximum: 100 },
  ),
  force_handlers: flag('Whether handlers that were notified run although a later task failed.'),
};

/** What one input of a play may say. */
export const inputSchema: Schema = {
  type: 'object',
  description: 'A value the play needs from outside, checked before any host is contacted.',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: {
      enum: ['string', 'integer', 'number', 'boolean', 'list', 'map'],
      description: 'Its type.',
    },
    description: text('What it is for, in a sentence.'),
    default: { description: 'Its value when nothing sets it; without one it must be set.' },
    choices: {
      type: 'array',
      minItems: 1,
      items: { type: ['string', 'number', 'boolean'] },
      description: 'The values it may have.',
    },
    secret: flag('Whether its value is a secret, whatever gives it: masked in all output.'),
  },
};

/** One entry of vars_prompt. */
export const promptSchema: Schema = {
  type: 'object',
  description: 'A variable that is asked for on a terminal, unless -e sets it.',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: text('The variable.', { pattern: NAME }),
    prompt: label('What is asked; the name when left out.'),
    default: { description: 'Its value when nothing is typed, or there is no terminal.' },
    private: flag('false: what is typed is shown. It is hidden, and kept secret, when left out.'),
    confirm: flag('Whether it is asked for twice.'),
    unsafe: flag('Whether the answer is never a template.'),
  },
};

/** One entry of `roles:`, or of the dependencies of a role; other keys are params of the role. */
export const roleSchema: Schema = {
  type: 'object',
  description: 'A role with keywords for all its tasks; other keys are variables for it.',
  properties: {
    ...blockKeywords,
    name: text('The role, where `role` is not written.'),
    role: text('The role: its name, or the path of its folder.'),
  },
};

/** `import_playbook` and what may stand beside it. */
export const importPlaybookSchema: Schema = {
  type: 'object',
  description: 'The plays of another file, in this place.',
  required: ['import_playbook'],
  additionalProperties: false,
  properties: {
    name: label('What it does, in the reader’s words.'),
    import_playbook: text('The file, relative to this one.'),
    vars: variables('Variables for its plays; stronger than their own.'),
    tags: names('Words to choose by, for all its plays.'),
    when: condition('Its tasks run only if this holds.'),
    collections: names(
      'Collections in which roles with short names are looked for; modules are found without.',
    ),
  },
};

const apply: Schema = {
  type: ['object', 'null'],
  description: 'Keywords for what is included, as on a block.',
  additionalProperties: false,
  properties: blockKeywords,
};

const from = (what: string): Schema =>
  text(`File of ${what} in the role, without folder; main when left out.`);

const ofRole: Readonly<Record<string, Schema>> = {
  name: text('The role.'),
  role: text('The role; the same as name.'),
  tasks_from: from('tasks'),
  vars_from: from('vars'),
  defaults_from: from('defaults'),
  handlers_from: from('handlers'),
  allow_duplicates: flag('false: it does not run again with the same arguments.'),
  rolespec_validate: flag('false: its arguments are not checked against meta/argument_specs.'),
};

/** Arguments of what is no module but reads further tasks. */
export const includeSchemas: Readonly<Record<string, Schema>> = {
  import_tasks: {
    type: 'object',
    description: 'The tasks of a file, read when the playbook is loaded.',
    additionalProperties: false,
    properties: { file: text('The file.') },
    'x-free-form': 'file',
  },
  include_tasks: {
    type: 'object',
    description: 'The tasks of a file, read when their turn comes.',
    additionalProperties: false,
    properties: { file: text('The file.'), apply },
    'x-free-form': 'file',
  },
  import_role: {
    type: 'object',
    description: 'A role, read when the playbook is loaded.',
    additionalProperties: false,
    properties: ofRole,
  },
  include_role: {
    type: 'object',
    description: 'A role, read when its turn comes.',
    additionalProperties: false,
    properties: {
      ...ofRole,
      apply,
      public: flag('Whether its vars and defaults stay for the rest of the play.'),
    },
  },
};
