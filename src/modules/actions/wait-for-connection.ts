import type { FromSchema } from 'json-schema-to-ts';
import { raw } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema } from '../../model/module.ts';

const params = {
  type: 'object',
  description: 'Waits until the host can be reached and runs what it is given.',
  properties: {
    timeout: { type: 'integer', default: 600, description: 'Seconds to wait at most.' },
    delay: { type: 'integer', default: 0, description: 'Seconds before the first try.' },
    sleep: { type: 'integer', default: 1, description: 'Seconds between two tries.' },
    connect_timeout: { type: 'integer', default: 5, description: 'Seconds for one connection.' },
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of wait_for_connection, defaults filled in. */
export type WaitForConnectionParams = FromSchema<typeof params>;

/** A host that is waited for. */
export const waitForConnection: ActionModule<WaitForConnectionParams> = {
  kind: 'action',
  name: 'wait_for_connection',
  params,
  example: `- name: The new machine answers
  wait_for_connection:
    delay: 5
    timeout: 300
`,
  reads: () => false,
  script: () => raw(':'),
  parse: () => ({ changed: false, data: { changed: false } }),
  line: ({ timeout, delay, sleep, connect_timeout: connectTimeout }) => ({
    test: raw(':'),
    ...{ timeout, delay, sleep, connectTimeout },
  }),
};
