import { readsFacts } from '../analyze/reads-facts.ts';
import type { Inventory } from '../model/inventory.ts';
import { bareTask } from '../model/bare-task.ts';
import { allTasks, type Play, type Playbook, type Task } from '../model/play.ts';
import type { Source } from '../lib/source.ts';
import type { Entry, MapTree, Tree } from '../model/tree.ts';

/**
 * A playbook whose plays gather facts as their first task. It is an inspection: it joins the first trip to a host, and
 * costs none of its own. Where nothing reads facts the host has only to answer. `gather_facts: false` leaves it out;
 * `gathers` tells what it comes to where it is a template.
 */
export const gathering = (
  book: Playbook,
  inventory: Inventory,
  gathers: (play: Play) => boolean | undefined = () => undefined,
): Playbook => ({
  ...book,
  plays: book.plays.map((play) => {
    const [first, ...rest] = play.sections;
    const some = allTasks(play)[0];
    if (!first || !some || forbidden(play) || gathers(play) === false) return play;
    const task = gatherTask(play, some, readsFacts(play, inventory));
    return { ...play, sections: [{ ...first, items: [task, ...first.items] }, ...rest] };
  }),
});

const forbidden = ({ gatherFacts }: Play): boolean =>
  gatherFacts?.kind === 'scalar' && gatherFacts.value === false;

const nothing = (source: Source): Tree => ({
  kind: 'list',
  items: ['!all', '!min'].map((value) => ({ kind: 'scalar', value, source })),
  source,
});

function gatherTask(play: Play, { id }: Task, read: boolean): Task {
  const { source } = play;
  const wanted = read ? play.gatherSubset : nothing(source);
  const subset: readonly Entry[] = wanted
    ? [{ key: 'gather_subset', keySource: source, value: wanted }]
    : [];
  const args: MapTree = { kind: 'map', entries: subset, source };
  return bareTask({
    id: `${id.split('.')[0] ?? '0'}.facts`,
    name: { kind: 'scalar', value: 'Gathering Facts', source },
    module: 'gather_facts',
    ...{ source, args },
    keywords: { ...play.keywords, tags: ['always'] },
  });
}
