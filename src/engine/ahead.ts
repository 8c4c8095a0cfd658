import { OrchError } from '../lib/errors.ts';
import type { Task } from '../model/play.ts';
import { type Cursor, next } from './cursor.ts';
import { BEGIN } from './safeguard/items.ts';
import type { HostRun } from './host-run.ts';
import type { Stage } from './stage.ts';
import { metaOf, traitsOf } from './traits.ts';
import { taskScope } from './vars.ts';

/**
 * Logs in to the hosts that will surely be asked something, before what to ask is worked out: the sshd of one is at work while
 * another's question is made. The answer waits until a host was reached or not; what went wrong is told by its first task.
 */
export function approach(stage: Stage, begin: Cursor): (run: HostRun) => Promise<void> {
  const { input, world, batch } = stage;
  const task = input.early && !input.past && !input.stop?.aborted && question(stage, begin);
  if (!task) return () => Promise.resolve();
  const reached = new Map<string, Promise<void>>();
  for (const run of batch.slice(0, input.options.forks)) {
    try {
      const target = input.targetOf(run.host, taskScope({ stage, run, at: stage.base }, task));
      if (target.connection !== 'ssh') continue;
      reached.set(run.host.name, world.machines.at(target).approach());
    } catch (error) {
      // It is told where the task is planned.
      if (!(error instanceof OrchError)) throw error;
    }
  }
  return ({ host }) => reached.get(host.name) ?? Promise.resolve();
}

/** The first task that looks at every host, where nothing before it may end the play or bring other tasks. */
function question(stage: Stage, begin: Cursor): Task | undefined {
  for (let cursor = begin; ;) {
    const found = next(cursor, () => false);
    if (!found || found === 'failed') return undefined;
    const { task } = found.step;
    const { how, module, once } = traitsOf(stage, task);
    if (how === 'include' || how === 'alone') return undefined;
    if (how === 'flow' && !HARMLESS.has(metaOf(task))) return undefined;
    const looks = how === 'wave' && (module?.kind === 'state' || module?.kind === 'inspect');
    if (looks && !once && !task.when && !task.loop && !task.keywords.connection) return task;
    cursor = found.then;
  }
}

/** What `meta` may do before: nothing was notified yet. */
const HARMLESS = new Set(['noop', 'role_complete', 'flush_handlers', BEGIN]);
