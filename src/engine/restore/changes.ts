import type { Plain } from '../../model/change.ts';
import type { RunEvent, TaskRef } from '../../model/event.ts';
import type { ActionUndo, KeptThing, Reached, ResourceChanged } from '../../model/journal.ts';
import { unescaped } from './kept.ts';

/** The module of a rollback that takes an action back. */
export const UNDONE = 'undone';

/** A resource of a host that a run changed: how it was before, and how the run left it. */
export interface Restorable extends Reached {
  readonly kind: 'resource';
  readonly resource: string;
  readonly key: string;
  readonly scopes: readonly Plain[];
  readonly things: readonly KeptThing[];
  readonly how?: Plain;
}

/** An action of a run and how it is taken back. */
export interface Undoable extends Reached {
  readonly kind: 'action';
  readonly name: string;
  readonly script: string;
}

/** Something that was changed and cannot be taken back, and why. */
export interface Beyond {
  readonly host: string;
  readonly what: string;
  readonly why: string;
}

/** What a run did to its hosts, as its journal tells it. */
export interface RunChanges {
  /** By host, what came last first. */
  readonly back: ReadonlyMap<string, readonly (Restorable | Undoable)[]>;
  readonly beyond: readonly Beyond[];
}

/** Something a host was changed by, in the order it happened. */
type Entry =
  | { readonly kind: 'resource'; readonly event: ResourceChanged; after?: ResourceChanged }
  | { readonly kind: 'undo'; readonly event: ActionUndo }
  | { readonly kind: 'action'; readonly task: TaskRef };

/** What is known of one host on the way. */
interface Track {
  readonly entries: Entry[];
  /** How many entries there were when the safeguard began that is not decided yet. */
  guardedFrom: number | undefined;
  /** A person is to decide about it. */
  waits: boolean;
}

/** Reads what can be taken back from the events of a run, `isAction` says which modules have no state. */
export function changesOf(
  events: readonly RunEvent[],
  isAction: (module: string) => boolean,
): RunChanges {
  const tracks = new Map<string, Track>();
  const of = (host: string): Track => {
    const known = tracks.get(host) ?? { entries: [], guardedFrom: undefined, waits: false };
    tracks.set(host, known);
    return known;
  };
  for (const event of events) read(event, of, isAction);
  const back = new Map<string, readonly (Restorable | Undoable)[]>();
  const beyond: Beyond[] = [];
  for (const [host, { entries, guardedFrom, waits }] of tracks) {
    // What a safeguard covered that nobody decided about, the host took back by itself.
    const stayed = entries.filter(
      ({ kind }, i) => waits || kind === 'resource' || i < (guardedFrom ?? entries.length),
    );
    const list = merged(host, stayed, beyond);
    if (list.length > 0) back.set(host, list);
  }
  return { back, beyond };
}

function read(
  event: RunEvent,
  of: (host: string) => Track,
  isAction: (module: string) => boolean,
): void {
  if (event.type === 'resource-changed') noted(of(event.host).entries, event);
  else if (event.type === 'action-undo') of(event.host).entries.push({ kind: 'undo', event });
  else if (event.type === 'task-ended') {
    const { kind, changedToo, delegatedTo } = event.outcome;
    if ((kind === 'changed' || changedToo) && isAction(event.task.module))
      of(delegatedTo ?? event.host).entries.push({ kind: 'action', task: event.task });
  } else if (event.type === 'safeguard') guarded(of(event.host), event.state);
}

function guarded(track: Track, state: Extract<RunEvent, { type: 'safeguard' }>['state']): void {
  track.waits = state === 'waiting';
  if (state === 'rolled-back') track.entries.splice(track.guardedFrom ?? 0);
  const decided = state === 'rolled-back' || state === 'confirmed';
  track.guardedFrom = decided ? undefined : (track.guardedFrom ?? track.entries.length);
}

/** What was begun stands until it is told how it ended: a run that was killed did not come to that. */
function noted(entries: Entry[], event: ResourceChanged): void {
  if (event.phase === 'begun') {
    entries.push({ kind: 'resource', event });
    return;
  }
  const at = entries.findLastIndex(
    (one) => one.kind === 'resource' && one.event.key === event.key && !one.after,
  );
  const one = entries[at];
  if (one?.kind !== 'resource') return;
  if (event.phase === 'undone') entries.splice(at, 1);
  else one.after = event;
}

/** One entry for each resource: as it was before the first change, and as the last one left it. */
function merged(
  host: string,
  entries: readonly Entry[],
  beyond: Beyond[],
): readonly (Restorable | Undoable)[] {
  const found = new Map<string, Restorable | Undoable>();
  const undone = new Set(entries.flatMap((one) => (one.kind === 'undo' ? placeOf(one.event) : [])));
  for (const entry of entries) {
    if (entry.kind === 'action') {
      const { task } = entry;
      if (undone.has(placeOf(task))) continue;
      const why = `${task.module === UNDONE ? 'an undo' : task.module} has no way back`;
      beyond.push({ host, what: `"${task.name}" (${whereOf(task)})`, why });
    } else if (entry.kind === 'undo') {
      const { name, script, type: _, source, ...who } = entry.event;
      if (script !== undefined)
        found.set(`undo ${found.size}`, { kind: 'action', name, script, ...who });
      else
        beyond.push({
          ...{ host, what: `"${name}" (${whereOf({ source })})` },
          why: 'a secret is in what would take it back',
        });
    } else {
      const { event, after } = entry;
      for (const { path, why } of (after ?? event).lost ?? [])
        beyond.push({ host, what: [event.key, ...path].join(' '), why });
      const one = restorable(host, event, after, beyond);
      const before = found.get(event.key);
      if (one) found.set(event.key, before?.kind === 'resource' ? joined(before, one) : one);
    }
  }
  return [...foldersOnce([...found.values()])].reverse();
}

/** A folder that a task made goes with that task, not with what was put into it. */
function foldersOnce(list: readonly (Restorable | Undoable)[]): readonly (Restorable | Undoable)[] {
  const made = new Set(
    list.flatMap((one) =>
      one.kind === 'resource'
        ? one.things.flatMap(({ path, before }) => (isAbsent(before) ? path : []))
        : [],
    ),
  );
  return list.map((one) => {
    if (one.kind === 'action') return one;
    const things = one.things.map((thing) => {
      const { path, before } = thing;
      if (!isAbsent(before)) return thing;
      const folders = foldersAbove(path[0] ?? '', before.how.above);
      const own = folders.findIndex((folder) => made.has(folder));
      const above = own < 0 ? folders.length : own;
      return { ...thing, before: { ...before, how: { above } } };
    });
    return { ...one, things };
  });
}

/** Nothing was there, and so many folders above were missing too. */
const isAbsent = (
  before: Plain | undefined,
): before is { readonly kind: 'absent'; readonly how: { readonly above: number } } =>
  isMap(before) && before['kind'] === 'absent' && isMap(before['how']);

/** So many folders above a path, the nearest first. */
const foldersAbove = (path: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) =>
    path
      .split('/')
      .slice(0, -1 - i)
      .join('/'),
  );

const placeOf = ({ name, source }: Pick<TaskRef, 'name' | 'source'>): string =>
  `${whereOf({ source })} ${name}`;

const whereOf = ({ source: { file, line } }: Pick<TaskRef, 'source'>): string => `${file}:${line}`;

function restorable(
  host: string,
  event: ResourceChanged,
  after: ResourceChanged | undefined,
  beyond: Beyond[],
): Restorable | undefined {
  const { resource, key, user, login, local } = event;
  // What was seen afterwards is surer than what was planned.
  const { things: all = [] } = after ? withBefore(event, after) : event;
  const scopes = after?.scopes ?? event.scopes;
  const how = after?.how ?? event.how;
  const things = all.flatMap((thing): readonly KeptThing[] => {
    if (thing.before === undefined) return [thing];
    const before = unescaped(thing.before);
    if (before !== undefined) return [{ ...thing, before }];
    beyond.push({ host, what: [key, ...thing.path].join(' '), why: 'a secret is in it' });
    return [];
  });
  if (things.length === 0 || !scopes) return undefined;
  return {
    ...{ kind: 'resource', host, resource, key, scopes, things },
    ...(user === undefined ? {} : { user }),
    ...(login === undefined ? {} : { login }),
    ...(local ? { local } : {}),
    ...(how === undefined ? {} : { how }),
  };
}

/** What was before stands where the change was begun; so does what is now, where all came as it was planned. */
function withBefore(
  { things: begun = [] }: ResourceChanged,
  { things = [], lost }: ResourceChanged,
): Pick<ResourceChanged, 'things'> {
  if (things.length === 0 && !lost) return { things: begun };
  const known = new Map(begun.map((thing) => [JSON.stringify(thing.path), thing]));
  return {
    things: things.map((thing) => {
      const first = known.get(JSON.stringify(thing.path));
      return first?.before === undefined ? thing : { ...thing, before: first.before };
    }),
  };
}

/** Two changes of one resource as one. */
function joined(first: Restorable, last: Restorable): Restorable {
  const things = new Map(first.things.map((thing) => [JSON.stringify(thing.path), thing]));
  for (const thing of last.things) {
    const name = JSON.stringify(thing.path);
    const { before, ...known } = things.get(name) ?? thing;
    const { after: _, ...path } = known;
    things.set(name, {
      ...path,
      ...(before === undefined ? {} : { before }),
      ...(thing.after === undefined ? {} : { after: thing.after }),
    });
  }
  const scopes = new Map([...first.scopes, ...last.scopes].map((s) => [JSON.stringify(s), s]));
  const how = isMap(last.how) && isMap(first.how) ? { ...last.how, ...first.how } : first.how;
  return {
    ...first,
    scopes: [...scopes.values()],
    things: [...things.values()],
    ...((how ?? last.how) === undefined ? {} : { how: how ?? last.how ?? null }),
  };
}

const isMap = (value: Plain | undefined): value is Readonly<Record<string, Plain>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
