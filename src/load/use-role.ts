import { dirname } from 'node:path';
import type { Source } from '../lib/source.ts';
import type { Item, Role } from '../model/play.ts';
import { entry, plain, type Entry, type MapTree, type Tree } from '../model/tree.ts';
import { flagOf, inherit, maps } from './around.ts';
import { fail } from './loading.ts';
import type { Place, PlayLoading } from './place.ts';
import { argumentCheck, hideArguments } from './role-arguments.ts';
import {
  findRole,
  roleFile,
  roleMeta,
  roleVars,
  type RoleFolder,
  type RoleMeta,
} from './role-files.ts';
import { roleSchema } from './schema/play-keywords.ts';
import { unsupportedInTask } from './schema/unsupported.ts';
import { kindOfValue } from './schema/words.ts';
import { soundKeywords } from './sound-keywords.ts';
import { staticText, tagsOf } from './static-text.ts';
import { verified } from './trials.ts';
import { listOfTasks } from './task-files.ts';

/** One use of a role. */
export interface RoleUse {
  readonly place: Place;
  readonly id: string;
  readonly files: RoleFolder;
  /** Where it is named. */
  readonly source: Source;
  readonly from: Readonly<Record<'tasks' | 'vars' | 'defaults' | 'handlers', string | undefined>>;
  /** `vars` where it is used. */
  readonly vars: readonly MapTree[];
  /** Keys of its entry that are no keywords. */
  readonly params: MapTree | undefined;
  /** `when` and `tags` of its entry itself, without those of what stands around it. */
  readonly own?: readonly unknown[] | undefined;
  /** Used by import_role or include_role. */
  readonly included: boolean;
  /** Set by import_role and include_role; else meta/main.yml says it. */
  readonly allowDuplicates: boolean | undefined;
  readonly validate: boolean;
}

/** What a use of a role brings: dependencies come first. */
export interface UsedRole {
  readonly role: Role;
  readonly items: readonly Item[];
  readonly handlers: readonly Item[];
}

/** Reads a role and its dependencies; nothing when it pulls in itself. */
export function useRole(loading: PlayLoading, use: RoleUse): UsedRole | undefined {
  const { files, source, place } = use;
  if (circular(loading, use)) return undefined;
  const named = (part: 'vars' | 'defaults'): readonly MapTree[] =>
    roleVars(loading, files, part, { name: use.from[part], source });
  const meta = roleMeta(loading, files, source);
  hideArguments(loading, use, meta);
  const parent = place.around.role;
  const parents = parent ? [parent, ...parent.parents] : [];
  const own = { defaults: named('defaults'), vars: [...named('vars'), ...use.vars] };
  const alone: Role = {
    name: files.name,
    path: files.path,
    ...(files.collection === undefined ? {} : { collection: files.collection }),
    key: keyOf(use),
    allowDuplicates: use.allowDuplicates ?? flagOf(meta.allowDuplicates, false),
    ownDefaults: own.defaults,
    ownVars: own.vars,
    ownParams: use.params ? [use.params] : [],
    defaults: [...own.defaults, ...parents.flatMap((one) => one.ownDefaults)],
    vars: [...own.vars, ...parents.flatMap((one) => one.ownVars)],
    params: [...(use.params ? [use.params] : []), ...parents.flatMap((one) => one.ownParams)],
    parents,
    included: use.included,
    dependencies: [],
  };
  const below: Place = {
    ...place,
    around: { ...place.around, role: alone },
    chain: [...place.chain, { file: files.path, source }],
  };
  const deps = dependencies(loading, use, meta, below);
  const role = withDependencies(
    alone,
    own,
    parents,
    deps.map((one) => one.role),
  );
  const inner: Place = { ...below, around: { ...below.around, role } };
  const { items, handlers } = partsOf(loading, use, meta, inner);
  return {
    role,
    items: [...deps.flatMap((one) => one.items), ...items],
    handlers: [...deps.flatMap((one) => one.handlers), ...handlers],
  };
}

function withDependencies(
  role: Role,
  own: { readonly defaults: readonly MapTree[]; readonly vars: readonly MapTree[] },
  parents: readonly Role[],
  deps: readonly Role[],
): Role {
  if (deps.length === 0) return role;
  const later = deps.toReversed();
  return {
    ...role,
    dependencies: deps,
    defaults: [...role.defaults, ...later.flatMap(allDefaults)],
    vars: [...own.vars, ...later.flatMap(allVars), ...parents.flatMap((one) => one.ownVars)],
  };
}

const allDefaults = (role: Role): readonly MapTree[] => [
  ...role.ownDefaults,
  ...role.dependencies.toReversed().flatMap(allDefaults),
];

const allVars = (role: Role): readonly MapTree[] => [
  ...role.ownVars,
  ...role.dependencies.toReversed().flatMap(allVars),
];

/** Uses with the same key do the same; Ansible runs such a role once. */
const keyOf = ({ files, params, vars, from, included, own = [] }: RoleUse): string =>
  JSON.stringify([
    files.path,
    params ? plain(params) : {},
    vars.map((one) => plain(one)),
    own,
    from,
    included,
  ]);

function circular(loading: PlayLoading, { files, source, place, included }: RoleUse): boolean {
  const at = place.chain.findIndex(({ file }) => file === files.path);
  if (at < 0) return false;
  const round = [...place.chain.slice(at).map(({ file }) => file), files.path].join(' → ');
  fail(loading, 'PLAYBOOK_INVALID', `The role "${files.name}" pulls in itself: ${round}.`, {
    source,
    hint: included
      ? 'Use `include_role` with a `when` that ends it.'
      : 'Remove one of the dependencies in meta/main.yml.',
  });
  return true;
}

function dependencies(
  loading: PlayLoading,
  use: RoleUse,
  meta: RoleMeta,
  place: Place,
): readonly UsedRole[] {
  return meta.dependencies.flatMap((tree, i) => {
    const found = readRoleEntry(loading, tree, place, `${use.id}.dependencies.${i}`);
    return found ? [found] : [];
  });
}

function partsOf(
  loading: PlayLoading,
  use: RoleUse,
  meta: RoleMeta,
  place: Place,
): { readonly items: readonly Item[]; readonly handlers: readonly Item[] } {
  const read = (part: 'tasks' | 'handlers'): readonly Item[] => {
    const found = roleFile(loading, use.files, part, { name: use.from[part], source: use.source });
    if (!found?.tree) return [];
    const inside: Place = {
      ...place,
      dirs: [dirname(found.file)],
      handler: part === 'handlers',
      chain: [...place.chain, { file: found.file, source: use.source }],
    };
    const id = part === 'tasks' ? use.id : `${use.id}.handlers`;
    return loading.items(loading, listOfTasks(loading, found.file, found.tree), inside, id);
  };
  const check = use.validate ? argumentCheck(loading, use, meta, place) : [];
  return { items: [...check, ...read('tasks')], handlers: read('handlers') };
}

/** An entry of `roles:` or of dependencies: a name, or a map of name, keywords and params. */
export function readRoleEntry(
  loading: PlayLoading,
  tree: Tree,
  place: Place,
  id: string,
): UsedRole | undefined {
  const map = tree.kind === 'map' ? tree : undefined;
  const named = map ? (entry(map, 'role') ?? entry(map, 'name'))?.value : tree;
  if (named?.kind !== 'scalar' || named.value === null || named.value === '') {
    const is =
      tree.kind === 'list'
        ? 'a list'
        : tree.kind === 'map'
          ? 'a map without `role`'
          : kindOfValue(tree.value);
    fail(
      loading,
      'PLAYBOOK_INVALID',
      `A role is named by a word or by \`role: NAME\`; this is ${is}.`,
      {
        source: tree.source,
      },
    );
    return undefined;
  }
  const keys = map ? keywordsOf(loading, map) : undefined;
  const around = keys
    ? verified(
        loading,
        place,
        inherit(
          place.around,
          withoutVars(keys.known),
          tagsOf(loading, place, entry(keys.known, 'tags')?.value),
        ),
        keys.known,
        id,
      )
    : place.around;
  const inner: Place = { ...place, around };
  const name = staticText(loading, inner, named, 'Use `include_role` where hosts or facts decide.');
  const files = name === undefined ? undefined : findRole(loading, inner, name, named.source);
  if (!files) return undefined;
  return useRole(loading, {
    place: inner,
    id,
    files,
    source: named.source,
    from: { tasks: undefined, vars: undefined, defaults: undefined, handlers: undefined },
    vars: keys ? maps(entry(keys.known, 'vars')?.value) : [],
    params: keys?.params,
    own: keys ? ['when', 'tags'].map((key) => ownOf(keys.known, key)) : undefined,
    included: false,
    allowDuplicates: undefined,
    validate: true,
  });
}

const ownOf = (map: MapTree, key: string): unknown => {
  const value = entry(map, key)?.value;
  return value ? plain(value) : null;
};

/** The variables of an entry are the role's own, not of what stands around its tasks. */
const withoutVars = (map: MapTree): MapTree => ({
  ...map,
  entries: map.entries.filter(({ key }) => key !== 'vars'),
});

/** Keys that ansible-galaxy reads in a dependency. */
const GALAXY: ReadonlySet<string> = new Set(['src', 'scm', 'version']);

function keywordsOf(
  loading: PlayLoading,
  map: MapTree,
): { readonly known: MapTree; readonly params: MapTree | undefined } {
  const keywords = roleSchema['properties'] ?? {};
  const known: Entry[] = [];
  const params: Entry[] = [];
  for (const one of map.entries) {
    if (Object.hasOwn(keywords, one.key)) known.push(one);
    else if (Object.hasOwn(unsupportedInTask, one.key))
      fail(loading, 'KEYWORD_UNSUPPORTED', `orch has no \`${one.key}\` on a role.`, {
        source: one.keySource,
        hint: unsupportedInTask[one.key],
      });
    else if (!GALAXY.has(one.key)) params.push(one);
  }
  return {
    known: soundKeywords(loading, 'role', { ...map, entries: known }),
    params: params.length > 0 ? { ...map, entries: params } : undefined,
  };
}
