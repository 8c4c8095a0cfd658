import type { Item, Keywords, Play, Task } from './play.ts';
import type { Tree } from './tree.ts';

/** The trials that these items bring: those of `health`, and those of the safeguards they are under; each once. */
export const trialsIn = (items: readonly Item[]): readonly Task[] => [...new Set(found(items))];

/** Every trial of a play: its own, and those of its tasks and handlers; each once. */
export const trialsOf = (play: Pick<Play, 'sections' | 'handlers' | 'health'>): readonly Task[] => [
  ...new Set([
    ...found(play.sections.flatMap(({ items }) => items)),
    ...found(play.handlers),
    ...(play.health?.tasks ?? []),
  ]),
];

const found = (items: readonly Item[]): readonly Task[] =>
  items.flatMap((item) => [
    ...(item.keywords.verify ?? []),
    ...(item.kind === 'task'
      ? (item.health?.tasks ?? [])
      : found([...item.tasks, ...item.rescue, ...item.always])),
  ]);

/** The values of keywords as they are written. */
export const keywordTrees = ({
  tags: _,
  verify: __,
  ...trees
}: Keywords): readonly (Tree | undefined)[] => Object.values(trees);
