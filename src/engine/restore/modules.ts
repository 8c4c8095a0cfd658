import { raw } from '../../lib/shell.ts';
import type { Plain } from '../../model/change.ts';
import type { KeptThing } from '../../model/journal.ts';
import {
  type ActionModule,
  type AnyModule,
  Refusal,
  type Registry,
  type Resource,
  type Seen,
  type StateModule,
} from '../../model/module.ts';
import { type Restorable, type Undoable, UNDONE } from './changes.ts';
import { wholeOf } from './kept.ts';
import { at, differences, over, put, strays } from './same.ts';
import { innerSeen, restoring, type Thing } from './thing.ts';

type AnyResource = Resource<unknown, unknown, unknown>;

/** What is to be taken back, by host; tasks name a host and a number in its list. */
export type Plans = ReadonlyMap<string, readonly (Restorable | Undoable)[]>;

/** Arguments of the modules that take back. */
export interface Numbered {
  readonly host: string;
  readonly number: number;
}

const params = {
  type: 'object',
  description: 'What is taken back, by its number among the changes of a run.',
  properties: { host: { type: 'string' }, number: { type: 'integer' } },
  required: ['host', 'number'],
  additionalProperties: false,
} as const;

/** Names of the modules that a rollback is made of: playbooks cannot use them. */
export const [AS_LEFT, RESTORED] = ['as_left', 'restored'] as const;

/** The modules with those that take back what `plans` says. */
export function withRestoring(registry: Registry, plans: Plans): Registry {
  const resources = resourcesOf(registry);
  const entry = ({ host, number }: Numbered): Restorable | Undoable => {
    const one = plans.get(host)?.[number];
    if (!one) throw new Error(`nothing with number ${number} is to be taken back on ${host}`);
    return one;
  };
  const restorable = (given: Numbered): Restorable => {
    const one = entry(given);
    if (one.kind !== 'resource') throw new Error(`${one.name} has no state`);
    return one;
  };
  const thing = (given: Numbered): Thing => {
    const { resource: name, key, scopes } = restorable(given);
    const resource = resources.get(name);
    if (!resource) throw new Error(`there is no resource ${name}`);
    return { resource, key, scopes };
  };
  const state = (
    name: string,
    desired: (current: Seen<unknown, unknown>, one: Restorable) => unknown,
  ): StateModule<Numbered, unknown, unknown, unknown> => ({
    ...{ kind: 'state', name, params, example: '', resource: restoring },
    scope: thing,
    desired: (current, given) => desired(current, restorable(given)),
  });
  const undone: ActionModule<Numbered> = {
    ...{ kind: 'action', name: UNDONE, params, example: '' },
    reads: () => false,
    script: (given) => {
      const one = entry(given);
      return raw(one.kind === 'action' ? one.script : ':');
    },
    parse: ({ exit, stdout, stderr }) => ({
      changed: exit === 0,
      ...(exit === 0 ? {} : { failed: `it ended with ${exit}` }),
      data: { rc: exit, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') },
    }),
    foresees: () => ({ script: raw(':'), parse: () => ({ changed: true, data: {} }) }),
  };
  const own = [
    state(AS_LEFT, asLeft) as AnyModule,
    state(RESTORED, restored) as AnyModule,
    undone as unknown as AnyModule,
  ];
  return new Map([...registry, ...own.map((module) => [module.name, module] as const)]);
}

/** Every resource of the modules, by name. */
export function resourcesOf(registry: Registry): ReadonlyMap<string, AnyResource> {
  const all = [...registry.values()].flatMap((module) =>
    module.kind === 'state' ? [[module.resource.name, module.resource] as const] : [],
  );
  return new Map(all);
}

/** Whether only a part of its things is written down. */
const isPartial = ({ recall }: AnyResource): boolean => recall?.partial === true;

/** What of a thing differs from how the run left it, and from how it was before. */
function judged(
  whole: unknown,
  thing: KeptThing,
  { key, partial }: { readonly key: string; readonly partial: boolean },
): readonly string[] {
  const { path } = thing;
  // The key of a file is its path: said once.
  const place = path.filter((name) => !key.endsWith(`:${name}`));
  return strays(thing, at(whole, path), partial).map((line) => [...place, line].join(' '));
}

/** Changes nothing; refuses where somebody changed what the run had changed. */
function asLeft(current: Seen<unknown, unknown>, one: Restorable): unknown {
  const { resource, ...seen } = innerSeen(current);
  const whole = wholeOf(resource, seen);
  const all = one.things.flatMap((thing) =>
    judged(whole, thing, { key: one.key, partial: isPartial(resource) }),
  );
  if (all.length === 0) return current.state;
  const more = all.length > MOST ? `; and ${all.length - MOST} more` : '';
  return new Refusal(
    `${one.key} was changed since the run: ${all.slice(0, MOST).join('; ')}${more}`,
    {
      code: 'CHANGED_SINCE',
      hint: 'Nothing of this host is taken back. Set right by hand what differs, then roll back again; or leave the host out with -l.',
    },
  );
}

/** Differences that are told. */
const MOST = 10;

/** The state with everything as it was before the run; what is so already stays. */
function restored(current: Seen<unknown, unknown>, one: Restorable): unknown {
  const refused = asLeft(current, one);
  if (refused instanceof Refusal) return refused;
  const { resource, ...seen } = innerSeen(current);
  return putBack(resource, seen, one);
}

/** What a host shows, with things as they were written down. */
export function putBack(
  resource: AnyResource,
  seen: Seen<unknown, unknown>,
  { things, how }: Pick<Restorable, 'things' | 'how'>,
): unknown {
  const whole = wholeOf(resource, seen);
  const partial = isPartial(resource);
  const away = things.filter(
    ({ path, before }) => differences(before, at(whole, path), partial).length > 0,
  );
  if (away.length === 0) return seen.state;
  const state = away.reduce<unknown>(
    (made, { path, before }) =>
      put(made, path, partial && before !== undefined ? over(at(made, path), before) : before),
    seen.state,
  );
  return how === undefined ? state : { ...(state as Readonly<Record<string, Plain>>), how };
}
