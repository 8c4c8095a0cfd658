import type { Block, Item } from '../model/play.ts';
import { entry, type Entry, type MapTree, type Tree } from '../model/tree.ts';
import { didYouMean } from '../lib/nearest.ts';
import { includeName, sortKeys } from './action.ts';
import { inherit, scalar } from './around.ts';
import { readIncludeOrImport } from './inclusion.ts';
import { fail } from './loading.ts';
import type { Place, PlayLoading } from './place.ts';
import { blockKeywords } from './schema/keywords.ts';
import { taskRolling } from './schema/safeguard-keywords.ts';
import { unsupportedInTask } from './schema/unsupported.ts';
import { kindOfValue } from './schema/words.ts';
import { tagsOf } from './static-text.ts';
import { guardable, unguarded } from './safeguard.ts';
import { soundKeywords } from './sound-keywords.ts';
import { draftTask, readTask } from './task.ts';
import { rolledOf, verified } from './trials.ts';

const LISTS = ['block', 'rescue', 'always'] as const;

/** The tasks and blocks of a list; static imports are expanded. Ids are those of the place in the list. */
export const readItems = (
  loading: PlayLoading,
  trees: readonly Tree[],
  place: Place,
  id: string,
): readonly Item[] => trees.flatMap((tree, i) => readItem(loading, tree, place, `${id}.${i}`));

function readItem(loading: PlayLoading, tree: Tree, place: Place, id: string): readonly Item[] {
  if (tree.kind !== 'map') {
    const is = tree.kind === 'list' ? 'a list' : kindOfValue(tree.value);
    fail(loading, 'PLAYBOOK_INVALID', `A task must be a map; this is ${is}.`, {
      source: tree.source,
      hint: 'A task is written `- name: ...` with the module on a line of its own below it.',
    });
    return [];
  }
  if (LISTS.some((key) => entry(tree, key))) return readBlock(loading, tree, place, id);
  const sorted = sortKeys(loading, tree);
  const draft = draftTask(loading, tree, sorted, { place, id });
  const { action } = sorted;
  if (!action) return [];
  const name = includeName(action.key);
  if (name !== undefined) {
    refuseOwn(loading, tree, name);
    return readIncludeOrImport(loading, draft, name, action);
  }
  const task = readTask(loading, draft, action);
  if (!task) return [];
  const trees = tasksOf(loading, tree, 'undo');
  const undo = readItems(loading, trees, unguarded(draft.place), `${id}.undo`);
  const { place: here, outer, keys } = draft;
  // Of its own conditions none: they may be about items of its loop, and it was carried out.
  const after = { ...here, around: { ...here.around, when: outer.around.when } };
  const whole = { ...task, ...rolledOf(loading, keys, after, id) };
  return [guardable(loading, whole, undo)];
}

/** What is about one task alone, on something that brings many. */
function refuseOwn(loading: PlayLoading, tree: MapTree, name: string): void {
  for (const { key, keySource } of tree.entries)
    if (key === 'undo' || Object.hasOwn(taskRolling, key))
      fail(loading, 'KEYWORD_UNSUPPORTED', `orch has no \`${key}\` on \`${name}\`.`, {
        source: keySource,
        hint: 'It belongs to one task: put it on a task of what is included, or on the play.',
      });
}

function readBlock(loading: PlayLoading, tree: MapTree, place: Place, id: string): readonly Item[] {
  const keys = soundKeywords(loading, 'block', blockKeys(loading, tree));
  const own = inherit(place.around, keys, tagsOf(loading, place, entry(keys, 'tags')?.value));
  const around = verified(loading, place, own, keys, id);
  const inner: Place = { ...place, around };
  const part = (key: (typeof LISTS)[number]): readonly Item[] =>
    readItems(loading, tasksOf(loading, tree, key), inner, `${id}.${key}`);
  const block: Block = {
    kind: 'block',
    id,
    name: scalar(entry(keys, 'name')?.value),
    source: tree.source,
    tasks: part('block'),
    rescue: part('rescue'),
    always: part('always'),
    keywords: around.keywords,
  };
  const stray = entry(tree, 'block') ? undefined : tree.entries.find(({ key }) => isList(key));
  if (stray)
    fail(
      loading,
      'PLAYBOOK_INVALID',
      `\`${stray.key}\` stands beside a \`block\`; there is none.`,
      {
        source: stray.keySource,
        hint: 'Put the tasks that may fail below `block:`, beside it.',
      },
    );
  if (place.handler) refuseParts(loading, tree);
  return [block];
}

function refuseParts(loading: PlayLoading, tree: MapTree): void {
  for (const { key, keySource } of tree.entries)
    if (key === 'rescue' || key === 'always')
      fail(loading, 'PLAYBOOK_INVALID', `A block of handlers has no \`${key}\`.`, {
        source: keySource,
        hint: 'Notify a handler that includes a file of tasks with the block in it.',
      });
}

const isList = (key: string): boolean => LISTS.some((list) => list === key);

function blockKeys(loading: PlayLoading, tree: MapTree): MapTree {
  const known: Entry[] = [];
  for (const one of tree.entries) {
    const { key, keySource: source } = one;
    if (Object.hasOwn(blockKeywords, key)) known.push(one);
    else if (isList(key)) continue;
    else if (Object.hasOwn(unsupportedInTask, key))
      fail(loading, 'KEYWORD_UNSUPPORTED', `orch has no \`${key}\` in a block.`, {
        source,
        hint: unsupportedInTask[key],
      });
    else {
      const close = didYouMean(key, [...Object.keys(blockKeywords), ...LISTS]);
      fail(loading, 'KEYWORD_UNKNOWN', `A block has no keyword "${key}".${close}`, {
        source,
        hint: loading.registry.has(key)
          ? `"${key}" is a module: it belongs into a task below \`block:\`.`
          : 'It may belong to a task inside the block.',
      });
    }
  }
  return { ...tree, entries: known };
}

/** The list of tasks below a key; what is no list is told. */
export function tasksOf(loading: PlayLoading, tree: MapTree, key: string): readonly Tree[] {
  const found = entry(tree, key)?.value;
  if (!found || (found.kind === 'scalar' && found.value === null)) return [];
  if (found.kind === 'list') return found.items;
  const is = found.kind === 'map' ? 'a map' : kindOfValue(found.value);
  fail(loading, 'PLAYBOOK_INVALID', `"${key}" must be a list of tasks; this is ${is}.`, {
    source: found.source,
    hint: 'Put `- ` before each task.',
  });
  return [];
}
