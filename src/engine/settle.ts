import type { Outcome } from '../model/event.ts';
import { OrchError } from '../lib/errors.ts';
import type { Result } from '../model/module.ts';
import { type Fate, type Move, reasonOf, worst } from './apply.ts';
import { Unknown } from '../model/value.ts';
import { opposite, surviving } from './diff.ts';
import { type Fold, type Folded, netOf, stepsToMake } from './fold.ts';
import { judged } from './judge.ts';
import { together } from './together.ts';
import * as outcome from './outcome.ts';
import type { Planned, PlannedPart, WavePlan } from './planned.ts';

/** A task with its final outcome on one host. */
export interface Settled {
  readonly planned: Planned;
  readonly outcome: Outcome;
}

/**
 * The final outcomes of planned tasks, given what became of each resource's change. Tasks behind a
 * failure are left out, unless their change was made in the same trip. A combined write that failed is told by the
 * first task that wanted it.
 */
export function settle(
  plan: WavePlan,
  fates: ReadonlyMap<string, Fate>,
  earlier: Earlier = new Map(),
): readonly Settled[] {
  const ends: Ends = { fates, plan, earlier };
  const settled: Settled[] = [];
  let stopped = false;
  for (const one of plan.planned) {
    const parts = one.parts.map((part) => settlePart(one, part, ends));
    const failed = parts.some((part) => part !== 'not-run' && part.kind === 'failed');
    if (parts.includes('not-run') && !failed) {
      stopped = true;
      continue;
    }
    const outcomes = parts.map((part) => (part === 'not-run' ? NOT_RUN : part));
    // A combined write that failed is told once: by the first task that wanted it.
    if (stopped && !one.parts.some((part) => wasMade(part, fates))) continue;
    const whole = together(one, outcomes);
    settled.push({ planned: one, outcome: whole });
    stopped ||= whole.kind === 'failed' && !whole.ignored;
  }
  return settled;
}

const wasMade = ({ folded, key }: PlannedPart, fates: ReadonlyMap<string, Fate>): boolean =>
  folded !== undefined &&
  folded.changes.length > 0 &&
  key !== undefined &&
  fates.get(key)?.kind !== 'failed';

const NOT_RUN = outcome.skipped('not run: another item failed before');

interface Ends {
  readonly fates: ReadonlyMap<string, Fate>;
  readonly plan: WavePlan;
  readonly earlier: Earlier;
}

/** Changes that an attempt before this one already made and proved, by task id and item. */
export type Earlier = ReadonlyMap<string, Outcome>;

/** Names one part of a task among all parts of a wave. */
export const partId = (planned: Planned, part: PlannedPart): string =>
  `${planned.task.id} ${planned.parts.indexOf(part)}`;

function settlePart(
  planned: Planned,
  part: PlannedPart,
  { fates, plan, earlier }: Ends,
): Outcome | 'not-run' {
  const { folded, key } = part;
  const before = earlier.get(partId(planned, part));
  if (before && part.outcome.kind === 'ok') return before;
  if (!folded || key === undefined || folded.changes.length === 0) return part.outcome;
  const fate = fates.get(key);
  // No fate: the tasks together leave the resource as it was, so nothing was sent.
  const fold = plan.folds.get(key);
  if (!fate)
    return fold && !(fold instanceof OrchError) ? undone(part.outcome, fold, folded) : part.outcome;
  switch (fate.kind) {
    case 'not-run':
      return 'not-run';
    case 'failed':
      return failedPart(planned, part, withOthers(fate.error, plan, { planned, key }));
    case 'done': {
      if (part.outcome.kind === 'ok') return part.outcome;
      const changes = surviving(folded.changes, netOf(fate.fold));
      if (changes.length > 0) {
        const how = disturbs(fate.fold, folded);
        const toll = how.disruption === fate.disruption ? (fate.toll ?? []) : [];
        const warnings = [...part.outcome.warnings, ...toll];
        return learnt(
          { ...part.outcome, changes, warnings, ...how },
          planned,
          part,
          toldOf(fate, folded),
        );
      }
      return undone(part.outcome, fate.fold, folded);
    }
  }
}

/** An outcome with what was learnt, as changed_when and failed_when see it now. */
function learnt(
  o: Outcome,
  { task }: Planned,
  { scope }: PlannedPart,
  told: Result['data'],
): Outcome {
  const whole = { ...o, data: { ...o.data, ...told } };
  return Object.keys(told).length === 0 ? o : judged(task, whole, scope);
}

/** What a module learns when its change was made and seen. */
const toldOf = (
  { shown, said = '' }: Extract<Fate, { kind: 'done' }>,
  { module, params }: Folded,
): Result['data'] => (shown && module.told?.(shown.seen, params, said)) ?? {};

/** The error of a combined write, with the names of the tasks behind the one that tells it. */
function withOthers(
  error: OrchError,
  { planned: all }: WavePlan,
  { planned, key }: { readonly planned: Planned; readonly key: string },
): OrchError {
  const others = all
    .slice(all.indexOf(planned) + 1)
    .filter(({ parts }) => parts.some((part) => part.key === key && part.folded?.changes.length))
    .map(({ ref }) => `"${ref.name}"`);
  const { source } = planned.task;
  if (others.length === 0 || error.code !== 'STEP_FAILED') return error.at(source);
  const message = `${error.message}; the same write was to do what ${others.join(', ')} ${others.length === 1 ? 'wants' : 'want'}`;
  const { code, hint, stderr, cause } = error;
  return new OrchError(code, message, { source: error.source ?? source, hint, stderr, cause });
}

/** A write that failed, as ignore_errors and failed_when see it; where they cannot be evaluated, it just failed. */
function failedPart(
  { task }: Planned,
  { scope, outcome: { notes, warnings } }: PlannedPart,
  error: OrchError,
): Outcome {
  const failure = outcome.failed(error, { notes, warnings });
  try {
    return judged(task, failure, scope);
  } catch (cause) {
    if (cause instanceof OrchError) return failure;
    throw cause;
  }
}

/** Nothing of the change is left: a later task took it back, or it took back what an earlier one did. */
function undone(o: Outcome, fold: Fold, folded: Folded): Outcome {
  const was = undoneBy(o, fold, folded);
  return o.data ? { ...was, data: known(o.data) } : was;
}

/** What is not known yet of a change will never be, when nothing of it is left. */
const known = (data: NonNullable<Outcome['data']>): NonNullable<Outcome['data']> =>
  Object.fromEntries(Object.entries(data).filter(([, value]) => !(value instanceof Unknown)));

function undoneBy(o: Outcome, fold: Fold, folded: Folded): Outcome {
  const steps = stepsToMake(fold);
  const at = steps.indexOf(folded);
  const opposes = (step: Folded): boolean => opposite(step.changes, folded.changes);
  const later = steps.slice(at + 1).find(opposes)?.task;
  if (later !== undefined) return { ...o, kind: 'ok', changes: [], undoneBy: later };
  const earlier = steps.slice(0, Math.max(at, 0)).find(opposes)?.task ?? 'an earlier task';
  return { ...o, kind: 'ok', changes: [], message: `takes back what "${earlier}" would do` };
}

/** How the change of one task alone disturbs; of the whole write, where it cannot be planned alone. */
function disturbs(
  { resource, seen }: Fold,
  { before, after }: Folded,
): Pick<Outcome, 'disruption' | 'disruptionReason'> {
  try {
    const plan = resource.plan({ state: before, facts: seen.facts }, after);
    const reason = reasonOf(plan);
    return {
      disruption: worst(plan),
      ...(reason === undefined ? {} : { disruptionReason: reason }),
    };
  } catch (error) {
    if (error instanceof OrchError) return { disruption: 'none' };
    throw error;
  }
}

/** In check mode nothing is sent: every change would be made, unless its plan is refused. */
export function foreseenFates(moves: readonly Move[]): ReadonlyMap<string, Fate> {
  const refused = moves.findIndex(({ plan }) => plan instanceof OrchError);
  return new Map(
    moves.map(({ key, fold, plan }, i): [string, Fate] => {
      if (plan instanceof OrchError) return [key, { kind: 'failed', error: plan }];
      if (refused !== -1 && i > refused) return [key, { kind: 'not-run' }];
      return [key, { kind: 'done', disruption: worst(plan), fold }];
    }),
  );
}
