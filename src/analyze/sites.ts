import { allTasks, type Item, type Play, type Task } from '../model/play.ts';
import { trialsIn, trialsOf } from '../model/trials.ts';
import { plainText } from './plain.ts';

/** A task where it stands. */
export interface Site {
  readonly play: Play;
  readonly task: Task;
  /** It is carried out in every run of the play that goes well, on every host. */
  readonly sure: boolean;
  /** As `sure`, but its loop may have no items. */
  readonly begun: boolean;
  /** As `sure`, but its condition may not hold. */
  readonly asked: boolean;
}

/** Every task of a play: those of its sections, its handlers, and what its includes bring that are known. */
export function sitesOf(play: Play): readonly Site[] {
  const walk: Walk = { play, found: [], ended: false };
  go(
    walk,
    play.sections.flatMap(({ items }) => items),
    true,
  );
  go(walk, play.handlers, false);
  for (const { items, handlers } of play.followed ?? []) {
    go(walk, items, false);
    go(walk, handlers, false);
  }
  const trials = new Set([
    ...trialsOf(play),
    ...(play.followed ?? []).flatMap(({ items, handlers }) => trialsIn([...items, ...handlers])),
  ]);
  for (const task of trials) walk.found.push({ play, task, ...NEVER });
  return walk.found;
}

const NEVER = { sure: false, begun: false, asked: false };

interface Walk {
  readonly play: Play;
  readonly found: Site[];
  /** A task before may have ended the play, or the host. */
  ended: boolean;
}

function go(walk: Walk, items: readonly Item[], sure: boolean): void {
  for (const item of items) {
    if (item.kind === 'block') {
      const kept = sure && item.rescue.length === 0;
      go(walk, item.tasks, kept);
      go(walk, item.rescue, false);
      go(walk, item.always, sure);
      continue;
    }
    const { play } = walk;
    const reached = sure && !walk.ended && fails(item);
    const begun = reached && item.when === undefined;
    const some = hasItems(item);
    walk.found.push({ play, task: item, begun, sure: begun && some, asked: reached && some });
    for (const undo of item.undo ?? []) walk.found.push({ play, task: undo, ...NEVER });
    if (mayEnd(item)) walk.ended = true;
  }
}

const fails = ({ keywords }: Task): boolean =>
  !keywords.tags.includes('never') && keywords.ignoreErrors === undefined;

const hasItems = ({ loop }: Task): boolean =>
  loop === undefined || (loop.list.kind === 'list' && loop.list.items.length > 0);

/** Whether the play may be over for a host after this, although all went well. */
const mayEnd = (task: Task): boolean =>
  task.include !== undefined || (task.module === 'meta' && /^end_|^\{/.test(metaOf(task)));

/** What a `meta` task does, as it is written. */
export const metaOf = ({ args }: Task): string =>
  args.entries.map(({ value }) => plainText(value) ?? '{').join(' ');

/** Whether tasks of a play, or of what it includes, are not known before it runs. */
export const unknownTasks = (play: Play): boolean =>
  [...allTasks(play), ...(play.followed ?? []).map(({ task }) => task), ...broughtTasks(play)].some(
    ({ include }) => include !== undefined && plainText(include.target) === undefined,
  );

const broughtTasks = (play: Play): readonly Task[] =>
  (play.followed ?? []).flatMap(({ items, handlers }) =>
    allTasks({ sections: [{ kind: 'tasks', items: [...items, ...handlers] }] }),
  );
