import type { Block, Item, Keywords, Play, Task } from '../model/play.ts';
import { HEALTH } from './health.ts';
import { metaTask } from './meta-task.ts';
import { guarded } from './safeguard/items.ts';
import { wanted } from './select-tasks.ts';

const FLUSHES: readonly (readonly string[])[] = [['pre_tasks'], ['roles', 'tasks'], ['post_tasks']];

/**
 * The items of a play as they run: those that tags let run, with a flush of the handlers behind pre_tasks, behind
 * roles and tasks, and behind post_tasks; last of all the health of what was changed. With `force` each flush is an `always`: it comes after failures too.
 */
export function flowOf(
  play: Play,
  id: string,
  tags: readonly string[],
  skip: readonly string[],
  force: boolean,
): readonly Item[] {
  const items = FLUSHES.flatMap((kinds, i) => {
    const items = play.sections
      .filter(({ kind }) => kinds.includes(kind))
      .flatMap((section) => section.items);
    const chosen = chosenOf(items, tags, skip);
    const flush = flushTask(`${id}.flush.${i}`, play);
    return force ? [forced(`${id}.forced.${i}`, play, chosen, flush)] : [...chosen, flush];
  });
  const all = guarded(items, id);
  const { health } = play;
  return health ? [...all, metaTask(`${id}.health`, HEALTH, health.source, BARE)] : all;
}

/** The items that tags let run; blocks with nothing left are gone, and so are empty parts of blocks. */
export function chosenOf(
  items: readonly Item[],
  tags: readonly string[],
  skip: readonly string[],
): readonly Item[] {
  if (tags.length === 0 && skip.length === 0 && !items.some(never)) return items;
  return items.flatMap((item): Item[] => {
    if (item.kind === 'task') return wanted(item.keywords.tags, tags, skip) ? [item] : [];
    const block: Block = {
      ...item,
      tasks: chosenOf(item.tasks, tags, skip),
      rescue: chosenOf(item.rescue, tags, skip),
      always: chosenOf(item.always, tags, skip),
    };
    const empty = block.tasks.length + block.rescue.length + block.always.length === 0;
    return empty ? [] : [block];
  });
}

/** Whether a block is there for `force_handlers` alone. */
export const isForced = (block: Block | undefined): boolean =>
  block !== undefined && /^\d+\.forced\.\d+$/.test(block.id);

const never = (item: Item): boolean =>
  item.kind === 'task'
    ? item.keywords.tags.includes('never')
    : [...item.tasks, ...item.rescue, ...item.always].some(never);

const BARE: Keywords = { tags: [] };

const forced = (id: string, { source }: Play, tasks: readonly Item[], flush: Task): Block => ({
  kind: 'block',
  id,
  name: undefined,
  source,
  tasks,
  rescue: [],
  always: [flush],
  keywords: flush.keywords,
});

/** `meta: flush_handlers`, where nobody wrote it. */
const flushTask = (id: string, { source, keywords: { safeguard, verify = [] } }: Play): Task =>
  metaTask(id, 'flush_handlers', source, safeguard ? { tags: [], safeguard, verify } : BARE);
