import { order } from './compare.ts';
import type { Val } from './values.ts';

/** Items in order of their keys; equal ones stay as they were. */
export function sortBy(
  items: readonly Val[],
  key: (item: Val) => Val,
  descending: boolean,
): readonly Val[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  const sign = descending ? -1 : 1;
  return keyed.sort((a, b) => sign * order(a.key, b.key)).map(({ item }) => item);
}
