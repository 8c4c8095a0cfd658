import type { Chore, Options, PackagesScope } from './state.ts';

/** What all tasks of a transaction say about how it is done. Words are the same in all of them: they are part of the key. */
export const optionsOf = (scopes: readonly PackagesScope[]): Options => ({
  purge: scopes.some(({ options }) => options.purge),
  autoremove: scopes.some(({ options }) => options.autoremove),
  recommends: scopes.map(({ options }) => options.recommends).find((one) => one !== null) ?? null,
  downgrade: scopes.some(({ options }) => options.downgrade === true),
  forced: scopes.some(({ options }) => options.forced === true),
  words: scopes[0]?.options.words ?? [],
  extra: scopes[0]?.options.extra ?? [],
});

/** Chores that any of them asks for. */
export const choresOf = (scopes: readonly PackagesScope[]): readonly Chore[] => [
  ...new Set(scopes.flatMap(({ chores }) => chores)),
];

/** Words without doubles, sorted. */
export const unique = (words: readonly string[]): readonly string[] => [...new Set(words)].sort();
