import { dirname, join, normalize } from 'node:path';
import { OrchErrors } from '../lib/errors.ts';
import type { Around, Play, Playbook } from '../model/play.ts';
import { entry, type Entry, type MapTree, type ScalarTree, type Tree } from '../model/tree.ts';
import { inherit, maps, NOTHING_AROUND, scalar } from './around.ts';
import { newPlayLoading } from './included.ts';
import { readItems } from './items.ts';
import {
  checkKeywords,
  fail,
  newLoading,
  readTree,
  type Loading,
  type LoadOptions,
} from './loading.ts';
import { readPlay } from './play.ts';
import { kindOfValue } from './schema/words.ts';
import { staticText, tagsOf } from './static-text.ts';
import type { Place } from './place.ts';

/** What the imports around a file hand down to its plays. */
interface Above {
  readonly imports: readonly Entry[];
  readonly around: Around;
}

/** One load of a playbook. */
interface Book extends Loading {
  readonly plays: Play[];
}

/**
 * Loads a playbook, the files and roles it imports and its vars_files, and checks all that can be checked
 * without a host. Throws OrchErrors with everything that is wrong.
 */
export function loadPlaybook(file: string, options: LoadOptions): Playbook {
  const book: Book = { ...newLoading(options), plays: [] };
  readFile(book, file, { imports: [], around: NOTHING_AROUND });
  const harmless = book.listing ? book.errors.filter(({ code }) => OF_MODULES.has(code)) : [];
  const errors = inFileOrder(book).filter((error) => !harmless.includes(error));
  if (errors.length > 0) throw new OrchErrors(errors);
  for (const { message, source } of inFileOrder({ errors: harmless }))
    if (source) book.warnings.push({ message, source });
  const { plays, warnings, trees } = book;
  return { file, plays, warnings, ...(book.follow ? { trees } : {}) };
}

/** What is wrong with a module and its arguments says nothing of the order of tasks. */
const OF_MODULES: ReadonlySet<string> = new Set([
  ...['MODULE_UNKNOWN', 'ARGUMENT_UNKNOWN', 'ARGUMENT_MISSING', 'ARGUMENT_INVALID'],
]);

/** Errors of one file in the order of its lines; files in the order they were met. One slip in a file that is read twice is told once. */
function inFileOrder({ errors }: Pick<Loading, 'errors'>): Loading['errors'] {
  const files = [...new Set(errors.map(({ source }) => source?.file ?? ''))];
  const rank = (file: string | undefined): number => files.indexOf(file ?? '');
  const seen = new Set<string>();
  return errors
    .filter(({ source, message }) => {
      const id = JSON.stringify([source, message]);
      return seen.has(id) ? false : seen.add(id);
    })
    .sort(
      (a, b) =>
        rank(a.source?.file) - rank(b.source?.file) ||
        (a.source?.line ?? 0) - (b.source?.line ?? 0) ||
        (a.source?.column ?? 0) - (b.source?.column ?? 0),
    );
}

function readFile(book: Book, file: string, above: Above): void {
  const at = above.imports.at(-1)?.value.source;
  const before = book.errors.length;
  const tree = readTree(book, file, at);
  if (book.errors.length > before) return;
  const start = { file, line: 1, column: 1 };
  if (!tree) {
    // Imported before, and what is wrong with it is told.
    if (!book.trees.has(file) || book.errors.some(({ source }) => source?.file === file)) return;
    fail(book, 'FILE_EMPTY', `The playbook ${file} is empty.`, {
      source: start,
      hint: 'A playbook is a list of plays: `- hosts: all` with `tasks:` below it; see playbooks/ for examples.',
    });
    return;
  }
  if (tree.kind !== 'list') {
    noList(book, tree);
    return;
  }
  if (tree.items.length === 0)
    fail(book, 'FILE_EMPTY', `The playbook ${file} has no plays.`, { source: tree.source });
  for (const item of tree.items) readEntry(book, file, item, above);
}

function noList(book: Book, tree: MapTree | ScalarTree): void {
  const is = tree.kind === 'map' ? 'a map' : kindOfValue(tree.value);
  fail(book, 'PLAYBOOK_INVALID', `A playbook must be a list of plays; this is ${is}.`, {
    source: tree.source,
    hint: entry(tree, 'hosts')
      ? 'Put `- ` before the first key and indent the others by two: `- name: ...`.'
      : 'A playbook is a list of plays: `- hosts: all` with `tasks:` below it.',
  });
}

const IMPORTS = [
  'import_playbook',
  'ansible.builtin.import_playbook',
  'ansible.legacy.import_playbook',
];

function readEntry(book: Book, file: string, item: Tree, above: Above): void {
  const imported = IMPORTS.map((key) => entry(item, key)).find((one) => one !== undefined);
  if (imported && item.kind === 'map') {
    importFile(book, file, { item, named: imported }, above);
    return;
  }
  const play = readPlay(book, item, {
    number: book.plays.length + (book.firstPlay ?? 0),
    dir: dirname(file),
    above: above.around,
  });
  if (play) book.plays.push(play);
}

function importFile(
  book: Book,
  from: string,
  { item, named }: { readonly item: MapTree; readonly named: Entry },
  above: Above,
): void {
  const keys: MapTree = {
    ...item,
    entries: item.entries.map((one) => (one === named ? { ...one, key: 'import_playbook' } : one)),
  };
  const bad = checkKeywords(book, 'import_playbook', keys);
  const name = scalar(named.value);
  if (!name || bad.has('import_playbook')) {
    if (!bad.has('import_playbook'))
      fail(book, 'PLAYBOOK_INVALID', '"import_playbook" must be the name of a file.', {
        source: named.value.source,
      });
    return;
  }
  const loading = newPlayLoading(book, readItems, dirname(from), () =>
    maps(entry(keys, 'vars')?.value),
  );
  const place: Place = {
    around: above.around,
    dir: dirname(from),
    dirs: [],
    handler: false,
    depth: 0,
    chain: [],
  };
  const text = staticText(
    loading,
    place,
    name,
    'Names of imports may use -e and `vars` beside them.',
  );
  if (text === undefined) return;
  const file = text.startsWith('/') ? normalize(text) : normalize(join(dirname(from), text));
  const seen = [...above.imports.map(({ value }) => normalize(value.source.file)), normalize(from)];
  if (seen.includes(file)) {
    fail(
      book,
      'PLAYBOOK_INVALID',
      `${file} imports itself: ${[...new Set(seen), file].join(' → ')}.`,
      { source: name.source, hint: 'Remove one of the imports.' },
    );
    return;
  }
  const good = { ...keys, entries: keys.entries.filter(({ key }) => !bad.has(key)) };
  const tags = tagsOf(loading, place, entry(good, 'tags')?.value);
  const around = inherit(above.around, good, tags);
  readFile(book, file, {
    imports: [...above.imports, named],
    // As in Ansible the outer import has the last word, over plays and imports in it.
    around: { ...around, vars: [...above.around.vars, ...maps(entry(good, 'vars')?.value)] },
  });
}
