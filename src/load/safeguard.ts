import type { Item, Task } from '../model/play.ts';
import type { Tree } from '../model/tree.ts';
import { isMap } from '../model/value.ts';
import { flagOf } from './around.ts';
import type { Place } from './place.ts';
import { beforeTemplates, fail, type Loading } from './loading.ts';

/**
 * A task with what takes it back. Under a safeguard an action that changes something must have that: what cannot be taken
 * back cannot be tried.
 */
export function guardable(loading: Loading, task: Task, undo: readonly Item[]): Task {
  const actions = undo.flatMap((item) => {
    if (item.kind === 'task' && loading.registry.get(item.module)?.kind === 'action') return [item];
    fail(loading, 'PLAYBOOK_INVALID', '`undo` holds something else than an action.', {
      source: item.source,
      hint: 'The host runs it by itself: use command or shell.',
    });
    return [];
  });
  const module = loading.registry.get(task.module);
  const { safeguard } = task.keywords;
  if (
    module?.kind === 'action' &&
    isOn(safeguard) &&
    actions.length === 0 &&
    !onlyReads(loading, task)
  ) {
    fail(
      loading,
      'PLAYBOOK_INVALID',
      `${task.module} under a safeguard has no \`undo\`: the host would not know how to take it back.`,
      {
        source: task.moduleSource,
        hint: 'Add `undo:` with commands that take it back; or `reads: true` or `changed_when: false` where it changes nothing; or `safeguard: false` on the task.',
      },
    );
  }
  return undo.length === 0 ? task : { ...task, undo: actions };
}

/** A place whose tasks need no way back: they are one. */
export function unguarded(place: Place): Place {
  const { safeguard: _, verify: __, ...keywords } = place.around.keywords;
  return { ...place, around: { ...place.around, keywords } };
}

const isOn = (tree: Tree | undefined): boolean =>
  tree !== undefined && (tree.kind !== 'scalar' || flagOf(tree, true));

/** An action that says of itself that it changes nothing. */
function onlyReads({ registry }: Loading, { module: name, args, changedWhen }: Task): boolean {
  if (changedWhen && !flagOf(changedWhen, true)) return true;
  const module = registry.get(name);
  if (module?.kind !== 'action') return false;
  const given = beforeTemplates(args);
  return isMap(given) && module.reads(given);
}
