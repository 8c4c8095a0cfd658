import type { Shell } from '../../lib/shell.ts';
import type { Chore, Options } from './state.ts';

/** How one manager is asked and told. Names are words of the shell variable `$@` where a script does not take them. */
export interface Tool {
  /** Its program: where the host has it, it has the manager. */
  readonly program: string;
  /** Prints ` NAME VERSION` for each of `$@` that is installed. */
  readonly installed: string;
  /** Prints ` NAME VERSION` for each of `$@` that could be installed, newest first. `$w` holds quoted words for the manager. */
  candidates(options: Options): Shell;
  /** Prints the age of its lists in seconds. */
  readonly age: string;
  /** Prints when its lists were loaded last, in seconds since 1970; left out: results do not tell. */
  readonly stamp?: string;
  /** Prints ` +NAME`, ` -NAME` for what `$@` (names to install, names to remove with a minus behind) would do, or ` !why not`; left out: it cannot tell. */
  simulate?(options: Options): Shell;
  /** Prints `NAME VERSION` of a file of a package, `$f`. */
  readonly file: string;
  /** Exits 0 when version `$have` is `$new` or newer. */
  readonly newer: string;
  update(options: Options): Shell;
  install(names: readonly string[], options: Options): Shell;
  remove(names: readonly string[], options: Options): Shell;
  /** How chores are done, and asked about: `list` prints ` NAME` of each thing it would touch. Those left out it has not. */
  chores(
    options: Options,
  ): Readonly<Partial<Record<Chore, { readonly list: Shell; readonly do: Shell }>>>;
}

/**
 * The age of a folder of lists in seconds. One that holds none of what the pattern names was never filled, unless the stamp,
 * touched behind it by what loads lists, says so: archives that tell nothing of themselves leave nothing in it. One that is
 * older than what says where lists come from (`sources`, paths that may hold `*`) knows nothing of those that are new.
 */
export const age = (folder: string, pattern: string, sources: string, stamp?: string): string =>
  `t=0; for f in ${folder}/${pattern}; do [ ! -e "$f" ] || t=$(stat -c %Y ${folder}); break; done
${
  stamp === undefined
    ? ''
    : `[ ! -e ${stamp} ] || [ ${folder} -nt ${stamp} ] || t=$(stat -c %Y ${folder})
`
}for f in ${sources}; do [ ! "$f" -nt ${folder} ] || t=0; done; echo " $(($(date +%s) - t))"`;

/** The words for the manager whenever it is used, and besides when it changes something. */
export const wordsOf = ({ words = [] }: Options): readonly string[] => words;
/** Words for a change. */
export const changing = ({ words = [], extra = [] }: Options): readonly string[] => [
  ...words,
  ...extra,
];
