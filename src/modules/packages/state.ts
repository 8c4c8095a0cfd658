/** Managers of packages that are known here. */
export type Manager = 'apt' | 'apk' | 'dnf' | 'pacman' | 'zypper';

/** What can be done to all packages at once. */
export type Chore = 'upgrade' | 'full_upgrade' | 'autoremove' | 'autoclean' | 'clean';

/** Installed packages, and the lists of what could be. */
export interface PackagesState {
  /**
   * Version by the name that was asked for (of a file of a package: its path); null: not installed; `?`: installed or to
   * be, in a version not known yet.
   */
  readonly packages: Readonly<Record<string, string | null>>;
  /** `old` where a task wants newer lists than the host has. */
  readonly lists: 'old' | 'new';
  /** What a chore that is asked for would touch: names of packages, or files. */
  readonly chores: Readonly<Partial<Record<Chore, readonly string[]>>>;
}

/** What informs about packages but is not managed. */
export interface PackagesFacts {
  readonly manager: Manager;
  /** When the lists were loaded last, in seconds since 1970; 0 where nobody tells. */
  readonly stamp: number;
  /** The lists were old when they were looked at: what newer ones have, nobody knows before. */
  readonly old: boolean;
  /** Version that would be installed, by name; left out: the lists have none. */
  readonly candidates: Readonly<Record<string, string>>;
  /** What the manager says would go wrong; "" when nothing would. */
  readonly trouble: string;
  /** Packages that come or go besides those asked for: `+libfoo`, `-bar`. */
  readonly besides: readonly string[];
  readonly options: Options;
  /** Chores that are asked for. */
  readonly chores: readonly Chore[];
}

/** How packages are installed and removed. */
export interface Options {
  /** Configuration goes with a package. */
  readonly purge: boolean;
  readonly autoremove: boolean;
  /** Recommended packages come too; null: as the host is set. */
  readonly recommends: boolean | null;
  /** A version that is asked for may be older than the one there is: for apt, which refuses it else. */
  readonly downgrade?: boolean;
  /** What others need is removed all the same: for pacman. */
  readonly forced?: boolean;
  /** Words for the manager whenever it is asked or told: which archives it uses. */
  readonly words?: readonly string[];
  /** Words for the manager when it installs, upgrades or removes. */
  readonly extra?: readonly string[];
}

/** Nothing special. */
export const PLAIN: Options = { purge: false, autoremove: false, recommends: null };

/** What a task is about. */
export interface PackagesScope {
  /** Left out: whichever the host has. */
  readonly manager?: Manager;
  readonly install: readonly string[];
  readonly remove: readonly string[];
  readonly latest: boolean;
  /** The lists may be this many seconds old; null: as they are. */
  readonly freshness: number | null;
  readonly chores: readonly Chore[];
  readonly options: Options;
}

/** `nginx=1.22` as name and version; dnf has versions in names, and takes no `=`. */
export const named = (word: string): { readonly name: string; readonly version?: string } => {
  const at = isFile(word) ? -1 : word.indexOf('=');
  return at < 0 ? { name: word } : { name: word.slice(0, at), version: word.slice(at + 1) };
};

/** A package that comes from a file of the host or from an address. */
export const isFile = (word: string): boolean => /^(\/|https?:\/\/)/.test(word);

/** Whether a version is the one asked for, which may hold `*`. */
export const fits = (version: string, asked: string): boolean =>
  version === asked ||
  new RegExp(`^${asked.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`).test(
    version,
  );
