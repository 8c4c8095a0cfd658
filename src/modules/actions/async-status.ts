import type { FromSchema } from 'json-schema-to-ts';
import { readJob, reapJobs, tellJob } from '../../lib/job-script.ts';
import type { ActionModule, ActionResult, ParamsSchema } from '../../model/module.ts';
import { processResult } from './process.ts';

const params = {
  type: 'object',
  description:
    'Tells how a job is that a task with async and poll: 0 started; with until it waits for its end.',
  properties: {
    jid: { type: 'string', description: 'The ansible_job_id that the task registered.' },
    mode: {
      enum: ['status', 'cleanup'],
      default: 'status',
      description: 'cleanup: take away what is left of the job.',
    },
  },
  required: ['jid'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of async_status, defaults filled in. */
export type AsyncStatusParams = FromSchema<typeof params>;

/** Tells how a job is. */
export const asyncStatus: ActionModule<AsyncStatusParams> = {
  kind: 'action',
  name: 'async_status',
  params,
  example: `- command: /usr/local/bin/backup
  async: 3600
  poll: 0
  register: backup
- async_status:
    jid: "{{ backup.ansible_job_id }}"
  register: state
  until: state.finished
  retries: 60
  delay: 60
`,
  script: ({ jid, mode }) => (mode === 'cleanup' ? reapJobs([jid]) : tellJob(jid)),
  parse: (reply, { jid, mode }): ActionResult => {
    const data = { ansible_job_id: jid, started: 1, finished: 0 };
    if (mode === 'cleanup') return { changed: false, data: { ...data, erased: jid } };
    const job = readJob(reply.stdout);
    if (job.kind === 'running') return { changed: false, data };
    if (job.kind !== 'done') {
      const failed =
        job.kind === 'late' ? 'the job took too long and was ended' : 'could not find job';
      return { changed: false, failed, data: { ...data, finished: 1, msg: failed } };
    }
    const given = { stdin_add_newline: true, strip_empty_ends: true, reads: false };
    const result = processResult({ ...job }, jid, given);
    // What the job ran is not known here.
    const { cmd: _, ...told } = result.data;
    return { ...result, data: { ...told, ...data, finished: 1 } };
  },
  reads: () => true,
};
