import { OrchError } from '../lib/errors.ts';
import { type Fold, netOf, stepsToMake, unmade } from './fold.ts';
import { footprintsOf, overlap } from './footprints.ts';
import type { Desk, Observations, Planned } from './planned.ts';

/** Folds that are in the way of a task that was just planned, as the names of the tasks that changed them. */
export interface Crowd {
  /** A write must be made before this task: it, or one before it over the same thing, wants a write of its own. */
  readonly apart: boolean;
  /** Tasks over other things of the same resource that this task would have to see made. */
  readonly unseen: readonly string[];
}

/** What stands in the way of folding a task into the writes that were pending before it. */
export function crowdOf(desk: Desk, before: Observations, planned: Planned): Crowd {
  const keys = new Set(planned.parts.flatMap(({ key }) => key ?? []));
  const all = [...before].flatMap(([key, fold]) =>
    fold instanceof OrchError ? [] : [{ key, fold }],
  );
  const same = all.filter(({ key, fold }) => keys.has(key) && isPending(fold));
  const matters = changes(planned) || planned.parts.some((part) => part.outcome.kind === 'failed');
  const wantsOwn =
    matters && same.length > 0 && (isApart(planned) || same.some(({ fold }) => isLone(fold)));
  const unseen = all
    .filter(({ key, fold }) => [...keys].some((mine) => meets(desk, key, fold, mine)))
    .flatMap(({ fold }) => unmade(fold));
  return { apart: wantsOwn, unseen };
}

/** Most folds hold no change at all: comparing whole states is for the others. */
const isPending = (fold: Fold): boolean =>
  stepsToMake(fold).some((s) => s.changes.length > 0) && netOf(fold).length > 0;

const changes = ({ parts }: Planned): boolean =>
  parts.some(({ folded }) => folded !== undefined && folded.changes.length > 0);

/** Whether a task wants its change to be a write of its own. */
const isApart = ({ parts }: Planned): boolean =>
  parts.some(({ folded }) => folded?.module.apart?.(folded.params) ?? false);

const isLone = (fold: Fold): boolean =>
  stepsToMake(fold).some((s) => s.changes.length > 0 && (s.module.apart?.(s.params) ?? false));

/** Whether a pending change of one thing alters what another thing of the same resource shows, or the same one under another name. */
function meets(desk: Desk, key: string, fold: Fold, mine: string): boolean {
  const [theirs, ours] = [desk.needs.get(key), desk.needs.get(mine)];
  if (!theirs || !ours || ours.resource !== fold.resource) return false;
  if (key === mine) return footprintsOf(ours, fold).tangled === true;
  return overlap(footprintsOf(theirs, fold).writes, footprintsOf(ours, desk.folds.get(mine)).reads);
}
