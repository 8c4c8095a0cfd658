import { isMap } from '../../model/value.ts';
import type { Problem } from '../../model/module.ts';

/** Arguments that all package modules share, as JSON Schema. */
export const PACKAGE_PARAMS = {
  name: {
    anyOf: [
      { type: 'string', description: 'One name, or names with commas between.' },
      { type: 'array', items: { type: 'string' }, description: 'A list of names.' },
    ],
    description: 'What it is about: names of packages, all handled in one transaction.',
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

/** Names that are none: files and addresses, which are not foreseen, and what would be taken for an option. */
export function nameProblems(given: unknown): readonly Problem[] {
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
      /^[A-Za-z0-9][A-Za-z0-9+._:~@-]*(=[A-Za-z0-9.+:~_-]+)?$/.test(word)
    )
      return [];
    return [
      {
        pointer: Array.isArray(name) ? `/name/${i}` : '/name',
        message: `"${word}" is not the name of a package`,
        hint: 'Files, addresses and groups of packages are for the module command.',
      },
    ];
  });
}
