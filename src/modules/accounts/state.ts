import type { Secret } from '../../model/value.ts';

/** A local user. */
export interface UserState {
  /** null: the host chooses. */
  readonly uid: number | null;
  /** Primary group, by name where it has one. */
  readonly group: string;
  /** Supplementary groups, sorted. */
  readonly groups: readonly string[];
  readonly comment: string;
  readonly home: string;
  /** The home directory exists. */
  readonly homeMade: boolean;
  readonly shell: string;
  /** `given 1` where it is the first of the passwords that tasks ask for; `another`, `none`. Hashes never leave the host. */
  readonly password: string;
  readonly locked: boolean;
  readonly system: boolean;
}

/** A local group. */
export interface GroupState {
  readonly gid: number | null;
  readonly system: boolean;
}

/** Users and groups by name, null where there is none. */
export interface AccountsState {
  readonly users: Readonly<Record<string, UserState | null>>;
  readonly groups: Readonly<Record<string, GroupState | null>>;
  /** Users whose home goes with them. */
  readonly purged: readonly string[];
}

/** What informs about accounts but is not managed. */
export interface AccountsFacts {
  /** Hashes of passwords that tasks ask for: sent to the host, never read from it. */
  readonly passwords: readonly (string | Secret)[];
  /** Every group there is. */
  readonly groupNames: readonly string[];
}

/** What a task is about. */
export interface AccountScope {
  readonly kind: 'user' | 'group';
  readonly name: string;
  readonly password?: string | Secret;
}
