/** What of a variable is secret: all of it, or what stands below some keys of its map, or of the maps in its list. */
export interface Hidden {
  readonly whole: boolean;
  readonly below: ReadonlyMap<string, Hidden>;
}

/** Variables that are secret whatever gives them a value: inputs and arguments of roles that say so. */
export type HiddenNames = Map<string, Hidden>;

const WHOLE: Hidden = { whole: true, below: new Map() };

/** Adds what a path of names leads to: a variable, and keys below it. */
export function hide(names: HiddenNames, [name, ...keys]: readonly string[]): void {
  if (name === undefined) return;
  const known = names.get(name);
  if (known?.whole) return;
  if (keys.length === 0) {
    names.set(name, WHOLE);
    return;
  }
  const below: HiddenNames = new Map(known?.below);
  hide(below, keys);
  names.set(name, { whole: false, below });
}
