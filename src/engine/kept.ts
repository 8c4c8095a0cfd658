import type { Given } from '../model/scope.ts';
import { type Position, compare } from './position.ts';

/** Kinds of variables a host is given on the way, weakest first. */
export type KeptKind = 'facts' | 'included' | 'registered';

interface Entry {
  readonly kind: KeptKind;
  readonly name: string;
  readonly given: Given | undefined;
  readonly at: Position;
}

type Maps = Readonly<Record<KeptKind, Map<string, Given>>>;

/** Variables by name, for each kind. */
export type KeptMaps = Readonly<Record<KeptKind, ReadonlyMap<string, Given>>>;

/**
 * The variables a host was given on the way: facts, include_vars, register and set_fact. It remembers which task
 * gave what, so that another host, which is at an earlier task, does not see what comes later.
 */
export class Kept {
  readonly #log: Entry[];
  #now: Maps | undefined;

  constructor(log: readonly Entry[] = []) {
    this.#log = [...log];
  }

  /** What the host itself sees. */
  get now(): KeptMaps {
    return this.#maps();
  }

  #maps(): Maps {
    return (this.#now ??= mapsOf(this.#log));
  }

  /** Grows with each thing it is given: while it is the same, all that is here reads the same. */
  get mark(): number {
    return this.#log.length;
  }

  /** What was there before a task that stands at `at`. */
  before(at: Position): KeptMaps {
    const last = this.#log.at(-1);
    if (!last || compare(last.at, at) < 0) return this.now;
    return mapsOf(this.#log.filter((entry) => compare(entry.at, at) < 0));
  }

  set(kind: KeptKind, name: string, given: Given, at: Position): void {
    this.#log.push({ kind, name, given, at });
    this.#now?.[kind].set(name, given);
  }

  /** Forgets all of one kind from here on. */
  clear(kind: KeptKind, at: Position): void {
    for (const name of this.now[kind].keys()) this.#log.push({ kind, name, given: undefined, at });
    this.#now = undefined;
  }

  /** A copy that changes on its own. */
  copy(): Kept {
    return new Kept(this.#log);
  }
}

function mapsOf(log: readonly Entry[]): Maps {
  const maps = {
    facts: new Map<string, Given>(),
    included: new Map<string, Given>(),
    registered: new Map<string, Given>(),
  };
  for (const { kind, name, given } of log) {
    if (given === undefined) maps[kind].delete(name);
    else maps[kind].set(name, given);
  }
  return maps;
}
