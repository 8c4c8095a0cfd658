import { isMap } from '../../model/value.ts';
import type { Problem } from '../../model/module.ts';
import { type Chore, isFile } from './state.ts';

/** Arguments that all package modules share, as JSON Schema. */
export const PACKAGE_PARAMS = {
  name: {
    anyOf: [
      { type: 'string', description: 'One name, or names with commas between.' },
      { type: 'array', items: { type: 'string' }, description: 'A list of names.' },
    ],
    description: 'What it is about: names of packages, all handled in one transaction.',
    'x-aliases': ['pkg', 'package'],
  },
  state: {
    enum: ['present', 'installed', 'absent', 'removed', 'latest'],
    default: 'present',
    description:
      'present (installed): in whatever version. latest: in the newest the lists have. absent (removed): not there.',
  },
} as const;

/** Arguments about the lists of what could be installed. */
export const LIST_PARAMS = {
  update_cache: {
    type: 'boolean',
    default: false,
    description:
      'Ask the archives for new lists first, if those on the host are older than cache_valid_time.',
    'x-aliases': ['update-cache', 'refresh', 'expire-cache'],
  },
  cache_valid_time: {
    type: 'integer',
    minimum: 0,
    description:
      'How old the lists may be, in seconds; an hour when left out. Implies update_cache.',
  },
} as const;

/** What becomes of packages that came with others. */
export const AUTOREMOVE = {
  autoremove: {
    type: 'boolean',
    default: false,
    description: 'Packages that nothing needs any more go with what is removed.',
  },
} as const;

/** Names as a list. */
export const namesOf = (name: string | readonly string[] | undefined): readonly string[] =>
  (typeof name === 'string' ? name.split(',') : (name ?? []))
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** `installed` and `removed` are other words for the same. */
export const stateOf = (
  state: 'present' | 'installed' | 'absent' | 'removed' | 'latest',
): 'present' | 'absent' | 'latest' =>
  state === 'installed' ? 'present' : state === 'removed' ? 'absent' : state;

/** How old lists may be; null: as they are. */
export const freshnessOf = (update: boolean, valid: number | undefined): number | null =>
  update || valid !== undefined ? Math.max(valid ?? 3600, 60) : null;

/** Words that are no package. `files`: paths and addresses of files are taken too; `*` alone is all packages. */
export function nameProblems(
  given: unknown,
  { files = false, all = false }: { readonly files?: boolean; readonly all?: boolean } = {},
): readonly Problem[] {
  if (!isMap(given)) return [];
  const { name } = given;
  const words =
    typeof name === 'string'
      ? namesOf(name)
      : Array.isArray(name)
        ? (name as readonly unknown[])
        : [];
  return words.flatMap((word, i): readonly Problem[] => {
    if (
      typeof word !== 'string' ||
      NAME.test(word) ||
      (files && FILE.test(word)) ||
      (all && word === '*' && given['state'] === 'latest')
    )
      return [];
    return [
      {
        pointer: Array.isArray(name) ? `/name/${i}` : '/name',
        message: `"${word}" is not the name of a package`,
        hint: word.startsWith('@')
          ? 'Groups of packages and module streams are for the module command: `dnf -y group install NAME`, with creates.'
          : word === '*'
            ? 'All packages can only be brought to their newest version: state: latest, in the module of the manager.'
            : 'Files and addresses are for the modules of the managers: deb of apt, name of dnf, zypper and pacman.',
      },
    ];
  });
}

/** A file says what is in it only while it is there: what goes is named. */
export function fileProblems(given: unknown): readonly Problem[] {
  if (!isMap(given) || stateWord(given['state']) !== 'absent') return [];
  const { name, deb } = given;
  const names = typeof name === 'string' ? namesOf(name) : Array.isArray(name) ? name : [];
  const file = [...(names as readonly unknown[]), deb].find(
    (one) => typeof one === 'string' && isFile(one),
  );
  return file === undefined
    ? []
    : [
        {
          pointer: file === deb ? '/deb' : '/name',
          message: 'what is removed is named by the name of its package, not by a file',
        },
      ];
}

const stateWord = (state: unknown): unknown => (state === 'removed' ? 'absent' : state);

const NAME = /^[A-Za-z0-9][A-Za-z0-9+._:~@-]*(=[A-Za-z0-9.+:~_*-]+)?$/;
const FILE = /^(\/|https?:\/\/)[^\s'"]+$/;

/** The names without `*`, and the chore that stands for it. */
export const allOrNamed = (
  names: readonly string[],
): { readonly names: readonly string[]; readonly chores: readonly Chore[] } => ({
  names: names.filter((name) => name !== '*'),
  chores: names.includes('*') ? ['upgrade'] : [],
});

/** A word for the manager where an argument is set. */
export const when = (set: boolean | undefined, ...words: readonly string[]): readonly string[] =>
  set === true ? words : [];

/** Names with commas between, or a list of them, as JSON Schema. */
export const wordList = (description: string) =>
  ({
    anyOf: [
      { type: 'string', description: 'Names with commas between.' },
      { type: 'array', items: { type: 'string' }, description: 'A list of names.' },
    ],
    description,
  }) as const;
