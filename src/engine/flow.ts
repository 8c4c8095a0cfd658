import { controlArgs } from './control-args.ts';
import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import { Unknown } from '../model/value.ts';
import type { Found } from './cursor.ts';
import { effect } from './effects.ts';
import { finish } from './finish.ts';
import { conditioned, judged } from './judge.ts';
import { keep } from './keep.ts';
import type { Item } from './loop.ts';
import { meta } from './meta.ts';
import * as outcome from './outcome.ts';
import { inside } from './position.ts';
import { controlled } from './plan-item.ts';
import { itemsOf, named } from './plan-wave.ts';
import type { Planned, PlannedPart } from './planned.ts';
import { refFor } from './refs.ts';
import { keepGuard } from './safeguard/at-work.ts';
import { KEEP } from './safeguard/items.ts';
import { together } from './together.ts';
import { metaOf, traitsOf } from './traits.ts';
import { type Walker, report, scopeAt } from './walker.ts';

/** A task that decides how the play goes on, or changes what orch itself knows: never anything on a host. */
export async function flow(walker: Walker, found: Found): Promise<void> {
  const { step, then } = found;
  const { task } = step;
  const scope = scopeAt(walker, step);
  if (task.module === 'meta') {
    const skipped = conditioned(task, scope);
    if (traitsOf(walker.stage, task).fence) walker.fence = inside(step.at);
    walker.cursor = then;
    if (step.handler) walker.run.notified.delete(task.id);
    if (!skipped) await meta(walker, found, metaOf(task));
    if (metaOf(task) === KEEP) await keepGuard(walker, found);
    report(walker);
    return;
  }
  const ref = refFor(walker.stage, step, scope);
  const parts = await partsOf(walker, found);
  const planned: Planned = { step, then, task, ref, scope, parts };
  keep({ ...walker, at: step.at }, planned);
  finish(walker, [
    {
      planned,
      outcome: together(
        planned,
        parts.map((part) => part.outcome),
      ),
    },
  ]);
}

async function partsOf(walker: Walker, { step }: Found): Promise<readonly PlannedPart[]> {
  const { task } = step;
  const scope = scopeAt(walker, step);
  const single = (o: Outcome): readonly PlannedPart[] => [{ label: undefined, outcome: o, scope }];
  try {
    const early = task.loop ? undefined : conditioned(task, scope);
    if (early) return single(early);
    const list = itemsOf(task, scope);
    if (list instanceof Unknown)
      return single(outcome.unknown(`the items are unknown: ${list.why}`));
    if ('kind' in list) return single(list);
    if (list.length === 0) return single(outcome.noItems());
    const parts: PlannedPart[] = [];
    for (const item of list) parts.push(await itemOf(walker, step, item));
    return parts;
  } catch (error) {
    if (error instanceof OrchError)
      return single(judged(task, outcome.failed(error.at(task.source)), scope));
    throw error;
  }
}

async function itemOf(walker: Walker, step: Found['step'], item: Item): Promise<PlannedPart> {
  const { task } = step;
  const { label, scope } = item;
  const end = (o: Outcome): PlannedPart => ({
    label,
    scope,
    outcome: named(task, judged(task, o, scope), item.named),
  });
  const early = task.loop ? conditioned(task, scope) : undefined;
  if (early) return end(early);
  const { module } = traitsOf(walker.stage, task);
  if (module?.kind !== 'control') throw new OrchError('INTERNAL', `${task.module} is no control`);
  try {
    const said = controlled(module.run(controlArgs(task, scope), scope), task);
    if (!said.effect || said.outcome.kind === 'failed') return end(said.outcome);
    return end({ ...said.outcome, ...(await effect(walker, step, said.effect)) });
  } catch (error) {
    if (error instanceof OrchError) return end(outcome.failed(error.at(task.source)));
    throw error;
  }
}
