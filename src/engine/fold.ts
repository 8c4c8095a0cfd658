import type { Change } from '../model/change.ts';
import type { Resource, Seen, StateModule } from '../model/module.ts';
import { Refusal } from '../model/module.ts';
import { showChange } from '../lib/show-change.ts';
import { diff } from './diff.ts';

type AnyState = StateModule<unknown, unknown, unknown, unknown>;
type AnySeen = Seen<unknown, unknown>;

/** One use of a module in a fold, and what it did to the predicted state. */
export interface Folded {
  readonly module: AnyState;
  readonly params: unknown;
  readonly before: unknown;
  readonly after: unknown;
  readonly changes: readonly Change[];
  /** Names the task, for "undone by". */
  readonly task: string;
}

/** One resource of one host: what was observed, and what the tasks so far would make of it. */
export interface Fold {
  readonly resource: Resource<unknown, unknown, unknown>;
  readonly seen: AnySeen;
  readonly steps: readonly Folded[];
  /** Check mode: how many of the steps a run would have written before it came here; left out: none. */
  readonly made?: number;
}

/** The state after all tasks folded so far. */
export const current = (fold: Fold): unknown => fold.steps.at(-1)?.after ?? fold.seen.state;

/** What a next task would see: the predicted state, the observed facts. */
export const seenNow = (fold: Fold): AnySeen => ({ state: current(fold), facts: fold.seen.facts });

/** What the host shows before the next write, as far as it is foreseen. */
export const seenBefore = (fold: Fold): AnySeen => ({
  state: fold.steps[(fold.made ?? 0) - 1]?.after ?? fold.seen.state,
  facts: fold.seen.facts,
});

/** The steps of the next write. */
export const stepsToMake = ({ steps, made = 0 }: Fold): readonly Folded[] => steps.slice(made);

/** What the next write has to change on the host. */
export const netOf = (fold: Fold): readonly Change[] => diff(seenBefore(fold).state, current(fold));

/** Tasks whose change is not on the host: not made yet, or in check mode only foreseen. */
export const unmade = ({ seen, steps }: Fold): readonly string[] => {
  const changing = steps.filter(({ changes }) => changes.length > 0);
  const last = changing.at(-1);
  return last && diff(seen.state, last.after).length > 0 ? changing.map(({ task }) => task) : [];
};

/** The fold behind a write that a run would make here. */
export const asMade = (fold: Fold): Fold => ({ ...fold, made: fold.steps.length });

/** The fold behind a write that fails: what it would have changed is not there. */
export const asFailed = (fold: Fold): Fold => ({
  ...fold,
  steps: fold.steps.slice(0, fold.made ?? 0),
});

/** Adds one task to a fold; a refusal leaves it as it was. */
export function foldTask(
  fold: Fold,
  module: AnyState,
  params: unknown,
  task: string,
): { readonly fold: Fold; readonly folded: Folded } | Refusal {
  const before = current(fold);
  const after = module.desired(seenNow(fold), params);
  if (after instanceof Refusal) return after;
  const folded: Folded = { module, params, before, after, changes: diff(before, after), task };
  return { fold: { ...fold, steps: [...fold.steps, folded] }, folded };
}

/** The same tasks over a newer observation; those that now refuse are left out. */
export function refold(fold: Fold, steps: readonly Folded[]): Fold {
  return steps.reduce((sofar, { module, params, task }) => {
    const next = foldTask(sofar, module, params, task);
    return next instanceof Refusal ? sofar : next.fold;
  }, fold);
}

/**
 * What is still missing when the tasks of a fold are asked again about what the host shows now, one line each.
 * Tasks may depend on their order (a port of the default zone, then another default zone): asked again, those
 * want more even of the state that was meant. That is not missing.
 */
export function missing(fold: Fold, shown: AnySeen): readonly string[] {
  const left = askedAgain(fold.steps, shown);
  if (left.length === 0) return left;
  const meant = new Set(askedAgain(fold.steps, { ...fold.seen, state: current(fold) }));
  return left.filter((line) => !meant.has(line));
}

function askedAgain(steps: readonly Folded[], shown: AnySeen): readonly string[] {
  let state = shown.state;
  const refused: string[] = [];
  for (const { module, params } of steps) {
    if (module.once?.(params)) continue;
    const next = module.desired({ state, facts: shown.facts }, params);
    if (next instanceof Refusal) refused.push(next.message);
    else state = next;
  }
  return [...refused, ...diff(shown.state, state).map(showChange)];
}
