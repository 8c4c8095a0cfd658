import { OrchError } from '../lib/errors.ts';
import type { Footprints, Resource } from '../model/module.ts';
import type { Fold } from './fold.ts';
import type { Need, Observations } from './planned.ts';

/** Whether two lists of footprints meet. A key `kind:/path` covers what lies below it, at segment borders. */
export const overlap = (a: readonly string[], b: readonly string[]): boolean =>
  a.some((x) => b.some((y) => covers(x, y) || covers(y, x)));

const covers = (outer: string, inner: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);

/** What is read and written for a need, under every name that the host was seen to have for it. */
export function footprintsOf(
  { resource, scopes }: Need,
  fold: Fold | OrchError | undefined,
): Footprints {
  const seen = fold instanceof OrchError ? undefined : fold?.seen;
  const all = scopes.map((scope) => resource.footprints(scope, seen));
  return {
    reads: all.flatMap(({ reads }) => reads),
    writes: all.flatMap(({ writes }) => writes),
    ...(all.some(({ tangled }) => tangled) ? { tangled: true } : {}),
  };
}

/** Whether a pending change of the resource `key` alters what another resource of the wave reads. */
export function touching(
  { needs, folds }: { needs: ReadonlyMap<string, Need>; folds: Observations },
  key: string,
  reader: Resource<unknown, unknown, unknown>,
): boolean {
  const pending = needs.get(key);
  if (!pending || pending.resource === reader) return false;
  const { writes } = footprintsOf(pending, folds.get(key));
  const reads = [...needs]
    .filter(([, need]) => need.resource === reader)
    .flatMap(([other, need]) => footprintsOf(need, folds.get(other)).reads);
  return overlap(writes, reads);
}
