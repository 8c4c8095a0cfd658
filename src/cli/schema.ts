import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { OrchError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import type { Io } from './io.ts';

/** A folder of the package, wherever this code was bundled to. */
export function packageFolder(name: string): URL {
  for (const up of ['..', '../..', '../../..']) {
    const root = new URL(`${up}/`, import.meta.url);
    if (existsSync(new URL('package.json', root))) return new URL(`${name}/`, root);
  }
  throw new Error(
    `the package of orch is incomplete: package.json was not found above ${import.meta.url}`,
  );
}

/** Prints a published JSON Schema. */
export function schema(words: readonly string[], io: Io): Promise<number> {
  const folder = packageFolder('schemas');
  const [first = '', second] = words;
  const modules = namesIn(new URL('modules/', folder));
  if (first === 'module' && second !== undefined) {
    if (!modules.includes(second)) {
      throw new OrchError(
        'MODULE_UNKNOWN',
        `there is no module ${second}.${didYouMean(second, modules)}`,
      );
    }
    io.out(readFileSync(new URL(`modules/${second}.schema.json`, folder), 'utf8'));
    return Promise.resolve(0);
  }
  const names = namesIn(folder);
  const name = first === 'events' ? 'event' : first;
  if (!names.includes(name) || words.length !== 1) {
    throw new OrchError(
      'USAGE',
      `there is no schema ${words.join(' ')}.${didYouMean(first, names)}`,
      {
        hint: `Schemas: ${names.join(', ')}, module NAME.`,
      },
    );
  }
  io.out(readFileSync(new URL(`${name}.schema.json`, folder), 'utf8'));
  return Promise.resolve(0);
}

const namesIn = (folder: URL): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .flatMap((file) => /^(.+)\.schema\.json$/.exec(file)?.[1] ?? [])
        .sort()
    : [];
