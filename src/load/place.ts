import type { Layer } from '../model/scope.ts';
import type { Around, Followed, IncludePlace, Item, Role } from '../model/play.ts';
import type { Source } from '../lib/source.ts';
import type { MapTree, Tree } from '../model/tree.ts';
import type { Loading } from './loading.ts';

/** One play under way: what its parts add to it as a whole. */
export interface PlayLoading extends Loading {
  /** Roles whose defaults and vars the whole play sees, in the order met. */
  readonly roles: Role[];
  /** Handlers that import_role brings, in the order met. */
  readonly handlers: Item[];
  /** Variables of the play itself, strongest first, for names that are resolved when it is loaded. */
  readonly playVars: () => readonly MapTree[];
  /** Reads the tasks and blocks of a list; ids are those of the place in the list. */
  readonly items: (
    loading: PlayLoading,
    trees: readonly Tree[],
    place: Place,
    id: string,
  ) => readonly Item[];
  /** Files and roles that were followed from includes, so that a circle ends. */
  readonly followed: Set<string>;
  /** What the includes that were followed would bring. */
  readonly brought: Followed[];
  /** Magic variables that are known without a host. */
  readonly magic: () => Layer;
}

/** Where items stand, and what they inherit there. */
export interface Place extends IncludePlace {
  readonly around: Around;
  /** Files being read, with the place that asked for each: one that asks for itself is an error. */
  readonly chain: readonly { readonly file: string; readonly source: Source }[];
}
