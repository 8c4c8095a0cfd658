import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { OrchError } from '../lib/errors.ts';
import { isTemplate } from '../model/tree.ts';
import type { Planned } from './planned.ts';
import { compare } from './position.ts';
import type { Settled } from './settle.ts';
import { show } from './show.ts';
import type { Stage } from './stage.ts';
import { opened, type Value } from '../model/value.ts';
import type { Walker } from './walker.ts';

/** Notes which handlers a changed task notifies: one of each name, and all that listen. */
export function notify({ stage, run }: Walker, { planned, outcome: o }: Settled): void {
  const scopes = o.items
    ? planned.parts
        .filter((_, i) => o.items?.[i]?.outcome.kind !== 'skipped')
        .map(({ scope }) => scope)
    : [planned.scope];
  for (const tree of planned.task.notify) {
    const names = new Set(scopes.flatMap((scope) => namesOf(opened(scope.resolve(tree)))));
    for (const name of names) {
      const owed = answering(stage, name, planned);
      for (const handler of owed) run.notified.add(handler.id);
      if (owed.length > 0) continue;
      // As in Ansible the run ends here: what was changed would be left without what had to follow.
      stage.over = 'play';
      stage.world.fault ??= new OrchError(
        'PLAYBOOK_INVALID',
        `The requested handler ${JSON.stringify(name)} was not found.`,
        { source: tree.source, hint: HINT },
      );
    }
  }
}

const HINT = 'Add it below `handlers:`, or give a handler `listen` with this word.';

/** A template may give a list of names. */
const namesOf = (value: Value): readonly string[] =>
  Array.isArray(value) ? (value as readonly Value[]).map(show) : [show(value)];

function answering(
  { handlers: known, brought }: Stage,
  name: string,
  { scope, step }: Planned,
): readonly Task[] {
  const handlers = known.filter(({ id }) => {
    const from = brought.get(id);
    return from === undefined || compare(from, step.at) < 0;
  });
  const all = handlers.filter((handler) => calledBy(handler, scope).includes(name));
  // Of lists of handlers the last counts, such as the play's own behind those of roles; in one list the first does.
  const last = all.at(-1);
  const called = last && all.find((handler) => listOf(handler) === listOf(last));
  const listening = handlers.filter(({ listen }) => listen.includes(name));
  return [...(called ? [called] : []), ...listening];
}

/** The list a handler is in: all of its id but its place there. */
const listOf = ({ id }: Task): string => id.slice(0, id.lastIndexOf('.'));

/** The names a handler answers to: its own, and with that of its role before it. */
function calledBy({ name, role }: Task, scope: Scope): readonly string[] {
  if (!name) return [];
  const own = isTemplate(name)
    ? evaluated(() => show(opened(scope.resolve(name))))
    : String(name.value);
  if (own === undefined) return [];
  return role ? [own, `${role.name} : ${own}`] : [own];
}

/** A name that cannot be made yet is no name. */
function evaluated(work: () => string): string | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof OrchError) return undefined;
    throw error;
  }
}
