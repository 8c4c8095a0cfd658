import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { isMap, type Value } from '../model/value.ts';
import { places, textOf, type Asking, type Lookup } from './search-path.ts';

/** Names in a list, or in a text with commas, semicolons or colons between them. */
const listed = (value: Value | undefined, separators: RegExp): readonly string[] =>
  value === undefined || value === null
    ? []
    : Array.isArray(value)
      ? (value as readonly Value[]).flatMap((item) => listed(item, separators))
      : textOf(value)
          .split(separators)
          .map((part) => part.trim())
          .filter(Boolean);

interface Wanted {
  readonly files: readonly string[];
  readonly paths: readonly string[];
  readonly skip: boolean;
}

const wanted = (of: Readonly<Record<string, Value>>): Wanted => ({
  files: listed(of['files'], /[,;]/),
  paths: listed(of['paths'], /[,:;]/),
  skip: of['skip'] === true || of['skip'] === 'True',
});

function candidates({ files, paths }: Wanted, asking: Asking): readonly string[] {
  if (paths.length === 0) return files.flatMap((file) => places(file, 'files', asking));
  if (files.length === 0) return paths.flatMap((path) => places(path, 'files', asking));
  return paths.flatMap((path) =>
    files.flatMap((file) =>
      isAbsolute(file) ? [file] : places(join(path, file), 'files', asking),
    ),
  );
}

/** The first of some files that exists; none is an error unless `skip` says otherwise. */
export const firstFound: Lookup = (terms, options, asking) => {
  const all = terms.flatMap((term) => (Array.isArray(term) ? (term as readonly Value[]) : [term]));
  const asked = all.map((term) =>
    isMap(term) ? wanted(term) : { ...wanted({}), files: [textOf(term)] },
  );
  const own = wanted(options);
  if (own.files.length > 0) asked.push(own);
  // Paths given to the lookup itself go for all its terms.
  const full = asked.map((one) => (one.paths.length === 0 ? { ...one, paths: own.paths } : one));
  const found = full.flatMap((one) => candidates(one, asking)).find((path) => existsSync(path));
  if (found !== undefined) return [resolve(found)];
  if (own.skip || full.some((one) => one.skip)) return [];
  throw new OrchError('FILE_NOT_FOUND', 'The lookup "first_found" finds none of its files.', {
    hint: 'Add a file that always exists as the last, or give skip=True.',
  });
};
