import pLimit, { type LimitFunction } from 'p-limit';
import { opened } from '../model/value.ts';

import type { Found } from './cursor.ts';
import { holding } from './may-change.ts';
import type { Stage } from './stage.ts';
import { type Walker, peek, scopeAt, turn } from './walker.ts';

/** Does something for the next task of a host: only as many hosts at a time as its `throttle` says. */
export async function throttled<T>(walker: Walker, work: () => Promise<T>): Promise<T> {
  const found = peek(walker);
  if (!found || found === 'failed') return work();
  const queue = queueOf(walker, found);
  if (!queue) return work();
  // All come here first: then they go in the order of the batch, and nobody waits for others while they wait for him.
  await turn(walker, found.step.at);
  // Whoever waits here keeps no place to work at: the one whose turn it is may have lent out its own.
  const { slots } = walker.stage.world;
  const hold = (job: () => Promise<T>): Promise<T> => {
    slots.release();
    return queue(async () => {
      await slots.take();
      return job();
    });
  };
  return holding(walker, hold, work);
}

function queueOf(walker: Walker, { step }: Found): LimitFunction | undefined {
  const { throttle, runOnce } = step.task.keywords;
  if (!throttle || runOnce) return undefined;
  const known = walker.stage.throttles.get(step.task.id);
  if (known) return known;
  const places = Math.floor(Number(opened(scopeAt(walker, step).resolve(throttle))));
  if (!(places > 0)) return undefined;
  return made(walker.stage, step.task.id, places);
}

function made({ throttles }: Stage, id: string, places: number): LimitFunction {
  const queue = pLimit(places);
  throttles.set(id, queue);
  return queue;
}
