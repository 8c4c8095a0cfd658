import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { AnyModule } from '../model/module.ts';
import type { Scope } from '../model/scope.ts';
import { NOT_RUN, type Ready, readied } from './act.ts';
import { foreseen, unforeseen } from './count-action.ts';
import type { Found } from './cursor.ts';
import { type Delegate, delegateOf } from './delegate.ts';
import { disturbanceOf, disturbing, tooDisturbing } from './disturbs.ts';
import { excusedLook } from './excused.ts';
import { heard } from './heard.ts';
import { conditioned } from './judge.ts';
import type { Item } from './loop.ts';
import * as outcome from './outcome.ts';
import { nameOf } from './plan-item.ts';
import { warnOfThreat } from './threat.ts';
import { type Walker, missing } from './walker.ts';
import type { Way } from './way.ts';

/** One task at work for a host, outside of any wave. */
export interface Alone {
  readonly walker: Walker;
  readonly found: Found;
  readonly module: AnyModule;
  readonly scope: Scope;
  /** Whether it counts among the changes of the run. */
  counted: boolean;
}

/** An item with its turn still to come: how it is reached, and for a plain action what will be sent. */
export interface Draft {
  readonly item: Item;
  readonly early?: Outcome;
  readonly delegate?: Delegate;
  readonly way?: Way;
  readonly ready?: Ready;
}

/** Whether it may change the host. */
export const changesHost = ({ module, found }: Alone, ready: readonly Ready[]): boolean =>
  module.kind === 'action' &&
  found.step.task.trial === undefined &&
  ready.some(({ params, foresees }) => !foresees && !module.reads(params));

/** Check mode: an action that was not done, or asked too early, leaves what comes behind it in doubt. */
export function noted(
  work: Alone,
  { check, idle, machine }: Way,
  ready: Ready | undefined,
  o: Outcome,
): Outcome {
  if (!check) return o;
  const { found } = work;
  const said = ready ? foreseen(work, excusedLook(o, machine.doubts)) : o;
  const notDone = ready ? ready.foresees === true && o.kind === 'changed' : o.message === NOT_RUN;
  if (notDone && !idle) machine.doubts.unapplied.set(nameOf(found.step.task), 'anything');
  return said;
}

/** What can be said of an item before its turn. */
export function draft(work: Alone, given: Item): Draft {
  let item = given;
  const { walker, found, module } = work;
  const { task } = found.step;
  try {
    const early = task.loop ? conditioned(task, item.scope) : undefined;
    if (early) return { item, early };
    const delegate = delegateOf(walker, found.step, item.scope);
    if (delegate) item = { ...item, scope: delegate.scope };
    const way =
      delegate?.way ?? (module.kind === 'control' ? undefined : walker.ways.of(task, item.scope));
    const more = { ...(delegate ? { delegate } : {}), ...(way ? { way } : {}) };
    if (module.kind !== 'action' || !way) return { item, ...more };
    const ready = prepared(work, item, way);
    if ('part' in ready) return { item, ready, ...more };
    return { item, early: noted(work, way, undefined, ready), ...more };
  } catch (error) {
    if (error instanceof OrchError) return { item, early: outcome.failed(error.at(task.source)) };
    throw error;
  }
}

/** An action with its arguments, told of as it goes; an outcome when there is nothing to send. */
export function prepared(work: Alone, { scope, label }: Item, way: Way): Ready | Outcome {
  const { walker, found, module } = work;
  const { stage, run } = walker;
  const { step } = found;
  if (module.kind !== 'action') throw missing('an action');
  warnOfThreat(stage, step.task, module, { run, scope });
  const how = disturbanceOf(stage, step.task, module, scope);
  const refused = how && tooDisturbing(step.task, how, stage.input.options.allowDisruption);
  if (refused) return outcome.failed(refused);
  const ready = readied(stage, step.task, module, scope, way);
  if (!('part' in ready)) return disturbing(unforeseen(work, ready, scope), how);
  return heard(how ? { ...ready, disturbs: how } : ready, {
    stage,
    step,
    host: run.host.name,
    module,
    scope,
    item: label,
  });
}
