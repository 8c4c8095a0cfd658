import { showSource, type Source } from '../lib/source.ts';
import type { Item, Play, Task } from '../model/play.ts';
import type { Tree } from '../model/tree.ts';
import { constant } from './constant.ts';
import { warning, type Finding } from './finding.ts';
import { metaOf, type Site } from './sites.ts';

/** Tasks that no run carries out. */
export const unreachableTasks = (play: Play, sites: readonly Site[]): readonly Finding[] => [
  ...neverTrue(sites),
  ...behindEnd(play),
];

/** Conditions that are false as they are written, each told once. */
function neverTrue(sites: readonly Site[]): readonly Finding[] {
  const told = new Set<Tree>();
  return sites.flatMap(({ task }) =>
    (task.when?.items ?? []).flatMap((tree) => {
      if (told.has(tree) || constant(tree) !== false) return [];
      told.add(tree);
      return [
        warning({
          rule: 'unreachable-task',
          source: tree.source,
          message: 'This condition is never true: nothing under it is ever run.',
          hint: 'Remove what stands under it, or name the variable that decides.',
        }),
      ];
    }),
  );
}

/** What ends a list of items for every host that comes to it. */
interface End {
  readonly at: Source;
  readonly what: string;
  readonly tags: readonly string[];
  /** The whole play is over, not only the block. */
  readonly whole: boolean;
}

function behindEnd(play: Play): readonly Finding[] {
  const found: Finding[] = [];
  const items = play.sections.flatMap((section) => section.items);
  behind(items, found, false);
  for (const one of play.followed ?? []) behind(one.items, found, false);
  return found;
}

/** Goes through a list; what ends all that comes after it is handed back. */
function behind(items: readonly Item[], found: Finding[], rescued: boolean): End | undefined {
  let end: End | undefined;
  for (const item of items) {
    if (end && covers(end, item)) {
      found.push(
        warning({
          rule: 'unreachable-task',
          source: item.source,
          message: `Nothing from here on is ever run: ${end.what} at ${showSource(end.at)} comes before it, without a condition.`,
          hint: `Give \`${end.what}\` a \`when\`, or remove what follows it.`,
        }),
      );
      return end.whole ? end : undefined;
    }
    if (end) continue;
    end = item.kind === 'task' ? endOf(item, rescued) : inBlock(item, found, rescued);
  }
  return end?.whole ? end : undefined;
}

function inBlock(
  item: Extract<Item, { kind: 'block' }>,
  found: Finding[],
  rescued: boolean,
): End | undefined {
  const saved = rescued || item.rescue.length > 0;
  const end = behind(item.tasks, found, saved);
  behind(item.rescue, found, true);
  behind(item.always, found, true);
  return item.always.length > 0 ? undefined : end;
}

const covers = ({ tags }: End, { keywords }: Item): boolean =>
  tags.every((tag) => tag === 'always' || keywords.tags.includes(tag));

function endOf(task: Task, rescued: boolean): End | undefined {
  const { keywords, when, loop, failedWhen } = task;
  if (when || loop || keywords.tags.includes('never')) return undefined;
  const common = { at: task.source, tags: keywords.tags };
  if (task.module === 'meta') {
    const what = metaOf(task);
    // end_host and end_batch leave other hosts, or none: whoever comes here goes no further.
    return /^end_(?:play|host|batch)$/.test(what) ? { ...common, what, whole: true } : undefined;
  }
  const fails =
    task.module === 'fail' &&
    failedWhen === undefined &&
    keywords.ignoreErrors === undefined &&
    keywords.checkMode === undefined;
  return fails ? { ...common, what: 'fail', whole: !rescued } : undefined;
}
