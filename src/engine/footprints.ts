import type { Resource } from '../model/module.ts';
import type { Need } from './planned.ts';

/** Whether two lists of footprints meet. A key `kind:/path` covers what lies below it, at segment borders. */
export const overlap = (a: readonly string[], b: readonly string[]): boolean =>
  a.some((x) => b.some((y) => covers(x, y) || covers(y, x)));

const covers = (outer: string, inner: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);

/** Whether a pending change of the resource `key` alters what another resource of the wave reads. */
export function touching(
  needs: ReadonlyMap<string, Need>,
  key: string,
  reader: Resource<unknown, unknown, unknown>,
): boolean {
  const pending = needs.get(key);
  if (!pending || pending.resource === reader) return false;
  const writes = pending.scopes.flatMap((scope) => pending.resource.footprints(scope).writes);
  const reads = [...needs.values()]
    .filter((need) => need.resource === reader)
    .flatMap((need) => need.scopes.flatMap((scope) => reader.footprints(scope).reads));
  return overlap(writes, reads);
}
