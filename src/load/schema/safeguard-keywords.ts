import type { Schema } from './words.ts';

const TIME = '^ *[0-9]+ *[sm]? *$';

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
      },
    },
  ],
  'x-says': 'a time such as 60s, or a map with timeout and confirm',
};

/** What takes an action back. */
export const undoKeyword: Schema = {
  description: 'Commands that take this one back, for use under a safeguard.',
  type: 'array',
  items: { type: 'object' },
  'x-says': 'a list of tasks',
};
