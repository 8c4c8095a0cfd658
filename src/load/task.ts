import type { Task } from '../model/play.ts';
import { entry, isTemplate, type Entry, type MapTree, type Tree } from '../model/tree.ts';
import { type SortedKeys, KEYWORDS } from './action.ts';
import { findModule, readArgs, unknownModule } from './args.ts';
import { inherit, scalar, scalars } from './around.ts';
import { firewalldTask } from './firewalld.ts';
import { fail, type Loading } from './loading.ts';
import { loopControl, loopOf } from './loop.ts';
import type { Place, PlayLoading } from './place.ts';
import { soundKeywords } from './sound-keywords.ts';
import { staticText, tagsOf } from './static-text.ts';
import { verified } from './trials.ts';

/** A task before its module is looked at: its keywords, and the place they make. */
export interface Draft {
  readonly keys: MapTree;
  readonly place: Place;
  /** What is around the task itself. */
  readonly outer: Place;
  /** Everything of a task but module and arguments. */
  readonly common: Omit<Task, 'module' | 'action' | 'moduleSource' | 'args'>;
}

/** Checks and reads the keywords of a task, of whatever kind. */
export function draftTask(
  loading: PlayLoading,
  tree: MapTree,
  sorted: SortedKeys,
  at: { readonly place: Place; readonly id: string },
): Draft {
  const { place, id } = at;
  const sound = soundKeywords(loading, 'task', sorted.known);
  const keys = sorted.local ? { ...sound, entries: [...sound.entries, localhost(tree)] } : sound;
  const get = (key: string): Tree | undefined => entry(keys, key)?.value;
  const own = inherit(place.around, keys, tagsOf(loading, place, get('tags')));
  const around = verified(loading, place, own, keys, id);
  refuseListen(loading, place, keys);
  const common: Draft['common'] = {
    kind: 'task',
    id,
    name: scalar(get('name')),
    source: tree.source,
    when: around.when,
    loop: loopOf(entry(keys, 'loop') ?? sorted.with),
    loopControl: loopControl(get('loop_control'), (name) =>
      staticText(loading, place, name, 'Write the name of the variable as it is.'),
    ),
    vars: around.vars,
    params: around.params,
    role: around.role,
    register: word(get('register')),
    notify: around.notify,
    listen: scalars(get('listen')).map(({ value }) => String(value)),
    changedWhen: get('changed_when'),
    failedWhen: get('failed_when'),
    until: get('until'),
    retries: get('retries'),
    delay: get('delay'),
    async: get('async'),
    poll: get('poll'),
    keywords: around.keywords,
  };
  return { keys, common, place: { ...place, around }, outer: place };
}

/** Only handlers are notified; of files that handlers include nobody knows here. */
function refuseListen(loading: PlayLoading, place: Place, keys: MapTree): void {
  const listen = entry(keys, 'listen');
  if (!listen || place.handler || loading.running) return;
  fail(loading, 'KEYWORD_UNKNOWN', '`listen` is a keyword of handlers; this is a task.', {
    source: listen.keySource,
    hint: 'Move it below `handlers:`, or take the word away.',
  });
}

const localhost = ({ source }: MapTree): Entry => ({
  key: 'delegate_to',
  keySource: source,
  value: { kind: 'scalar', value: 'localhost', source },
});

/** A task that uses a module; nothing when it is so wrong that only its errors are left. */
export function readTask(loading: PlayLoading, draft: Draft, named: Entry): Task | undefined {
  const given = firewalldTask(loading, named) ?? named;
  const module = findModule(given.key, loading);
  if (!module) {
    unknownModule(loading, given, KEYWORDS);
    return unread(loading, draft, named);
  }
  const args = readArgs(loading, module, given, {
    also: entry(draft.keys, 'args')?.value,
    defaults: draft.place.around.moduleDefaults,
  });
  if (!args) return unread(loading, draft, named);
  const task: Task = {
    ...draft.common,
    module: module.name,
    action: named.key,
    moduleSource: named.keySource,
    ...args,
  };
  review(loading, task);
  return task;
}

/** A task that cannot be carried out, for a listing. */
function unread({ listing }: Loading, draft: Draft, named: Entry): Task | undefined {
  if (!listing) return undefined;
  const { key, keySource } = named;
  return {
    ...draft.common,
    ...{ module: key, action: key, moduleSource: keySource },
    args: { kind: 'map', entries: [], source: keySource },
  };
}

/** More that can be wrong with a task, such as its templates. */
export const review = (loading: Loading, task: Task): void => {
  loading.errors.push(...(loading.review?.(task) ?? []));
};

const word = (tree: Tree | undefined): string | undefined => {
  const found = scalar(tree);
  return found && !isTemplate(found) ? String(found.value) : undefined;
};
