/**
 * Where a task stands in the whole run: play, batch, then index by index down through blocks (0 tasks, 1 rescue,
 * 2 always), includes and handlers. Positions of all hosts compare: the order is the one tasks are written in.
 */
export type Position = readonly number[];

/** Less than 0 when `a` comes first. What stands inside of a position comes behind it. */
export function compare(a: Position, b: Position): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = (a[i] ?? 0) - (b[i] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Behind a position and all that is inside of it. */
export const past = (at: Position): Position => [...at, Infinity];

/** Behind a position itself, before all that is inside of it. */
export const inside = (at: Position): Position => [...at, -1];

/** A position as a key of maps. */
export const keyOf = (at: Position): string => at.join('.');
