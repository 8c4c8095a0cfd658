import { dirname, join, normalize } from 'node:path';
import type { Source } from '../lib/source.ts';
import type { Item } from '../model/play.ts';
import type { ScalarTree, Tree } from '../model/tree.ts';
import { fail, readTree, type Loading } from './loading.ts';
import type { Place, PlayLoading } from './place.ts';
import { kindOfValue } from './schema/words.ts';

/**
 * Where a file of tasks may be: beside the file that names it, beside those around that, in the role, in the
 * folder of the playbook. For an include (`dynamic`) the role comes first.
 */
export function candidates(
  { around, dir, dirs, handler }: Pick<Place, 'around' | 'dir' | 'dirs' | 'handler'>,
  name: string,
  dynamic = false,
): readonly string[] {
  if (name.startsWith('/')) return [normalize(name)];
  const role = around.role?.path;
  const ofRole = role === undefined ? [] : [join(role, handler ? 'handlers' : 'tasks')];
  const folders = [
    ...(dynamic ? ofRole : []),
    ...dirs,
    ...ofRole,
    ...(role === undefined ? [] : [...(handler ? [join(role, 'tasks')] : []), role]),
    join(dir, 'tasks'),
    dir,
  ];
  return [...new Set(folders.map((folder) => join(folder, name)))];
}

/** Says that a file is not there, and where it was looked for. */
export function notFound(
  loading: Pick<Loading, 'errors'>,
  name: string,
  tries: readonly string[],
  source: Source,
): void {
  fail(loading, 'FILE_NOT_FOUND', `There is no file ${name}.`, {
    source,
    hint: `Looked for: ${tries.join(', ')}.`,
  });
}

/** The items of a file of tasks. */
export function readTaskFile(
  loading: PlayLoading,
  file: string,
  target: ScalarTree,
  place: Place,
  id: string,
): readonly Item[] {
  if (circular(loading, file, target, place)) return [];
  const before = loading.errors.length;
  const tree = readTree(loading, file, target.source);
  if (!tree) {
    if (loading.errors.length === before && loading.trees.has(file))
      loading.warnings.push({ message: `${file} holds no tasks.`, source: target.source });
    return [];
  }
  const inner: Place = {
    ...place,
    dirs: [dirname(file), ...place.dirs],
    chain: [...place.chain, { file, source: target.source }],
  };
  return loading.items(loading, listOfTasks(loading, file, tree), inner, id);
}

/** The tasks of a file; what is no list is told. */
export function listOfTasks(loading: PlayLoading, file: string, tree: Tree): readonly Tree[] {
  if (tree.kind === 'list') return tree.items;
  const is = tree.kind === 'map' ? 'a map' : kindOfValue(tree.value);
  fail(loading, 'PLAYBOOK_INVALID', `${file} must be a list of tasks; this is ${is}.`, {
    source: tree.source,
    hint: 'Put `- ` before each task.',
  });
  return [];
}

function circular(
  loading: PlayLoading,
  file: string,
  { source }: ScalarTree,
  { chain }: Place,
): boolean {
  const at = chain.findIndex((one) => one.file === file);
  if (at < 0) return false;
  const round = [...chain.slice(at).map((one) => one.file), file].join(' → ');
  fail(loading, 'PLAYBOOK_INVALID', `${file} imports itself: ${round}.`, {
    source,
    hint: 'Remove one of the imports, or use `include_tasks` with a `when` that ends it.',
  });
  return true;
}
