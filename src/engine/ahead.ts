import { OrchError } from '../lib/errors.ts';
import type { Task } from '../model/play.ts';
import { type Cursor, next } from './cursor.ts';
import { BEGIN } from './safeguard/items.ts';
import type { Stage } from './stage.ts';
import { metaOf, traitsOf } from './traits.ts';
import { taskScope } from './vars.ts';

/**
 * Sends off the connections to the hosts that will surely be asked something, before what to ask is worked out: their sshd
 * gets to work meanwhile. Nobody logs in yet; a host that fails before it is asked has a connection that ends without a login.
 */
export async function dialAhead(stage: Stage, begin: Cursor): Promise<void> {
  const { input, world, batch } = stage;
  const task = input.dialAhead && !input.past && !input.stop?.aborted && question(stage, begin);
  if (!input.dialAhead || !task) return;
  const targets = batch.slice(0, input.options.forks).flatMap((run) => {
    try {
      const target = input.targetOf(run.host, taskScope({ stage, run, at: stage.base }, task));
      return world.machines.at(target).reached ? [] : [target];
    } catch (error) {
      // It is told where the task is planned.
      if (error instanceof OrchError) return [];
      throw error;
    }
  });
  if (targets.length > 0) world.machines.ahead.push(await input.dialAhead(targets));
}

/** The first task that looks at every host, where nothing before it may end the play or bring other tasks. */
function question(stage: Stage, begin: Cursor): Task | undefined {
  for (let cursor = begin; ;) {
    const found = next(cursor, () => false);
    if (!found || found === 'failed') return undefined;
    const { task } = found.step;
    const { how, module, once } = traitsOf(stage, task);
    if (how === 'include' || (how === 'flow' && !HARMLESS.has(metaOf(task)))) return undefined;
    const looks = how === 'wave' && (module?.kind === 'state' || module?.kind === 'inspect');
    if (looks && !once && !task.when && !task.loop && !task.keywords.connection) return task;
    cursor = found.then;
  }
}

/** What `meta` may do before: nothing was notified yet. */
const HARMLESS = new Set(['noop', 'role_complete', 'flush_handlers', BEGIN]);
