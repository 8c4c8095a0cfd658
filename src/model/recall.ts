/** How a thing of a resource is written down, so that it can be made again later from what was written. */
export interface Recall<Scope, State, Facts> {
  /** So many names of a path lead to one thing, which is compared and restored as a whole; 2 where nothing is said. */
  readonly depth?: number;
  /** The state with all that the look knew: enough to be made again. Left out: the state as it is. */
  state?(seen: { readonly state: State; readonly facts: Facts }): State;
  /** How the things at these paths are looked at later. Left out: as the tasks did. */
  scopes?(scopes: readonly Scope[], paths: readonly (readonly string[])[]): readonly Scope[];
  /** Of a thing only a part is written down, or known; the rest of it stays as it is. */
  readonly partial?: true;
  /** Why a thing cannot be made again, in the words that end "... cannot be taken back:"; nothing when it can. */
  lost?(path: readonly string[], before: unknown, after: unknown): string | undefined;
  /** Paths that are no news: neither compared nor restored. */
  readonly idle?: readonly string[];
}
