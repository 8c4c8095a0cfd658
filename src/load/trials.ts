import type { Health, Rolled } from '../model/guarded.ts';
import type { Around, Item, Task } from '../model/play.ts';
import { entry, type MapTree, type Tree } from '../model/tree.ts';
import { isMap } from '../model/value.ts';
import { beforeTemplates, fail } from './loading.ts';
import type { Place, PlayLoading } from './place.ts';

type Kind = NonNullable<Task['trial']>;

/** Actions whose own words do not tell whether they change something: in a trial they are taken not to. */
const FREE: ReadonlySet<string> = new Set(['command', 'raw', 'script', 'shell', 'uri']);

/** Control modules that are about the play, not about whether all is well. */
const FLOW: ReadonlySet<string> = new Set(['add_host', 'group_by', 'meta']);

/** What is around, with the trials of a safeguard that is written here; they belong to that safeguard alone. */
export function verified(
  loading: PlayLoading,
  place: Place,
  around: Around,
  keys: MapTree,
  id: string,
): Around {
  const safeguard = entry(keys, 'safeguard')?.value;
  if (!safeguard) return around;
  const { verify: _, ...keywords } = around.keywords;
  const bare: Around = { ...around, keywords };
  const list = safeguard.kind === 'map' ? entry(safeguard, 'verify')?.value : undefined;
  const tasks = trialsAt(loading, list, { ...place, around: bare }, 'verify', id);
  return tasks.length === 0 ? bare : { ...bare, keywords: { ...keywords, verify: tasks } };
}

/** How many hosts change at a time, as the keywords of a play or a task say it. */
export function rolledOf(loading: PlayLoading, keys: MapTree, place: Place, id: string): Rolled {
  const get = (key: string): Tree | undefined => entry(keys, key)?.value;
  const [canary, maxUnavailable, tree] = ['canary', 'max_unavailable', 'health'].map(get);
  const health = tree && healthOf(loading, tree, place, id);
  return {
    ...(canary ? { canary } : {}),
    ...(maxUnavailable ? { maxUnavailable } : {}),
    ...(health ? { health } : {}),
  };
}

function healthOf(loading: PlayLoading, tree: Tree, place: Place, id: string): Health | undefined {
  const get = (key: string): Tree | undefined =>
    tree.kind === 'map' ? entry(tree, key)?.value : undefined;
  const tasks = trialsAt(loading, tree.kind === 'map' ? get('tasks') : tree, place, 'health', id);
  if (tasks.length === 0) return undefined;
  return { source: tree.source, within: get('within'), every: get('every'), tasks };
}

function trialsAt(
  loading: PlayLoading,
  list: Tree | undefined,
  place: Place,
  kind: Kind,
  id: string,
): readonly Task[] {
  if (!list) return [];
  if (list.kind !== 'list') {
    fail(loading, 'PLAYBOOK_INVALID', `The tasks of \`${kind}\` are a list that is written out.`, {
      source: list.source,
      hint: 'Put `- ` before each task; a template gives no tasks.',
    });
    return [];
  }
  const items = loading.items(loading, list.items, quiet(place), `${id}.${kind}`);
  return items.flatMap((item) => trial(loading, item, kind) ?? []);
}

/** A place whose tasks are trials: nothing lets a failure of theirs pass, and each host makes its own. */
function quiet(place: Place): Place {
  const { around } = place;
  const {
    safeguard: _,
    verify: __,
    ignoreErrors: ___,
    ignoreUnreachable: ____,
    runOnce: _____,
    throttle: ______,
    ...keywords
  } = around.keywords;
  return { ...place, handler: false, around: { ...around, keywords, notify: [] } };
}

function trial(loading: PlayLoading, item: Item, kind: Kind): Task | undefined {
  const wrong =
    item.kind === 'block'
      ? 'a block'
      : item.include
        ? item.action
        : (item.keywords.safeguard ??
            item.health ??
            item.undo ??
            item.canary ??
            item.maxUnavailable)
          ? 'a task with a safeguard, undo, canary, max_unavailable or health of its own'
          : undefined;
  const about = wrong ?? (item.kind === 'task' && changes(loading, item) ? item.action : undefined);
  if (about === undefined && item.kind === 'task') {
    const { source } = item;
    const never: Tree = { kind: 'scalar', value: false, source };
    return { ...item, trial: kind, changedWhen: item.changedWhen ?? never };
  }
  const why = wrong === undefined ? ', which is there to change something' : '';
  fail(loading, 'PLAYBOOK_INVALID', `\`${kind}\` cannot hold ${about ?? ''}${why}.`, {
    source: item.kind === 'task' ? item.moduleSource : item.source,
    hint: 'It only finds out whether all is well: uri, wait_for, command, assert, k3s_doctor and the like, one task after the other.',
  });
  return undefined;
}

function changes({ registry }: PlayLoading, { module: name, args }: Task): boolean {
  const module = registry.get(name);
  if (FREE.has(name)) return false;
  if (module?.kind === 'control') return FLOW.has(name);
  if (module?.kind !== 'action') return module?.kind === 'state';
  const given = beforeTemplates(args);
  return isMap(given) && !module.reads(given);
}
