import type { FromSchema } from 'json-schema-to-ts';
import { raw } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema } from '../../model/module.ts';

const params = {
  type: 'object',
  description: 'Answers: the host can be reached, logged in to, and has a shell.',
  properties: {
    data: {
      type: 'string',
      default: 'pong',
      description: 'What it answers; "crash" makes it fail.',
    },
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of ping, defaults filled in. */
export type PingParams = FromSchema<typeof params>;

/** Whether a host answers. */
export const ping: ActionModule<PingParams> = {
  kind: 'action',
  name: 'ping',
  params,
  example: '- ping:\n',
  reads: () => true,
  script: () => raw('echo pong'),
  parse: ({ stdout }, { data }) =>
    stdout.toString('utf8').trim() === 'pong' && data !== 'crash'
      ? { changed: false, data: { changed: false, ping: data } }
      : { changed: false, failed: 'boom', data: { changed: false, msg: 'boom' } },
};
