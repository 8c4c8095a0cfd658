/** Managers of packages that are known here. */
export type Manager = 'apt' | 'dnf' | 'zypper';

/** Installed packages, and the lists of what could be. */
export interface PackagesState {
  /** Version by the name that was asked for; null: not installed; `?`: installed or to be, in a version not known yet. */
  readonly packages: Readonly<Record<string, string | null>>;
  /** `old` where a task wants newer lists than the host has. */
  readonly lists: 'old' | 'new';
}

/** What informs about packages but is not managed. */
export interface PackagesFacts {
  readonly manager: Manager;
  /** The lists were old when they were looked at: what newer ones have, nobody knows before. */
  readonly old: boolean;
  /** Version that would be installed, by name; left out: the lists have none. */
  readonly candidates: Readonly<Record<string, string>>;
  /** What the manager says would go wrong; "" when nothing would. */
  readonly trouble: string;
  /** Packages that come or go besides those asked for: `+libfoo`, `-bar`. */
  readonly besides: readonly string[];
  readonly options: Options;
}

/** How packages are installed and removed. */
export interface Options {
  /** Configuration goes with a package. */
  readonly purge: boolean;
  readonly autoremove: boolean;
  /** Recommended packages come too; null: as the host is set. */
  readonly recommends: boolean | null;
}

/** What a task is about. */
export interface PackagesScope {
  /** Left out: whichever the host has. */
  readonly manager?: Manager;
  readonly install: readonly string[];
  readonly remove: readonly string[];
  readonly latest: boolean;
  /** The lists may be this many seconds old; null: as they are. */
  readonly freshness: number | null;
  readonly options: Options;
}

/** `nginx=1.22` as name and version; dnf and zypper have versions in names, and take `=` only in zypper. */
export const named = (word: string): { readonly name: string; readonly version?: string } => {
  const at = word.indexOf('=');
  return at < 0 ? { name: word } : { name: word.slice(0, at), version: word.slice(at + 1) };
};
