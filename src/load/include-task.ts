import { didYouMean } from '../lib/nearest.ts';
import type { Around, Include, Item, Task } from '../model/play.ts';
import { entry, type MapTree, type Tree } from '../model/tree.ts';
import { inherit, maps } from './around.ts';
import { checkKeywords, fail } from './loading.ts';
import type { Inclusion } from './inclusion.ts';
import { followInclude } from './included.ts';
import type { Place, PlayLoading } from './place.ts';
import { blockKeywords } from './schema/keywords.ts';
import { tagsOf } from './static-text.ts';
import { review, type Draft } from './task.ts';
import { verified } from './trials.ts';

/** Includes in includes beyond which nothing but a circle is at work. */
const DEEPEST = 100;

/** The task that `include_tasks` or `include_role` is: what it names is read when its turn comes. */
export function readInclude(
  loading: PlayLoading,
  { place, outer, common, keys }: Draft,
  name: 'include_tasks' | 'include_role',
  { args, target, keySource, action }: Inclusion,
): readonly Item[] {
  if (place.depth >= DEEPEST) {
    fail(
      loading,
      'PLAYBOOK_INVALID',
      `Includes go ${DEEPEST} levels deep here: they include each other.`,
      {
        source: keySource,
        hint: 'End it with a `when` that no longer holds.',
      },
    );
    return [];
  }
  const get = (key: string): Tree | undefined => entry(args, key)?.value;
  const vars = maps(entry(keys, 'vars')?.value);
  const include: Include = {
    kind: name === 'include_tasks' ? 'tasks' : 'role',
    target,
    tasksFrom: get('tasks_from'),
    varsFrom: get('vars_from'),
    defaultsFrom: get('defaults_from'),
    handlersFrom: get('handlers_from'),
    public: get('public'),
    allowDuplicates: get('allow_duplicates'),
    rolespecValidate: get('rolespec_validate'),
    vars,
    around: aroundOf(loading, outer, get('apply'), { vars, id: common.id }),
    place: { dir: place.dir, dirs: place.dirs, handler: place.handler, depth: place.depth + 1 },
  };
  const task: Task = {
    ...common,
    vars: place.around.vars,
    module: name,
    action,
    moduleSource: keySource,
    args,
    include,
  };
  review(loading, task);
  if (loading.follow) followInclude(loading, task);
  return [task];
}

/** What is included inherits what is around the include, `apply`, and the include's own variables. */
function aroundOf(
  loading: PlayLoading,
  outer: Place,
  apply: Tree | undefined,
  { vars, id }: { readonly vars: readonly MapTree[]; readonly id: string },
): Around {
  const { around } = outer;
  if (apply?.kind === 'map') checkApply(loading, apply);
  const inner =
    apply?.kind === 'map'
      ? verified(
          loading,
          outer,
          inherit(around, apply, tagsOf(loading, outer, entry(apply, 'tags')?.value)),
          apply,
          `${id}.apply`,
        )
      : around;
  return { ...inner, vars: [...inner.vars, ...vars], params: [...vars, ...inner.params] };
}

function checkApply(loading: PlayLoading, apply: MapTree): void {
  checkKeywords(loading, 'block', apply);
  for (const { key, keySource } of apply.entries) {
    if (Object.hasOwn(blockKeywords, key)) continue;
    const close = didYouMean(key, Object.keys(blockKeywords));
    fail(loading, 'KEYWORD_UNKNOWN', `\`apply\` has no keyword "${key}".${close}`, {
      source: keySource,
      hint: 'It takes what a block takes.',
    });
  }
}
