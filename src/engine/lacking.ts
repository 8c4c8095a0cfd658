import { OrchError } from '../lib/errors.ts';
import { Refusal } from '../model/module.ts';
import type { Requirement } from '../model/requirement.ts';
import { current, type Fold, netOf } from './fold.ts';
import { footprintsOf, overlap } from './footprints.ts';
import type { Desk } from './planned.ts';

/** What a change lacks, and what is taken for granted because an earlier task may bring it. */
export interface Lacking {
  readonly refusal?: Refusal;
  readonly warnings: readonly string[];
}

/** Whether all that a change of a fold needs is there by then: it was seen, or tasks before it make it. */
export function lacking(
  desk: Desk,
  key: string,
  fold: Fold,
  { before, after }: { readonly before: unknown; readonly after: unknown },
): Lacking {
  const needed = fold.resource.requires?.({ state: before, facts: fold.seen.facts }, after) ?? [];
  const open = needed.filter((one) => !isHeld(desk, one));
  const warnings: string[] = [];
  for (const one of open) {
    const task = mayBring(desk, key, one);
    if (task === undefined) return { refusal: new Refusal(one.message, one), warnings: [] };
    // Before a run it is either there by then, or told by the host.
    if (desk.check) warnings.push(`foreseen as if "${task}" brings ${nameOf(one)}`);
  }
  return { warnings };
}

const nameOf = ({ keys: [key = ''] }: Requirement): string => key.slice(key.indexOf(':') + 1);

/** Whether a task before this one certainly makes it. */
const isHeld = ({ folds, doubts }: Desk, { keys }: Requirement): boolean =>
  keys.some((key) => doubts.held.has(key)) ||
  [...folds.values()].some(
    (fold) =>
      !(fold instanceof OrchError) &&
      fold.resource.holds?.(current(fold)).some((held) => keys.includes(held)),
  );

/** A task before this one that may make it. */
function mayBring({ folds, needs, doubts }: Desk, mine: string, { keys }: Requirement) {
  for (const [task, writes] of doubts.unapplied)
    if (writes === 'anything' || overlap(writes, keys)) return task;
  for (const [key, fold] of folds) {
    const need = needs.get(key);
    if (key === mine || !need || fold instanceof OrchError || netOf(fold).length === 0) continue;
    if (overlap(footprintsOf(need, fold).writes, keys)) return fold.steps.at(-1)?.task;
  }
  for (const [, steps] of doubts.steps)
    for (const { module, after, task } of steps)
      if (module.resource.holds?.(after).some((held) => keys.includes(held))) return task;
  return [...doubts.wild.values()][0];
}
