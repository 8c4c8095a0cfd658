import type { Outcome } from '../model/event.ts';
import { OrchError } from '../lib/errors.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Tree } from '../model/tree.ts';
import { truthy } from './identity.ts';
import type { Settled } from './settle.ts';

/** What of an outcome is told: nothing of its values under no_log, no changes where diff is off. */
export function shownOf({ planned }: Settled, o: Outcome): Outcome {
  const { diff } = planned.task.keywords;
  const scopes =
    planned.parts.length > 0 ? planned.parts.map(({ scope }) => scope) : [planned.scope];
  if (isHidden(planned.task, scopes)) return withoutValues(o);
  if (!diff || holds(diff, planned.scope, false)) return o;
  return { ...o, changes: [] };
}

/** Whether no_log hides what a task says: a loop hides all of its items as soon as one is to be hidden. */
export function isHidden({ keywords: { noLog } }: Task, scopes: readonly Scope[]): boolean {
  return noLog !== undefined && scopes.some((scope) => holds(noLog, scope, true));
}

/** A keyword that cannot be evaluated counts as what keeps more to itself. */
function holds(tree: Tree, scope: Scope, otherwise: boolean): boolean {
  try {
    return truthy(scope.resolve(tree));
  } catch (error) {
    if (error instanceof OrchError) return otherwise;
    throw error;
  }
}

const HIDDEN = "the output was hidden because 'no_log: true' was set";

function withoutValues(o: Outcome): Outcome {
  const { kind, disruption, ignored, handled, changedToo } = o;
  const fault = o.fault
    ? {
        fault: {
          code: o.fault.code,
          message: HIDDEN,
          hint: o.fault.hint,
          ...(o.fault.source ? { source: o.fault.source } : {}),
        },
      }
    : {};
  return {
    kind,
    disruption,
    changes: [],
    notes: [],
    warnings: [],
    findings: [],
    message: HIDDEN,
    ...fault,
    ...(ignored ? { ignored } : {}),
    ...(handled ? { handled } : {}),
    ...(changedToo ? { changedToo } : {}),
  };
}
