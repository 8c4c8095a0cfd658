import { OrchError } from '../lib/errors.ts';
import { type Cursor, type Found, flush, hasFailed, into } from './cursor.ts';
import { enterGate, HEALTH } from './health.ts';
import { revive } from './revive.ts';
import { VERIFY } from './safeguard/items.ts';
import type { Stage } from './stage.ts';
import type { Walker } from './walker.ts';

/** What `meta` does; it is never counted. */
export async function meta(walker: Walker, { step, then }: Found, action: string): Promise<void> {
  const { stage, run } = walker;
  const { world } = stage;
  switch (action) {
    case 'flush_handlers':
      if (step.handler)
        throw new OrchError('PLAYBOOK_INVALID', 'flush_handlers cannot be a handler itself', {
          source: step.task.source,
        });
      if (run.notified.size > 0) walker.cursor = flush(then, stage.handlers, step.at);
      break;
    case VERIFY:
    case HEALTH:
      if (!stage.input.options.check) tryOut(walker, { step, then }, action);
      break;
    case 'end_play':
      stage.over = 'play';
      break;
    case 'end_batch':
      stage.over = 'batch';
      break;
    case 'end_host':
      run.gone = true;
      // Its end is no way out of a failure.
      if (hasFailed(then)) run.out = true;
      run.notified.clear();
      walker.cursor = lastOf(stage);
      break;
    case 'clear_facts':
      for (const one of stage.batch) one.kept.clear('facts', step.at);
      break;
    case 'clear_host_errors':
      revive(stage);
      break;
    case 'refresh_inventory':
      world.inventory = world.input.refresh?.() ?? world.inventory;
      for (const one of world.runs.values())
        one.host = world.inventory.hosts.get(one.host.name) ?? one.host;
      break;
    case 'reset_connection':
      await Promise.all(world.machines.of(run.host.name).map((machine) => machine.close()));
      break;
    default:
  }
}

/** A host that ends early was perhaps changed all the same: what is left for it is to show that it is well. */
const lastOf = ({ items, base, play }: Stage): Cursor =>
  play.health ? [{ items, at: items.length - 1, base, part: 'list' }] : [];

/** What was changed has to stand its trials. */
function tryOut(walker: Walker, { step, then }: Found, action: string): void {
  const { run, stage } = walker;
  const { health } = stage.play;
  if (action === VERIFY && run.guard?.changed)
    walker.cursor = into(then, step.task.trials ?? [], step.at, step.handler);
  if (action === HEALTH && run.changed && health) enterGate(walker, { step, then }, health);
}
