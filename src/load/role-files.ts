import { basename, join, normalize } from 'node:path';
import type { Source } from '../lib/source.ts';
import { nearest } from '../lib/nearest.ts';
import { entry, type MapTree, type Tree } from '../model/tree.ts';
import { fail, readTree, type Loading } from './loading.ts';
import type { Place } from './place.ts';
import { kindOfValue } from './schema/words.ts';

/** A role that was found. */
export interface RoleFolder {
  readonly name: string;
  readonly path: string;
  /** The collection it is of; its name begins with it. */
  readonly collection?: string;
}

const EXTENSIONS = ['.yml', '.yaml', '.json'];

/** The folder of a role; told as an error where there is none. */
export function findRole(
  loading: Loading,
  place: Pick<Place, 'dir' | 'around'>,
  name: string,
  source: Source,
): RoleFolder | undefined {
  const folders = searched(loading, place);
  const tries = name.startsWith('/')
    ? [name]
    : [...inCollections(loading, place, name), ...folders.map((one) => join(one, name))];
  const path = [...tries, normalize(name)].find((one) => loading.files.exists(one) === 'directory');
  if (path !== undefined) {
    // Below a folder of roles `sub/role` is a name; elsewhere it is a path, and the role is called by its end.
    const named = !name.startsWith('/') && tries.includes(path);
    const plainName = named ? name : basename(name);
    const collection = collectionOf(path);
    if (collection === undefined) return { name: plainName, path };
    return { name: `${collection}.${basename(path)}`, path, collection };
  }
  const there = folders.flatMap((one) =>
    loading.files.exists(one) === 'directory' ? loading.files.list(one) : [],
  );
  const close = nearest(name, there);
  fail(
    loading,
    'ROLE_NOT_FOUND',
    `There is no role "${name}".${close === undefined ? '' : ` Did you mean "${close}"?`}`,
    { source, hint: `Looked in: ${folders.join(', ')}.` },
  );
  return undefined;
}

/** Folders that hold roles, in the order in which they are looked through. */
function searched(
  { rolesPath = [] }: Loading,
  { dir, around }: Pick<Place, 'dir' | 'around'>,
): readonly string[] {
  const beside = around.role ? [join(around.role.path, '..')] : [];
  // Last, where the playbooks have a folder of their own: what ansible.cfg would name as roles_path.
  const above = join(dir, '../roles');
  return [...new Set([join(dir, 'roles'), ...rolesPath, ...beside, dir, above])];
}

/**
 * `ns.collection.role`, or a short name of a role of the collection it stands in or that `collections` names: below
 * the folder of collections beside the playbook, or beside a folder of roles.
 */
function inCollections(
  { rolesPath = [] }: Loading,
  { dir, around }: Pick<Place, 'dir' | 'around'>,
  name: string,
): readonly string[] {
  if (name.includes('/')) return [];
  const parts = name.split('.');
  const own = around.role && collectionOf(around.role.path);
  const named = around.role ? (own === undefined ? [] : [own]) : (around.collections ?? []);
  const roles = parts.length === 3 ? [parts] : named.map((one) => [...one.split('.'), name]);
  const below = [dir, ...rolesPath.map((one) => join(one, '..'))];
  return roles.flatMap(([space = '', collection = '', role = '']) =>
    below.map((one) =>
      join(one, 'collections/ansible_collections', space, collection, 'roles', role),
    ),
  );
}

/** The collection a role is of, by its folder. */
const collectionOf = (path: string): string | undefined => {
  const [, space, collection] = /ansible_collections\/([^/]+)\/([^/]+)\/roles\//.exec(path) ?? [];
  return space === undefined ? undefined : `${space}.${collection ?? ''}`;
};

/** A file of a role, such as its tasks; nothing when the role has none. One that was asked for by name must be there. */
export function roleFile(
  loading: Loading,
  role: RoleFolder,
  part: 'tasks' | 'handlers' | 'meta',
  from: { readonly name: string | undefined; readonly source: Source },
): { readonly file: string; readonly tree: Tree | undefined } | undefined {
  const file = names(from.name)
    .map((name) => join(role.path, part, name))
    .find((path) => loading.files.exists(path) === 'file');
  if (file === undefined) {
    if (from.name !== undefined) missing(loading, role, part, from.name, from.source);
    return undefined;
  }
  return { file, tree: readTree(loading, file, from.source) };
}

function missing(
  loading: Loading,
  role: RoleFolder,
  part: string,
  name: string,
  source: Source,
): void {
  const folder = join(role.path, part);
  const there = loading.files.exists(folder) === 'directory' ? loading.files.list(folder) : [];
  const close = nearest(
    name,
    there.map((file) => file.replace(/\.(ya?ml|json)$/, '')),
  );
  fail(
    loading,
    'FILE_NOT_FOUND',
    `The role "${role.name}" has no ${part}/${name}.${close === undefined ? '' : ` Did you mean "${close}"?`}`,
    {
      source,
      hint: there.length > 0 ? `There are: ${there.join(', ')}.` : `There is no folder ${folder}.`,
    },
  );
}

/** `main` is looked for with its endings first; a name that was given, as it is written first. */
const names = (given: string | undefined): readonly string[] =>
  given === undefined
    ? [...EXTENSIONS.map((ending) => `main${ending}`), 'main']
    : [given, ...EXTENSIONS.map((ending) => `${given}${ending}`)];

/** The variables of a role, strongest first: a file, or all files of a folder of that name. */
export function roleVars(
  loading: Loading,
  role: RoleFolder,
  part: 'vars' | 'defaults',
  from: { readonly name: string | undefined; readonly source: Source },
): readonly MapTree[] {
  const path = names(from.name)
    .map((name) => join(role.path, part, name))
    .find((one) => loading.files.exists(one) !== undefined);
  if (path === undefined) {
    if (from.name !== undefined) missing(loading, role, part, from.name, from.source);
    return [];
  }
  const files = loading.files.exists(path) === 'file' ? [path] : filesBelow(loading, path);
  return files
    .flatMap((file) => {
      const tree = readTree(loading, file, from.source);
      return tree ? mapOnly(loading, file, tree) : [];
    })
    .reverse();
}

const filesBelow = (loading: Loading, folder: string): readonly string[] =>
  loading.files
    .list(folder)
    .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
    .flatMap((name) => {
      const path = join(folder, name);
      if (loading.files.exists(path) === 'directory') return filesBelow(loading, path);
      const ending = /\.[^.]*$/.exec(name)?.[0];
      return ending === undefined || EXTENSIONS.includes(ending) ? [path] : [];
    });

function mapOnly(loading: Loading, file: string, tree: Tree): readonly MapTree[] {
  if (tree.kind === 'map') return [tree];
  const is = tree.kind === 'list' ? 'a list' : kindOfValue(tree.value);
  fail(loading, 'PLAYBOOK_INVALID', `${file} must be a map of variables; this is ${is}.`, {
    source: tree.source,
    hint: 'Write `name: value`, one variable a line.',
  });
  return [];
}

/** What meta/ says about a role. */
export interface RoleMeta {
  readonly dependencies: readonly Tree[];
  readonly allowDuplicates: Tree | undefined;
  /** By the name of the file of tasks. */
  readonly argumentSpecs: Tree | undefined;
}

/** Reads meta/main.yml and meta/argument_specs.yml. */
export function roleMeta(loading: Loading, role: RoleFolder, source: Source): RoleMeta {
  const main = roleFile(loading, role, 'meta', { name: undefined, source })?.tree;
  if (main && main.kind !== 'map') {
    fail(loading, 'PLAYBOOK_INVALID', `The meta/main.yml of role "${role.name}" must be a map.`, {
      source: main.source,
      hint: 'Write `dependencies: [...]`, `allow_duplicates: true` and the like.',
    });
  }
  const dependencies = entry(main, 'dependencies')?.value;
  if (dependencies && dependencies.kind !== 'list' && !isEmpty(dependencies))
    fail(loading, 'PLAYBOOK_INVALID', '"dependencies" must be a list of roles.', {
      source: dependencies.source,
      hint: 'Put `- ` before each role.',
    });
  const own = ['argument_specs.yml', 'argument_specs.yaml', 'argument_specs.json']
    .map((name) => join(role.path, 'meta', name))
    .find((path) => loading.files.exists(path) === 'file');
  const specs = own === undefined ? main : readTree(loading, own, source);
  return {
    dependencies: dependencies?.kind === 'list' ? dependencies.items : [],
    allowDuplicates: entry(main, 'allow_duplicates')?.value,
    argumentSpecs: entry(specs, 'argument_specs')?.value,
  };
}

const isEmpty = (tree: Tree): boolean => tree.kind === 'scalar' && tree.value === null;
