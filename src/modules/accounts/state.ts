import type { Secret } from '../../model/value.ts';
import type { KeyWish, KnownKey } from './user-key.ts';

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
  /** Days since 1970 when it ends; null: never. */
  readonly expires: number | null;
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
  /** Users that go although they are logged in. */
  readonly forced: readonly string[];
  /** Whether an SSH key is there, by `USER:FILE`. */
  readonly keys: Readonly<Record<string, boolean>>;
}

/** What informs about accounts but is not managed. */
export interface AccountsFacts {
  /** Hashes of passwords that tasks ask for: sent to the host, never read from it. */
  readonly passwords: readonly (string | Secret)[];
  /** Every group there is. */
  readonly groupNames: readonly string[];
  /** Their numbers. */
  readonly gids: Readonly<Record<string, number>>;
  /** Keys that tasks ask for, and what there is of them, by `USER:FILE`. */
  readonly keyWishes: Readonly<Record<string, KeyWish>>;
  readonly keys: Readonly<Record<string, KnownKey>>;
}

/** What a task is about. */
export interface AccountScope {
  readonly kind: 'user' | 'group';
  readonly name: string;
  readonly password?: string | Secret;
  readonly key?: KeyWish;
}
