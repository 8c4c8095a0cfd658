import { didYouMean } from '../lib/nearest.ts';
import { allTasks, handlersOf, type Play, type Task } from '../model/play.ts';
import { isTemplate } from '../model/tree.ts';
import { fail, type Loading } from './loading.ts';

/** Tells names in `notify` that no handler answers to, unless something that is read later may bring one. */
export function checkNotify(loading: Loading, play: Play): void {
  const handlers = handlersOf(play);
  const tasks = allTasks(play);
  if (handlers.some(({ name, include }) => include ?? (name && isTemplate(name)))) return;
  if (tasks.some(({ include }) => include?.kind === 'role')) return;
  const known = new Set(handlers.flatMap(namesOf));
  const told = new Set<string>();
  for (const name of [...tasks, ...handlers].flatMap(({ notify }) => notify)) {
    const text = String(name.value);
    const place = JSON.stringify(name.source);
    if (isTemplate(name) || known.has(text) || told.has(place)) continue;
    told.add(place);
    fail(
      loading,
      'PLAYBOOK_INVALID',
      `No handler of this play is named "${text}".${didYouMean(text, known)}`,
      {
        source: name.source,
        hint: 'Add it below `handlers:`, or give a handler `listen` with this word.',
      },
    );
  }
}

/** Everything a handler answers to: its name, with its role before it too, and its other words. */
const namesOf = ({ name, listen, role }: Task): readonly string[] => {
  const own = name ? [String(name.value)] : [];
  return [...own, ...(role ? own.map((one) => `${role.name} : ${one}`) : []), ...listen];
};
