import type { Block, Item, Task } from '../model/play.ts';
import type { Position } from './position.ts';

/** A list of items a host is in, and how far it came. */
export interface Frame {
  readonly items: readonly Item[];
  /** Index of the next item. */
  readonly at: number;
  readonly base: Position;
  readonly part: 'list' | 'tasks' | 'rescue' | 'always' | 'handlers';
  /** The block whose part it is. */
  readonly block?: Block;
  /** In `always`: the block failed, and fails again behind it. */
  readonly failed?: true;
  /** What is in it are handlers. */
  readonly handlers?: true;
}

/**
 * Where a host stands in a play, outermost list first. Never changed, only replaced: a copy to look ahead with
 * costs nothing.
 */
export type Cursor = readonly Frame[];

/** A task at its place. */
export interface Step {
  readonly task: Task;
  readonly at: Position;
  readonly handler: boolean;
}

/** The next task, and where the host stands when it is done. */
export interface Found {
  readonly step: Step;
  readonly then: Cursor;
}

/** A host before the first of these items. */
export const start = (items: readonly Item[], base: Position): Cursor => [
  { items, at: 0, base, part: 'list' },
];

/**
 * The next task. `failed` when a block that failed has run its `always` and nothing around it rescues; nothing
 * at the end. Handlers that were not notified are passed over.
 */
export function next(
  from: Cursor,
  notified: (handler: string) => boolean,
): Found | 'failed' | undefined {
  let cursor = from;
  for (;;) {
    const top = cursor.at(-1);
    if (!top) return undefined;
    const item = top.items[top.at];
    if (!item) {
      const left = leave(cursor);
      if (left === 'failed') return left;
      cursor = left;
      continue;
    }
    const then = [...cursor.slice(0, -1), { ...top, at: top.at + 1 }];
    const at = [...top.base, top.at];
    if (item.kind === 'block') cursor = [...then, inside(item, at, top.handlers)];
    else if (top.part === 'handlers' && !notified(item.id)) cursor = then;
    else return { step: { task: item, at, handler: top.handlers === true }, then };
  }
}

const PARTS = { tasks: 0, rescue: 1, always: 2 } as const;

const inside = (block: Block, at: Position, handlers: true | undefined): Frame => ({
  items: block.tasks,
  at: 0,
  base: [...at, PARTS.tasks],
  part: 'tasks',
  block,
  ...(handlers ? { handlers } : {}),
});

const part = (frame: Frame, block: Block, name: 'rescue' | 'always', failed: boolean): Frame => ({
  items: block[name],
  at: 0,
  base: [...frame.base.slice(0, -1), PARTS[name]],
  part: name,
  block,
  ...(failed ? { failed: true } : {}),
  ...(frame.handlers ? { handlers: true } : {}),
});

/** Out of a list that is done. */
function leave(cursor: Cursor): Cursor | 'failed' {
  const top = cursor.at(-1);
  const outer = cursor.slice(0, -1);
  if (!top?.block) return outer;
  if (top.part === 'always') return top.failed ? (fail(outer) ?? 'failed') : outer;
  return top.block.always.length > 0 ? [...outer, part(top, top.block, 'always', false)] : outer;
}

/** Where a host goes on whose task failed: the nearest `rescue` or `always`; nothing when there is none. */
export function fail(from: Cursor): Cursor | undefined {
  for (let cursor = from; cursor.length > 0; cursor = cursor.slice(0, -1)) {
    const top = cursor.at(-1);
    const outer = cursor.slice(0, -1);
    if (!top?.block) continue;
    if (top.part === 'tasks' && top.block.rescue.length > 0)
      return [...outer, part(top, top.block, 'rescue', false)];
    if (top.part !== 'always' && top.block.always.length > 0)
      return [...outer, part(top, top.block, 'always', true)];
  }
  return undefined;
}

/** To the `always` of the block that `wanted` names, out of all that is inside of it; nothing when there is none. */
export function breakInto(
  from: Cursor,
  wanted: (block: Block | undefined) => boolean,
): Cursor | undefined {
  const i = from.findIndex((frame) => frame.part === 'tasks' && wanted(frame.block));
  const frame = from[i];
  return frame?.block && [...from.slice(0, i), part(frame, frame.block, 'always', true)];
}

/** Whether some block around still has a `rescue` to run: then a failure is not the end of the host. */
export const rescuable = (cursor: Cursor): boolean =>
  cursor.some((frame) => frame.part === 'tasks' && (frame.block?.rescue.length ?? 0) > 0);

/** Whether the host is in the `always` of a block that failed, and nothing around rescues it. */
export const hasFailed = (cursor: Cursor): boolean =>
  cursor.some(({ failed }) => failed) && !rescuable(cursor);

/** Whether the host is in a `rescue` or `always` part. */
export const recovering = (cursor: Cursor): boolean =>
  cursor.some(({ part: name }) => name === 'rescue' || name === 'always');

/** The blocks around, outermost first. */
export const blocksOf = (cursor: Cursor): readonly Block[] =>
  cursor.flatMap(({ block }) => (block ? [block] : []));

/** The same place with items to do first: what an include brought. */
export const into = (
  cursor: Cursor,
  items: readonly Item[],
  base: Position,
  handler: boolean,
): Cursor => [
  ...cursor,
  { items, at: 0, base, part: 'list', ...(handler ? { handlers: true as const } : {}) },
];

/** The same place with the handlers that were notified to do first. */
export const flush = (cursor: Cursor, handlers: readonly Task[], base: Position): Cursor => [
  ...cursor,
  { items: handlers, at: 0, base, part: 'handlers', handlers: true },
];
