import { OrchError } from '../lib/errors.ts';
import { parseTemplate } from '../template/parse.ts';
import { Flaw } from '../template/flaw.ts';
import type { Task } from '../model/play.ts';
import {
  isTemplate,
  type ListTree,
  type MapTree,
  type ScalarTree,
  type Tree,
} from '../model/tree.ts';
import type { Definition } from './gives.ts';
import { error, warning, type Finding } from './finding.ts';
import { loneName } from './plain.ts';
import type { Site } from './sites.ts';

/** What is known of the value of a name: nothing where several places give it. */
export type ValueOf = (name: string) => Tree | undefined;

/** The values of names that one place alone gives, and that is written out. */
export function valuesOf(
  definitions: readonly Definition[],
  elsewhere: { has(name: string): boolean },
): ValueOf {
  const all = new Map<string, Definition | undefined>();
  for (const one of definitions) all.set(one.name, all.has(one.name) ? undefined : one);
  return (name) => (elsewhere.has(name) ? undefined : all.get(name)?.tree);
}

/** Loops over what is no list, and over lists that are empty as they are written. */
export const loopFindings = (sites: readonly Site[], valueOf: ValueOf): readonly Finding[] =>
  sites.flatMap(({ task, begun }) => [
    ...overNoList(task, begun, valueOf),
    ...(task.loop?.list.kind === 'list' && task.loop.list.items.length === 0
      ? [
          warning({
            rule: 'empty-loop',
            source: task.loop.source,
            message: 'The list of this loop is empty: the task never does anything.',
            hint: 'Fill the list, or remove the task.',
          }),
        ]
      : []),
  ]);

function overNoList({ loop }: Task, begun: boolean, valueOf: ValueOf): readonly Finding[] {
  if (!loop || (loop.kind === 'with' && loop.lookup !== 'dict')) return [];
  const kind = loop.kind === 'loop' ? noList(loop.list, valueOf) : noMap(loop.list, valueOf);
  if (kind === undefined) return [];
  const wanted = loop.kind === 'loop' ? 'a list' : 'a map';
  const told = {
    rule: 'loop-over-no-list',
    source: loop.list.source,
    message: `${loop.kind === 'loop' ? 'loop' : 'with_dict'} needs ${wanted}; this is ${kind}.`,
    hint:
      loop.kind === 'loop'
        ? 'Write a list, or make one: {{ map | dict2items }}, {{ text | split(",") }}.'
        : 'Write a map, or use `loop` for a list.',
  } as const;
  return [begun ? error(told) : warning(told)];
}

/** What a list is instead of one, where that is known; nothing when it may be a list. */
function noList(tree: Tree, valueOf: ValueOf): string | undefined {
  if (tree.kind === 'list') return undefined;
  if (tree.kind === 'map') return 'a map';
  if (!isTemplate(tree)) return tree.value === null ? undefined : `a ${typeof tree.value}`;
  const value = named(tree, valueOf);
  if (value) return value.kind === 'scalar' && isTemplate(value) ? undefined : kindOf(value);
  return byFilter(tree);
}

function noMap(tree: Tree, valueOf: ValueOf): string | undefined {
  if (tree.kind === 'map' || tree.kind === 'list') return undefined;
  const value = isTemplate(tree) ? named(tree, valueOf) : tree;
  if (!value || value.kind !== 'scalar' || isTemplate(value) || value.value === null)
    return undefined;
  return `a ${typeof value.value}`;
}

const named = (tree: ScalarTree, valueOf: ValueOf): Tree | undefined => {
  const name = loneName(tree, false);
  return name === undefined ? undefined : valueOf(name);
};

/** A text that looks like a list becomes one, so a text is not told. */
function kindOf(tree: ListTree | MapTree | ScalarTree): string | undefined {
  if (tree.kind === 'list') return undefined;
  if (tree.kind === 'map') return 'a map';
  const { value } = tree;
  if (value === null || (typeof value === 'string' && /^\s*[[(]/.test(value))) return undefined;
  return `a ${typeof value}`;
}

const NUMBERS = new Set(['length', 'count', 'int', 'float', 'abs', 'round']);
const MAPS = new Set(['items2dict', 'combine']);

/** What the last filter of a template makes, where that is always a number or a map. */
function byFilter(tree: ScalarTree): string | undefined {
  try {
    const { single } = parseTemplate(String(tree.value));
    if (single?.kind !== 'filter') return undefined;
    return NUMBERS.has(single.name) ? 'a number' : MAPS.has(single.name) ? 'a map' : undefined;
  } catch (failed) {
    if (failed instanceof Flaw || failed instanceof OrchError) return undefined;
    throw failed;
  }
}
