import { OrchError } from '../lib/errors.ts';
import type { Alone } from './alone-draft.ts';
import type { Item } from './loop.ts';
import * as outcome from './outcome.ts';
import { planItem } from './plan-item.ts';
import type { HostRun } from './host-run.ts';
import type { Desk, Need, Planned, PlannedPart } from './planned.ts';
import type { Planning } from './plan-wave.ts';
import { type Asked, observe, prove } from './prove.ts';
import type { Way } from './way.ts';
import { refFor } from './refs.ts';
import { params } from './resolve.ts';
import { mayChange } from './may-change.ts';

/** What came of it, and the facts it found. */
export type AloneDone = Pick<PlannedPart, 'outcome' | 'facts' | 'kind'>;

/**
 * One item of a state or an inspection, looked at, planned, changed and proved for itself. `facts` is the host whose
 * facts it adds to.
 */
export async function stateAlone(
  work: Alone,
  item: Item,
  way: Way,
  facts: HostRun,
): Promise<AloneDone> {
  const { walker, found, module } = work;
  const { stage, run } = walker;
  const { step, then } = found;
  const { task } = step;
  if (module.kind !== 'state' && module.kind !== 'inspect')
    throw new OrchError('INTERNAL', `${task.module} has no state`);
  const resolved = params(task, module, item.scope, stage.input);
  if (resolved.kind === 'error') return { outcome: outcome.failed(resolved.error) };
  if (resolved.kind === 'unknown') return { outcome: outcome.unknown(resolved.unknown.why) };
  const { resource } = module;
  const scope = module.scope(resolved.params);
  const needs = new Map<string, Need>([[resource.key(scope), { resource, scopes: [scope] }]]);
  const asked: Asked = { needs, early: new Map(), way };
  const seen = await observe(asked, stage.world, run.guard);
  const plan = (desk: Desk): Planning => {
    const of = module.kind === 'inspect' ? { ...desk, run: facts } : desk;
    const part = planItem(of, { ...task, loop: undefined }, module, item);
    const ref = refFor(stage, step, work.scope);
    const planned: Planned = { step, then, task, ref, scope: item.scope, parts: [part] };
    return { plan: { planned: [planned], folds: desk.folds }, behind: false };
  };
  const around = { spot: { stage, run }, plan, turn: () => mayChange(walker) };
  const { settled } = await prove(around, asked, seen);
  const [only] = settled;
  const o = only?.outcome;
  // A single part of a loop comes back as the one item of that loop.
  const told = o?.items?.[0]?.outcome ?? o ?? outcome.skipped('not run');
  const [part] = only?.planned.parts ?? [];
  return part?.facts ? { outcome: told, facts: part.facts, kind: 'facts' } : { outcome: told };
}
