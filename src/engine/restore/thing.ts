import type { Resource, Seen } from '../../model/module.ts';

type Any = Resource<unknown, unknown, unknown>;
type AnySeen = Seen<unknown, unknown>;

/** A thing that is restored: which resource it is of, and how it is looked at. */
export interface Thing {
  readonly resource: Any;
  readonly key: string;
  readonly scopes: readonly unknown[];
}

/** What the real resource showed besides, and which it is. */
interface Facts {
  readonly resource: Any;
  readonly facts: unknown;
}

/** The scope of what is restored. */
export const theThing = (scope: unknown): Thing => scope as Thing;

/** What the real resource showed. */
export const innerSeen = ({ state, facts }: AnySeen): AnySeen & { readonly resource: Any } => {
  const { resource, facts: inner } = facts as Facts;
  return { state, facts: inner, resource };
};

/** Any resource, by the one that it is: so one module restores them all, through the steps of each. */
export const restoring: Any = {
  name: 'restored',
  key: (scope) => theThing(scope).key,
  observe: (scopes) => {
    const things = scopes.map(theThing);
    const [{ resource } = restoringNothing()] = things;
    const probe = resource.observe(things.flatMap((thing) => thing.scopes));
    return {
      script: probe.script,
      parse: (reply) => {
        const { state, facts } = probe.parse(reply);
        return { state, facts: { resource, facts } satisfies Facts };
      },
    };
  },
  plan: (current, desired) => {
    const { resource, ...seen } = innerSeen(current);
    return resource.plan(seen, desired);
  },
  requires: (current, desired) => {
    const { resource, ...seen } = innerSeen(current);
    return resource.requires?.(seen, desired) ?? [];
  },
  reach: (before, after, sources) => {
    const { resource, ...seen } = innerSeen(after);
    return resource.reach?.(before, seen, sources) ?? { kind: 'safe' };
  },
  toll: (before, after) => {
    const { resource, ...seen } = innerSeen(before);
    return resource.toll?.(seen, innerSeen(after)) ?? [];
  },
  footprints: (scope, seen) => {
    const { resource, scopes } = theThing(scope);
    const inner = seen && innerSeen(seen);
    const all = scopes.map((one) => resource.footprints(one, inner));
    return {
      reads: all.flatMap(({ reads }) => reads),
      writes: all.flatMap(({ writes }) => writes),
    };
  },
};

/** Whether a resource stands for another one. */
export const isRestoring = (resource: Any): boolean => resource === restoring;

function restoringNothing(): never {
  throw new Error('nothing is restored');
}
