import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import type { Value } from '../model/value.ts';
import type { createEvaluator } from '../template/evaluator.ts';
import { glob } from './glob.ts';

type Ports = NonNullable<Parameters<typeof createEvaluator>[0]>;
/** Lookups by name. */
export type Lookups = NonNullable<Ports['lookups']>;
/** One lookup. */
export type Lookup = Lookups[string];
/** The template that asks. */
export type Asking = Parameters<Lookup>[2];
type Templates = NonNullable<Ports['templates']>;

/** A value as the text it is in a path or a command. */
export const textOf = (term: Value | undefined): string =>
  typeof term === 'string' ? term : JSON.stringify(term ?? '');

const textVar = (name: string, asking: Asking): readonly string[] => {
  const value = asking.variable(name);
  return typeof value === 'string' ? [value] : [];
};

/** Where files are looked for, the nearest first: the role, the playbook, the file that asks, the current folder. */
export function searchPath(asking: Asking): readonly string[] {
  const listed = asking.variable('ansible_search_path');
  const given = Array.isArray(listed) ? (listed as readonly Value[]).map(textOf) : [];
  const { file } = asking.from;
  const beside = file === '' || file.startsWith('<') ? [] : [dirname(file)];
  const all = [
    ...given,
    ...textVar('role_path', asking),
    ...textVar('playbook_dir', asking),
    ...beside,
    '.',
  ];
  return [
    ...new Set(
      all.flatMap((path) => (basename(path) === 'tasks' ? [dirname(path), path] : [path])),
    ),
  ];
}

/** The places a file of a name may be, `folder` being the one for its kind. */
export function places(name: string, folder: string, asking: Asking): readonly string[] {
  const home = process.env['HOME'];
  const full = name.startsWith('~/') && home ? join(home, name.slice(2)) : name;
  if (isAbsolute(full)) return [full];
  return searchPath(asking).flatMap((path) => [join(path, folder, full), join(path, full)]);
}

/** The first file of a name; nothing when there is none. */
export const findFile = (name: string, folder: string, asking: Asking): string | undefined =>
  places(name, folder, asking).find((path) => existsSync(path));

/** A file's text. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new OrchError('FILE_NOT_FOUND', `The file ${path} cannot be read.`, { cause });
  }
}

/** The files that a pattern names, in the first place that has any. */
export function fileGlob(pattern: string, asking: Asking): readonly string[] {
  for (const place of places(pattern, 'files', asking)) {
    const found = glob(place).filter((path) => statSync(path).isFile());
    if (found.length > 0) return found.map((path) => resolve(path));
  }
  return [];
}

/** Finds the files that templates include: beside the one that asks, then in templates/. */
export const templateFiles: Templates = (name, asking) => {
  const beside = join(dirname(asking.from.file), name);
  const file =
    !isAbsolute(name) && existsSync(beside) ? beside : findFile(name, 'templates', asking);
  return file === undefined ? undefined : { file, text: readText(file) };
};
