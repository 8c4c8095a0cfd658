import type { Around, Keywords } from '../model/play.ts';
import {
  entry,
  isTemplate,
  type ListTree,
  type MapTree,
  type ScalarTree,
  type Tree,
} from '../model/tree.ts';

/** Inherits nothing. */
export const NOTHING_AROUND: Around = {
  keywords: { tags: [] },
  when: undefined,
  vars: [],
  params: [],
  moduleDefaults: [],
  notify: [],
  role: undefined,
};

/** Names that keywords have in the model, by their words. */
const NAMES: ReadonlyMap<string, keyof Keywords> = new Map([
  ['user', 'remoteUser'],
  ['become', 'become'],
  ['become_user', 'becomeUser'],
  ['become_method', 'becomeMethod'],
  ['connection', 'connection'],
  ['port', 'port'],
  ['remote_user', 'remoteUser'],
  ['check_mode', 'checkMode'],
  ['diff', 'diff'],
  ['ignore_errors', 'ignoreErrors'],
  ['ignore_unreachable', 'ignoreUnreachable'],
  ['any_errors_fatal', 'anyErrorsFatal'],
  ['no_log', 'noLog'],
  ['timeout', 'timeout'],
  ['throttle', 'throttle'],
  ['run_once', 'runOnce'],
  ['delegate_to', 'delegateTo'],
  ['delegate_facts', 'delegateFacts'],
  ['safeguard', 'safeguard'],
] as const);

const TEXTS: ReadonlySet<string> = new Set([
  'become_user',
  'become_method',
  'connection',
  'remote_user',
  'delegate_to',
]);

/** What stands in a map of keywords, for its own place and all below: its own words win, lists grow. */
export function inherit(around: Around, own: MapTree, tags: readonly string[]): Around {
  const notify = scalars(entry(own, 'notify')?.value);
  const collections = scalars(entry(own, 'collections')?.value);
  return {
    ...around,
    keywords: mergeKeywords(around.keywords, own, tags),
    when: both(around.when, conditions(entry(own, 'when')?.value)),
    vars: [...maps(entry(own, 'vars')?.value), ...around.vars],
    moduleDefaults: [...maps(entry(own, 'module_defaults')?.value), ...around.moduleDefaults],
    notify: notify.length > 0 ? notify : around.notify,
    ...(collections.length > 0
      ? { collections: collections.map(({ value }) => String(value)) }
      : {}),
  };
}

function mergeKeywords(outer: Keywords, own: MapTree, tags: readonly string[]): Keywords {
  const found: [string, Tree][] = [];
  for (const { key, value } of own.entries) {
    const name = NAMES.get(key);
    if (name) found.push([name, TEXTS.has(key) ? value : asFlag(value)]);
  }
  const environment = entry(own, 'environment')?.value;
  if (found.length === 0 && !environment && tags.length === 0) return outer;
  return {
    ...outer,
    ...(Object.fromEntries(found) as Partial<Keywords>),
    ...(environment ? { environment: environments(outer.environment, environment) } : {}),
    tags: [...new Set([...outer.tags, ...tags])],
  };
}

/** A quoted `"no"` is as false as one without quotes. */
export function asFlag(tree: Tree): Tree {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') return tree;
  const word = tree.value.toLowerCase();
  if (/^(y|yes|on|true|t)$/.test(word)) return { ...tree, value: true };
  return /^(n|no|off|false|f)$/.test(word) ? { ...tree, value: false } : tree;
}

function environments(outer: Tree | undefined, own: Tree): Tree {
  if (!outer) return own;
  const items = (tree: Tree): readonly Tree[] => (tree.kind === 'list' ? tree.items : [tree]);
  return { kind: 'list', items: [...items(outer), ...items(own)], source: own.source };
}

/** Conditions as a list; nothing when there are none. */
export function conditions(tree: Tree | undefined): ListTree | undefined {
  if (!tree || tree.kind === 'map' || (tree.kind === 'scalar' && tree.value === null))
    return undefined;
  return tree.kind === 'list' ? tree : { kind: 'list', items: [tree], source: tree.source };
}

/** Both lists of conditions, the outer one first. */
export function both(
  outer: ListTree | undefined,
  inner: ListTree | undefined,
): ListTree | undefined {
  if (!outer || !inner) return outer ?? inner;
  return { ...inner, items: [...outer.items, ...inner.items] };
}

/** The maps of a list, the last one first, or the one map there is. */
export function maps(tree: Tree | undefined): readonly MapTree[] {
  if (tree?.kind === 'map') return [tree];
  return tree?.kind === 'list' ? tree.items.filter((one) => one.kind === 'map').reverse() : [];
}

/** The scalars of a list, or the one scalar there is; empty values are left out. */
export function scalars(tree: Tree | undefined): readonly ScalarTree[] {
  const items = tree?.kind === 'list' ? tree.items : tree ? [tree] : [];
  return items.filter((item) => item.kind === 'scalar').filter(({ value }) => value !== null);
}

/** The scalar a tree is, unless it is empty. */
export const scalar = (tree: Tree | undefined): ScalarTree | undefined =>
  tree?.kind === 'scalar' && tree.value !== null ? tree : undefined;

/** A flag that is written out; a template counts as the value that holds without the flag. */
export function flagOf(tree: Tree | undefined, without: boolean): boolean {
  const found = tree && !isTemplate(tree) ? asFlag(tree) : undefined;
  return found?.kind === 'scalar' && found.value !== null ? Boolean(found.value) : without;
}
