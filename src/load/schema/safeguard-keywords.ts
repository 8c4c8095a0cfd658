import type { Schema } from './words.ts';

/** A task; published schemas tell what is in it. */
const TASK: Schema = { type: 'object', 'x-ref': '#/$defs/task' };

const TIME = '^ *[0-9]+ *[sm]? *$';

/** Tasks that only find out whether all is well; read one by one, not as a value. */
const trials = (description: string): Schema => ({
  description,
  type: 'array',
  minItems: 1,
  items: TASK,
  'x-says': 'a list of tasks',
});

const period = (description: string): Schema => ({
  description,
  anyOf: [
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'string', pattern: TIME },
  ],
  'x-says': 'a time such as 30s or 2m',
});

/** What guards all changes below as one. */
export const safeguardKeyword: Schema = {
  description:
    'All changes below are one, which the host takes back by itself unless a new connection proves the way in: ' +
    'the time it waits, such as 60s or 2m; or a map. false switches off one that is inherited.',
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'boolean' },
    { type: 'string', pattern: TIME },
    { enum: ['off', null] },
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        timeout: {
          description:
            'Time the host waits for the confirmation, from 10 s to 10 min; 60s when left out.',
          anyOf: [
            { type: 'number', minimum: 10 },
            { type: 'string', pattern: TIME },
          ],
        },
        confirm: {
          description:
            'Who confirms: auto, orch itself once the way in is proved; manual, a person with `orch confirm RUN` while the host waits.',
          enum: ['auto', 'manual'],
        },
        verify: trials(
          'Tasks that must succeed besides, once the change is made and before it is written down: where one fails the change is taken back.',
        ),
      },
    },
  ],
  'x-says': 'a time such as 60s, or a map with timeout, confirm and verify',
};

/** What takes an action back. */
export const undoKeyword: Schema = {
  description: 'Commands that take this one back, for use under a safeguard.',
  type: 'array',
  items: TASK,
  'x-says': 'a list of tasks',
};

/** What has to be well on a host that was changed. */
export const healthKeyword: Schema = {
  description:
    'Tasks that must succeed on each host that was changed, each tried again until it does, before the host goes on and another ' +
    'one begins: a list of tasks, or a map with `tasks`, `within` and `every`. Where one does not in time, nobody else begins.',
  anyOf: [
    trials('The tasks.'),
    {
      type: 'object',
      additionalProperties: false,
      required: ['tasks'],
      properties: {
        tasks: trials('The tasks: they look and change nothing.'),
        within: period('Time for all of them together, from 1 s to 1 h; 60s when left out.'),
        every: period('Time between two tries; 2s when left out.'),
      },
    },
  ],
  'x-says': 'a list of tasks, or a map with tasks, within and every',
};

/** A number or a share of hosts. */
export const share: readonly Schema[] = [
  { type: 'integer' },
  { type: 'string', pattern: '^[0-9]+%?$' },
];

const canary = (what: string): Schema => ({
  description:
    `Hosts that ${what} first, as a number or a share such as "10%"; the others only when all of those ended well. ` +
    'Hosts that are right already do not count.',
  anyOf: [...share, { enum: [false] }],
  'x-says': 'a number of hosts or a share such as "10%"',
});

const maxUnavailable = (what: string): Schema => ({
  description:
    `Hosts that may ${what} at the same time, those counted that cannot be reached: a number, a share such as "20%", or \`quorum\`, ` +
    'the most that leaves a majority untouched; or a map: `quorum: GROUP` for the members of that group of the inventory, `hosts` for all.',
  anyOf: [
    ...share,
    { enum: ['quorum'] },
    {
      type: 'object',
      additionalProperties: false,
      required: ['quorum'],
      properties: {
        quorum: { type: 'string', description: 'A group of which a majority stays untouched.' },
        hosts: {
          description: 'How many of all hosts; no limit when left out.',
          anyOf: share,
          'x-says': 'a number of hosts or a share such as "20%"',
        },
      },
    },
  ],
  'x-says': 'a number of hosts, a share such as "20%", quorum, or a map with quorum and hosts',
});

/** How many hosts of a play change at a time, and when one of them is through. */
export const playRolling: Readonly<Record<string, Schema>> = {
  canary: canary('change'),
  max_unavailable: maxUnavailable('be at work on changes'),
  health: healthKeyword,
};

/** The same for one task or handler. */
export const taskRolling: Readonly<Record<string, Schema>> = {
  canary: canary('do this'),
  max_unavailable: maxUnavailable('do this'),
  health: healthKeyword,
};
