import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { globPattern } from '../lib/glob.ts';

const MAGIC = /[*?[]/;

/** The paths that a shell pattern names, in order: `*`, `?` and `[...]` within one part of the path, `**` alone for any depth. */
export function glob(pattern: string): readonly string[] {
  const absolute = pattern.startsWith('/');
  const parts = pattern.split('/').filter((part) => part !== '');
  let found: readonly string[] = [absolute ? '/' : ''];
  for (const part of parts) found = found.flatMap((path) => next(path, part));
  return [...new Set(found)].filter((path) => path !== '').sort();
}

function next(path: string, part: string): readonly string[] {
  if (part === '**') return [path, ...below(path)];
  if (!MAGIC.test(part)) {
    const full = join(path, part);
    return exists(full) ? [full] : [];
  }
  const pattern = globPattern(part);
  return entries(path)
    .filter((name) => pattern.test(name) && (part.startsWith('.') || !name.startsWith('.')))
    .map((name) => join(path, name));
}

const below = (path: string): readonly string[] =>
  entries(path)
    .filter((name) => !name.startsWith('.'))
    .map((name) => join(path, name))
    .filter(isDirectory)
    .flatMap((folder) => [folder, ...below(folder)]);

function entries(path: string): readonly string[] {
  try {
    return readdirSync(path === '' ? '.' : path).sort();
  } catch {
    return [];
  }
}

const stat = (path: string): ReturnType<typeof statSync> | undefined =>
  statSync(path, { throwIfNoEntry: false });
const exists = (path: string): boolean => {
  try {
    return stat(path) !== undefined;
  } catch {
    return false;
  }
};
const isDirectory = (path: string): boolean => exists(path) && stat(path)?.isDirectory() === true;
