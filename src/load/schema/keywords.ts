import { safeguardKeyword, taskRolling, undoKeyword } from './safeguard-keywords.ts';
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

/** Keywords that plays, roles, blocks and tasks share; the innermost one wins. */
export const sharedKeywords: Readonly<Record<string, Schema>> = {
  name: label('What this does, in the reader’s words; shown while it runs.'),
  become: flag('Whether scripts run as another user.'),
  become_user: text('The user to become; root when left out.'),
  become_method: {
    enum: ['sudo', 'su', 'doas', 'run0'],
    description: 'How to become another user; sudo when left out.',
  },
  vars: variables('Variables for all below.'),
  tags: names('Words to choose by: --tags and --skip-tags.'),
  environment: {
    description: 'Environment variables of commands on the host; inner ones win.',
    anyOf: [{ type: ['object', 'null'] }, { type: 'array', items: { type: ['object', 'string'] } }],
  },
  remote_user: text('The user to log in as.'),
  connection: text('How the host is reached: ssh or local.'),
  port: number('The port to log in at.', { maximum: 65_535 }),
  check_mode: flag(
    'true: only say what would change, also in a real run. false: change, even with --check.',
  ),
  diff: flag('Whether changes are shown line by line.'),
  no_log: flag('Whether values and results are kept out of all output and reports.'),
  ignore_errors: flag('Whether the host goes on after a failure.'),
  ignore_unreachable: flag('Whether the host counts as fine although it could not be reached.'),
  any_errors_fatal: flag('Whether one failed host ends the play for all.'),
  run_once: flag('Whether only the first host of a batch does this, for all of them.'),
  throttle: number('Hosts that may do this at the same time; 0 means no limit of its own.'),
  timeout: number('Seconds a task may take on a host; 0 means no limit.'),
  module_defaults: {
    description:
      'Arguments by module, for tasks that do not set them: `{NAME: {argument: value}}`.',
    anyOf: [
      { type: ['object', 'null'], additionalProperties: { type: ['object', 'null'] } },
      {
        type: 'array',
        items: { type: 'object', additionalProperties: { type: ['object', 'null'] } },
      },
    ],
    'x-says': 'a map of modules and their arguments',
  },
  safeguard: safeguardKeyword,
  collections: names(
    'Collections in which roles with short names are looked for; modules are found without.',
  ),
};

/** Keywords of a block besides its lists of tasks. */
export const blockKeywords: Readonly<Record<string, Schema>> = {
  ...sharedKeywords,
  when: condition(
    'This runs only if it holds: an expression without braces; all of a list must hold.',
  ),
  delegate_to: text('The host that does this instead of each host of the play.'),
  delegate_facts: flag('Whether facts belong to the host that delegate_to names.'),
  notify: names('Handlers to run later if something changed.'),
};

/** Keywords of a task besides its module. */
export const taskKeywords: Readonly<Record<string, Schema>> = {
  ...blockKeywords,
  undo: undoKeyword,
  ...taskRolling,
  loop: {
    description: 'The task runs once for each item.',
    type: ['array', 'string'],
    'x-says': 'a list',
  },
  loop_control: {
    type: 'object',
    description: 'How the loop names its things and goes on.',
    additionalProperties: false,
    properties: {
      loop_var: text('Name of the variable that holds the item; `item` when left out.', {
        pattern: NAME,
        examples: ['port'],
      }),
      index_var: text('Name of a variable that counts the items from 0.', {
        pattern: NAME,
        examples: ['index'],
      }),
      label: { description: 'What is shown for an item.' },
      pause: number('Seconds between two items.'),
      extended: flag('Whether `ansible_loop` tells index, first, last, length and neighbours.'),
      extended_allitems: flag('false: `ansible_loop` leaves out the list of all items.'),
      break_when: condition('No further item once this holds.'),
    },
  },
  register: text('Name of the variable that keeps the result.', {
    pattern: NAME,
    examples: ['result'],
    'x-says': 'a name of letters, digits and _',
  }),
  listen: names('For handlers: other words they answer to.'),
  changed_when: condition('When the task counts as changed.'),
  failed_when: condition('When the task counts as failed.'),
  until: condition('The task is tried again until this holds.'),
  retries: number('How often it is tried again; 3 when left out.'),
  delay: number('Seconds between two tries; 5 when left out.'),
  async: number('Seconds the command may go on in the background; 0: it does not.'),
  poll: number('Seconds between two looks at a command in the background; 0: go on without it.'),
  args: {
    type: ['object', 'null', 'string'],
    description: 'More arguments of the module, beside its key.',
    'x-says': 'a map',
  },
  action: {
    description: 'The old way to name the module: `action: command ls`.',
    anyOf: [
      { type: 'string' },
      { type: 'object', required: ['module'], properties: { module: text('The module.') } },
    ],
    'x-says': 'a module and its arguments',
  },
  local_action: {
    description: 'As action, on the control node: the same as `delegate_to: localhost`.',
    anyOf: [
      { type: 'string' },
      { type: 'object', required: ['module'], properties: { module: text('The module.') } },
    ],
    'x-says': 'a module and its arguments',
  },
};

/** Lookups that `with_...` may name, each with what its value is. */
export const loops: Readonly<Record<string, string>> = {
  items: 'As loop; lists inside the list are opened, one level deep.',
  list: 'As loop.',
  flattened: 'As loop; lists inside the list are opened, however deep.',
  indexed_items: 'Each item with its number: `item.0`, `item.1`.',
  dict: 'Each entry of a map: `item.key`, `item.value`.',
  nested: 'Each with each of several lists: `item.0`, `item.1`.',
  cartesian: 'As with_nested.',
  together: 'Several lists side by side: `item.0`, `item.1`.',
  subelements: 'Each map of a list with each item of a list inside it.',
  sequence: 'Numbers: `start=1 end=5 stride=2 format=%02d`.',
  random_choice: 'One item, chosen by chance.',
  fileglob: 'Files of the control node that match, such as `files/*.conf`.',
  first_found: 'The first of these files that exists.',
  file: 'What the files hold.',
  lines: 'Each line that a command on the control node prints.',
  ini: 'Values of an INI file.',
  csvfile: 'Values of a CSV file.',
  env: 'Environment variables of the control node.',
  vars: 'Variables by their names.',
  varnames: 'Names of variables that match.',
  inventory_hostnames: 'Hosts of the inventory that a pattern names.',
  template: 'What templates give.',
  pipe: 'What a command on the control node prints.',
  url: 'What addresses give.',
  password: 'A password kept in a file.',
};
