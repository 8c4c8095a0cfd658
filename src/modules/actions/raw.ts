import type { FromSchema } from 'json-schema-to-ts';
import type { ActionModule, ParamsSchema } from '../../model/module.ts';
import { Secret } from '../../model/value.ts';
import { cut, failure, output } from './process.ts';
import { started } from './shell.ts';
import { disturbanceIn } from './disruption.ts';
import { threatIn } from './threat.ts';

const params = {
  type: 'object',
  description:
    'Runs a line in the plain shell of the host, with nothing around it. In orch, shell needs no more of a host than raw does.',
  properties: {
    cmd: {
      type: 'string',
      minLength: 1,
      description: 'The command line, as the shell reads it.',
      'x-secret': true,
    },
    executable: { type: 'string', default: 'sh', description: 'The shell; must understand -c.' },
    reads: {
      type: 'boolean',
      default: false,
      description:
        'It changes nothing on the host: it also runs in check mode and never counts as changed.',
    },
  },
  required: ['cmd'],
  additionalProperties: false,
  'x-free-form': 'cmd',
} as const satisfies ParamsSchema;

/** Arguments of raw, defaults filled in. */
export type RawParams = FromSchema<typeof params>;

/** Runs a line in the shell of the host as it stands. */
export const rawCommand: ActionModule<RawParams> = {
  kind: 'action',
  name: 'raw',
  params,
  example: `- name: Something to talk to Ansible with
  raw: test -x /usr/bin/python3 || apt-get install -y python3-minimal
`,
  script: started,
  threatens: ({ cmd }) => ((cmd as unknown) instanceof Secret ? undefined : threatIn(cmd)),
  disrupts: ({ cmd }) => ((cmd as unknown) instanceof Secret ? undefined : disturbanceIn(cmd)),
  parse(reply, { reads }) {
    const texts = output(reply.stdout.toString('utf8'), reply.stderr.toString('utf8'), {
      strip_empty_ends: false,
    });
    const data = { rc: reply.exit, changed: !reads, ...texts, ...cut(reply) };
    if (reply.exit === 0) return { changed: !reads, data };
    return {
      changed: !reads,
      failed: failure(reply.exit),
      data: { ...data, msg: 'non-zero return code' },
    };
  },
  says: () => true,
  reads: ({ reads }) => reads,
};
