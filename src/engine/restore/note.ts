import type { Reached } from '../../model/journal.ts';
import type { Seen } from '../../model/module.ts';
import type { Identity } from '../../model/transport.ts';
import type { Fate, Move } from '../apply.ts';
import { OrchError } from '../../lib/errors.ts';
import { current, type Fold } from '../fold.ts';
import type { RunInput } from '../input.ts';
import type { Machine } from '../machine.ts';
import type { Need, Observations, WavePlan } from '../planned.ts';
import type { Guard } from '../safeguard/guard.ts';
import { isHidden } from '../shown.ts';
import { HAPPENED, keptOf } from './kept.ts';
import { isRestoring, theThing } from './thing.ts';

type Emits = Pick<RunInput, 'emit' | 'holdsSecret'>;

/** How a machine is reached, and as whom. */
export function reached(machine: Machine, identity: Identity): Reached {
  const { target, host } = machine;
  const user = identity.become?.user;
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(target.connection === 'local'
      ? { local: true as const }
      : target.user === undefined
        ? {}
        : { login: target.user }),
  };
}

/** A change that is written down before it is made. */
interface Begun {
  readonly key: string;
  readonly need: Need;
  readonly before: Seen<unknown, unknown>;
  readonly planned: unknown;
  readonly hidden: boolean;
}

type Kept = ReturnType<typeof keptOf>;

/** Writes down changes: as planned before anything is sent, and as they were seen afterwards. */
export class Notes {
  readonly #input: Emits;
  readonly #reached: Reached;
  readonly #begun: (Begun & { readonly kept: Kept })[] = [];

  constructor(input: Emits, who: Reached) {
    this.#input = input;
    this.#reached = who;
  }

  /** What is about to be sent. */
  begin(all: readonly Begun[]): void {
    for (const one of all) {
      const kept = this.#kept(one, { state: one.planned, facts: one.before.facts }, true);
      this.#begun.push({ ...one, kept });
      this.#tell(one, 'begun', kept);
    }
  }

  /** What the host shows now; a resource that could not be read is left as it was planned. */
  end(
    seen: Observations,
    fates?: ReadonlyMap<string, Pick<Fate, 'kind'>>,
    refused: readonly string[] = [],
  ): void {
    for (const one of this.#begun.splice(0)) {
      const fold = seen.get(one.key);
      const done = !fates || fates.get(one.key)?.kind === 'done';
      if (refused.includes(one.key)) this.#tell(one, 'undone', {});
      else if (fold && !(fold instanceof OrchError)) this.#ended(one, fold.seen, done);
    }
  }

  /** Nothing of what was begun stayed. */
  cancel(): void {
    for (const one of this.#begun.splice(0)) this.#tell(one, 'undone', {});
  }

  #ended(one: Begun & { readonly kept: Kept }, seen: Seen<unknown, unknown>, done: boolean): void {
    const now = this.#kept(one, seen, false);
    // What only happens (a restart) is planned as a change and shows none.
    const shows = new Set([...(now.things ?? []), ...(now.lost ?? [])].map(nameOf));
    const happened = done
      ? [...(one.kept.lost ?? []), ...(one.kept.things ?? [])]
          .filter((thing) => !shows.has(nameOf(thing)))
          .map(({ path }) => ({ path, why: HAPPENED }))
      : [];
    const lost = [...(now.lost ?? []), ...happened];
    if (now.changed || happened.length > 0)
      this.#tell(one, 'done', since(one.kept, { ...now, ...(lost.length > 0 ? { lost } : {}) }));
    else this.#tell(one, 'undone', {});
  }

  #kept({ need, before, hidden }: Begun, after: Seen<unknown, unknown>, planned: boolean): Kept {
    const { resource, scopes, inner } = real(need);
    return keptOf({
      ...{ resource, scopes, hidden, planned },
      before: inner(before),
      after: inner(after),
      holdsSecret: (text) => this.#input.holdsSecret?.(text) ?? false,
    });
  }

  #tell(
    { key, need }: Begun,
    phase: 'begun' | 'done' | 'undone',
    { things, lost, how, scopes }: Partial<Kept>,
  ): void {
    const resource = real(need).resource.name;
    this.#input.emit({
      type: 'resource-changed',
      ...this.#reached,
      ...{ phase, resource, key },
      ...(scopes ? { scopes } : {}),
      ...(things ? { things } : {}),
      ...(lost ? { lost } : {}),
      ...(how === undefined ? {} : { how }),
    });
  }
}

/** A thing by its path. */
const nameOf = ({ path }: { readonly path: readonly string[] }): string => JSON.stringify(path);

/** What is new of a change since it was begun: what was before stands there. */
function since(begun: Kept, now: Kept): Partial<Kept> {
  const known = new Set(begun.things?.map(nameOf));
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const gone = new Map(begun.lost?.map((one) => [nameOf(one), one]));
  const stays = now.things?.filter((thing) => !gone.has(nameOf(thing)));
  const things = stays?.map(({ before, ...thing }) =>
    before === undefined || known.has(JSON.stringify(thing.path)) ? thing : { ...thing, before },
  );
  const lost = [
    ...(now.lost ?? []),
    ...(now.things ?? []).flatMap((thing) => gone.get(nameOf(thing)) ?? []),
  ];
  const planned = begun.things?.map(({ before: _, ...thing }) => thing);
  const asPlanned = lost.length === 0 && !begun.lost && same(things, planned);
  return {
    ...(things && !asPlanned ? { things } : {}),
    ...(lost.length > 0 ? { lost } : {}),
    ...(now.scopes && !same(now.scopes, begun.scopes) ? { scopes: now.scopes } : {}),
    ...(now.how !== undefined && !same(now.how, begun.how) ? { how: now.how } : {}),
  };
}

/** The resource that is meant, where it is one that is being restored. */
function real({ resource, scopes }: Need): Need & {
  inner(seen: Seen<unknown, unknown>): Seen<unknown, unknown>;
} {
  if (!isRestoring(resource)) return { resource, scopes, inner: (seen) => seen };
  const things = scopes.map(theThing);
  const own = things[0]?.resource ?? resource;
  return {
    resource: own,
    scopes: things.flatMap((thing) => thing.scopes),
    inner: ({ state, facts }) => ({ state, facts: (facts as { facts: unknown }).facts }),
  };
}

/** What a wave is about to change. */
export function beginning(
  moves: readonly Move[],
  needs: ReadonlyMap<string, Need>,
  plan: WavePlan,
): readonly Begun[] {
  return moves.flatMap(({ key, fold, plan: steps }): Begun[] => {
    const need = needs.get(key);
    if (steps instanceof OrchError || !need) return [];
    return [{ key, need, before: fold.seen, planned: current(fold), hidden: hides(plan, key) }];
  });
}

/** What a safeguard is about to make last. */
export function guardedBeginning(guard: Guard): readonly Begun[] {
  return [...guard.latest].flatMap(([key, fold]): Begun[] => {
    const need = guard.needs.get(key);
    const first = guard.first.get(key);
    if (!need || !first) return [];
    const hidden = guard.hidden.has(key);
    return [{ key, need, before: first.seen, planned: current(fold), hidden }];
  });
}

/** What a safeguard made, as it is now. */
export const guardedEnd = (guard: Guard): Observations =>
  new Map(
    [...guard.latest].map(([key, fold]): [string, Fold] => [
      key,
      { ...fold, seen: { state: current(fold), facts: fold.seen.facts } },
    ]),
  );

/** Whether a task that changes a resource hides what it says. */
export const hides = ({ planned }: Pick<WavePlan, 'planned'>, key: string): boolean =>
  planned.some(
    ({ task, parts }) =>
      parts.some((part) => part.key === key && part.folded?.changes.length) &&
      isHidden(
        task,
        parts.map(({ scope }) => scope),
      ),
  );
