import { OrchError } from '../lib/errors.ts';
import { readJob, reapJobs, startJob, tellJob } from '../lib/job-script.ts';
import type { Outcome } from '../model/event.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Part, Reply } from '../model/transport.ts';
import { type Ready, judge } from './act.ts';
import * as outcome from './outcome.ts';
import type { Stage, World } from './stage.ts';
import type { Way } from './way.ts';
import { opened } from '../model/value.ts';

/** Seconds between two looks at a job, when the task does not say. */
const POLL = 15;

/** Whether a task runs in the background: `async` with a number of seconds. */
export const inBackground = ({ async }: Task, scope: Scope): boolean =>
  async !== undefined && Number(opened(scope.resolve(async))) > 0;

/**
 * Runs an action as a job that outlives the line. With `poll: 0` it is left to itself, and `async_status` asks for it;
 * else it is asked for until it ends, or its time is over.
 */
export async function runJob(
  stage: Stage,
  task: Task,
  { scope, ready, way }: { readonly scope: Scope; readonly ready: Ready; readonly way: Way },
): Promise<Outcome> {
  const { world, input } = stage;
  const seconds = task.async ? Number(opened(scope.resolve(task.async))) : 0;
  const poll = task.poll ? Number(opened(scope.resolve(task.poll))) : POLL;
  const { machine, identity } = way;
  const job = `${input.run}.${(world.jobs += 1)}`;
  const ask = async (part: Part, changes = false): Promise<Reply | undefined> => {
    const [reply] = await machine.trip({ purpose: 'action', parts: [part], identity, changes });
    return reply;
  };
  const begun = await ask({ script: startJob(job, ready.part.script, seconds) }, true);
  if (begun?.exit !== 0) return noJob(task, begun);
  machine.jobs.push({ job, identity });
  const file = begun.stdout.toString('utf8').trim();
  const data = { ansible_job_id: job, results_file: file, started: 1, finished: 0 };
  if (poll <= 0) return { ...outcome.ok({ data }), kind: 'changed' };
  for (let left = seconds; left > 0 && !input.stop?.aborted; left -= poll) {
    await input.sleep(poll * 1000);
    const reply = await ask({ script: tellJob(job) });
    const state = reply ? readJob(reply.stdout) : undefined;
    if (state?.kind === 'done') return done(ready, state, task, { ...data, finished: 1 });
    if (state && state.kind !== 'running') break;
  }
  const error = new OrchError(
    'DEADLINE_PASSED',
    `async task did not complete within the requested time - ${seconds}s`,
    { source: task.source },
  );
  return outcome.failed(error, { data });
}

function done(
  ready: Ready,
  state: Pick<Reply, 'stdout' | 'stderr' | 'exit'>,
  task: Task,
  data: NonNullable<Outcome['data']>,
): Outcome {
  const o = judge(ready, state, task);
  return { ...o, data: { ...o.data, ...data } };
}

const noJob = (task: Task, reply: Reply | undefined): Outcome =>
  outcome.failed(
    new OrchError('TASK_FAILED', 'the job could not be started', {
      source: task.source,
      stderr: reply?.stderr.toString('utf8') ?? '',
    }),
  );

/** At the end of a run: nothing is left of jobs that ended, and those that go on leave nothing when they end. */
export async function reap({ machines }: World): Promise<void> {
  await Promise.all(
    machines.all.map(async (machine) => {
      const users = new Map(machine.jobs.map(({ identity }) => [identity.become?.user, identity]));
      for (const [user, identity] of users) {
        const mine = machine.jobs.filter((one) => one.identity.become?.user === user);
        const script = reapJobs(mine.map(({ job }) => job));
        const errand = { purpose: 'action', parts: [{ script }], identity } as const;
        await machine.trip(errand).catch((error: unknown) => {
          if (!(error instanceof OrchError)) throw error;
        });
      }
    }),
  );
}
