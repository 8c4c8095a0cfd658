import type { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { AnyModule, Disruption, Step } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { SEVERITY } from './apply.ts';
import { tooMuchOf } from './limits.ts';
import { params } from './resolve.ts';
import type { Stage } from './stage.ts';

/** How an action disturbs what runs, and why. */
export type Disturbance = Pick<Step, 'disruption' | 'reason'>;

/** How an action plainly disturbs its host; nothing where that is not known, or it changes nothing. */
export function disturbanceOf(
  { input }: Stage,
  task: Task,
  module: AnyModule,
  scope: Scope,
): Disturbance | undefined {
  if (module.kind !== 'action' || !module.disrupts) return undefined;
  const resolved = params(task, module, scope, input);
  if (resolved.kind !== 'params' || module.reads(resolved.params)) return undefined;
  return module.disrupts(resolved.params);
}

/** The refusal of an action that disturbs more than `--allow-disruption` says. */
export function tooDisturbing(
  task: Task,
  { disruption, reason }: Disturbance,
  allowed: Disruption | undefined,
): OrchError | undefined {
  if (allowed === undefined || SEVERITY.indexOf(disruption) <= SEVERITY.indexOf(allowed))
    return undefined;
  return tooMuchOf(task.module, disruption, reason).at(task.source);
}

/** What a task came to, or would, with how that disturbs. */
export const disturbing = (o: Outcome, how: Disturbance | undefined): Outcome =>
  !how || (o.kind !== 'changed' && o.kind !== 'unknown')
    ? o
    : {
        ...o,
        disruption: how.disruption,
        ...(how.reason === undefined ? {} : { disruptionReason: how.reason }),
      };
