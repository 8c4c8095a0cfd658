import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { Alone } from './alone-draft.ts';
import type { Item } from './loop.ts';
import * as outcome from './outcome.ts';
import { planItem } from './plan-item.ts';
import type { Desk, Need, Planned } from './planned.ts';
import type { Planning } from './plan-wave.ts';
import { type Asked, observe, prove } from './prove.ts';
import type { Way } from './way.ts';
import { refFor } from './refs.ts';
import { params } from './resolve.ts';
import { mayChange } from './may-change.ts';

/** One item of a state or an inspection, looked at, planned, changed and proved for itself. */
export async function stateAlone(work: Alone, item: Item, way: Way): Promise<Outcome> {
  const { walker, found, module } = work;
  const { stage, run } = walker;
  const { step, then } = found;
  const { task } = step;
  if (module.kind !== 'state' && module.kind !== 'inspect')
    throw new OrchError('INTERNAL', `${task.module} has no state`);
  const resolved = params(task, module, item.scope, stage.input);
  if (resolved.kind === 'error') return outcome.failed(resolved.error);
  if (resolved.kind === 'unknown') return outcome.unknown(resolved.unknown.why);
  const { resource } = module;
  const scope = module.scope(resolved.params);
  const needs = new Map<string, Need>([[resource.key(scope), { resource, scopes: [scope] }]]);
  const asked: Asked = { needs, way };
  const seen = await observe(asked, stage.world, run.guard);
  const plan = (desk: Desk): Planning => {
    const part = planItem(desk, { ...task, loop: undefined }, module, item);
    const ref = refFor(stage, step, work.scope);
    const planned: Planned = { step, then, task, ref, scope: item.scope, parts: [part] };
    return { plan: { planned: [planned], folds: desk.folds }, behind: false };
  };
  const around = { spot: { stage, run }, plan, turn: () => mayChange(walker) };
  const { settled } = await prove(around, asked, seen);
  const [only] = settled;
  const o = only?.outcome;
  // A single part of a loop comes back as the one item of that loop.
  return o?.items?.[0]?.outcome ?? o ?? outcome.skipped('not run');
}
