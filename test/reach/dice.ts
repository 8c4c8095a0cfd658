/** Random choices that come again with the same seed. */
export interface Dice {
  /** A whole number from `low` to `high`, both included. */
  number(low: number, high: number): number;
  /** True so many times of a hundred. */
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Up to `most` different ones, at least one. */
  some<T>(list: readonly T[], most: number): readonly T[];
}

/** Dice of a seed (mulberry32). */
export function diceOf(seed: number): Dice {
  let at = seed >>> 0;
  const next = (): number => {
    at = (at + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(list: readonly T[]): T => {
    const one = list[number(0, list.length - 1)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  return {
    number,
    pick,
    chance: (percent) => next() * 100 < percent,
    some: (list, most) => [...new Set(Array.from({ length: number(1, most) }, () => pick(list)))],
  };
}
