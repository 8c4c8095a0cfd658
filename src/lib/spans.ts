/**
 * A set of whole numbers as the fewest stretches that hold it: in order, apart from one another, each from its first
 * member up to, and without, its end.
 */
export type Spans<T extends number | bigint> = readonly (readonly [from: T, end: T])[];

/** The one form of a set, whatever stretches it is given as; empty ones hold nothing. */
export function spans<T extends number | bigint>(list: Spans<T>): Spans<T> {
  const merged: [T, T][] = [];
  const filled = list.filter(([from, end]) => from < end);
  for (const [from, end] of [...filled].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const last = merged.at(-1);
    if (!last || last[1] < from) merged.push([from, end]);
    else if (last[1] < end) last[1] = end;
  }
  return merged;
}

/** What is in one of the two. */
export const joined = <T extends number | bigint>(a: Spans<T>, b: Spans<T>): Spans<T> =>
  a.length === 0 ? b : b.length === 0 ? a : spans([...a, ...b]);

/** What is in both. */
export function shared<T extends number | bigint>(a: Spans<T>, b: Spans<T>): Spans<T> {
  const found: [T, T][] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [one, other] = [a[i], b[j]];
    if (!one || !other) return found;
    const from = one[0] > other[0] ? one[0] : other[0];
    const end = one[1] < other[1] ? one[1] : other[1];
    if (from < end) found.push([from, end]);
    if (one[1] < other[1]) i++;
    else j++;
  }
}

/** What is in the first and not in the second. */
export function without<T extends number | bigint>(a: Spans<T>, b: Spans<T>): Spans<T> {
  if (a.length === 0 || b.length === 0) return a;
  const left: [T, T][] = [];
  for (const [first, end] of a) {
    let from = first;
    for (const [cut, past] of b) {
      if (past <= from) continue;
      if (cut >= end) break;
      if (cut > from) left.push([from, cut]);
      from = past;
    }
    if (from < end) left.push([from, end]);
  }
  return left;
}

/** Whether two sets hold the same. */
export const sameSpans = <T extends number | bigint>(a: Spans<T>, b: Spans<T>): boolean =>
  a.length === b.length && a.every(([from, end], i) => from === b[i]?.[0] && end === b[i][1]);
