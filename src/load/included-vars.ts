import { dirname, extname, join } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { matcher } from '../lib/matcher.ts';
import type { Files } from '../model/files.ts';
import type { VarsSource } from '../model/effect.ts';
import type { Task } from '../model/play.ts';
import type { MapTree } from '../model/tree.ts';
import { loadVarsFile } from './vars-file.ts';

/**
 * Reads what include_vars names, in the order it counts: the later ones are stronger. Relative names are looked for
 * in the role of the task, beside the task, then beside the playbook, in `vars/` first. Throws OrchErrors.
 */
export function includedVars(
  from: VarsSource,
  { source, role }: Pick<Task, 'source' | 'role'>,
  files: Files,
): readonly MapTree[] {
  const bases = [...(role ? [role.path] : []), dirname(source.file)];
  const { file, dir } = from;
  if (file !== undefined) return [loadVarsFile(find(file, 'file', bases, files, source), files)];
  const folder = find(dir ?? '', 'directory', bases, files, source);
  const { filesMatching, ignoreFiles } = from;
  const rules: Rules = {
    ...from,
    matching:
      filesMatching === undefined
        ? () => true
        : matcher(filesMatching, 'files_matching', { source }),
    ignored: ignoreFiles.map((pattern) => matcher(`${pattern}$`, 'ignore_files', { source })),
  };
  return listed(folder, rules, files, 1).map((path) => loadVarsFile(path, files));
}

function find(
  name: string,
  kind: 'file' | 'directory',
  bases: readonly string[],
  files: Files,
  source: Task['source'],
): string {
  const places = name.startsWith('/')
    ? [name]
    : [...bases.flatMap((base) => [join(base, 'vars', name), join(base, name)]), name];
  const found = places.find((path) => files.exists(path) === kind);
  if (found !== undefined) return found;
  throw new OrchError('FILE_NOT_FOUND', `include_vars finds no ${kind} ${name}`, {
    source,
    hint: `It was looked for at ${places.join(', ')}.`,
  });
}

/** Which files of a folder count. */
interface Rules extends VarsSource {
  readonly matching: (name: string) => boolean;
  readonly ignored: readonly ((name: string) => boolean)[];
}

/** The files of a folder in the order of their names, folders in it after them. */
function listed(dir: string, from: Rules, files: Files, depth: number): readonly string[] {
  const paths = files.list(dir).map((name) => ({ name, path: join(dir, name) }));
  const here = paths.filter(
    ({ name, path }) => files.exists(path) === 'file' && wanted(name, from, path),
  );
  const below = from.depth === 0 || depth < from.depth ? paths : [];
  return [
    ...here.map(({ path }) => path),
    ...below
      .filter(({ path }) => files.exists(path) === 'directory')
      .flatMap(({ path }) => listed(path, from, files, depth + 1)),
  ];
}

function wanted(name: string, from: Rules, path: string): boolean {
  if (!from.matching(name) || from.ignored.some((ignores) => ignores(name))) return false;
  if (from.extensions.includes(extname(name).slice(1))) return true;
  if (from.ignoreUnknownExtensions) return false;
  throw new OrchError(
    'PLAYBOOK_INVALID',
    `${path} does not have a valid extension: ${from.extensions.join(', ')}`,
    {
      source: { file: path, line: 1, column: 1 },
      hint: 'Rename it, add its extension to `extensions`, or set ignore_unknown_extensions.',
    },
  );
}
