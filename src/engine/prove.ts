import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import type { Reply } from '../model/transport.ts';
import {
  type Fate,
  type Move,
  type Aftermath,
  applyParts,
  movesOf,
  observeParts,
  readAftermath,
  readObserved,
} from './apply.ts';
import { noDoubts, noteUnapplied } from './doubts.ts';
import { beginning, hides, Notes, reached } from './restore/note.ts';
import { asFailed, asMade, current, type Fold, refold, seenBefore, stepsToMake } from './fold.ts';
import { footprintsOf } from './footprints.ts';
import type { RunInput } from './input.ts';
import { limited } from './limits.ts';
import { Waited } from './lease.ts';
import type { Kept } from './kept.ts';
import type { Planning } from './plan-wave.ts';
import { policed } from './policed.ts';
import type { Desk, Early, Need, Observations, Planned, WavePlan } from './planned.ts';
import type { Way } from './way.ts';
import { guardedChange } from './safeguard/change.ts';
import type { Guard } from './safeguard/guard.ts';
import { heardRecords, recordsPart } from './safeguard/records.ts';
import { type Settled, foreseenFates, partId, settle } from './settle.ts';
import type { Spot, World } from './stage.ts';

/** A question to one machine: what has to be answered, and how it is reached. */
export interface Asked {
  readonly needs: ReadonlyMap<string, Need>;
  /** Arguments that were worked out for it, by the position of their task. */
  readonly early: ReadonlyMap<string, Early>;
  readonly way: Way | undefined;
}

/** What came of a stretch of tasks: their outcomes, and what the host shows now. */
export interface Proved {
  readonly settled: readonly Settled[];
  readonly plan: WavePlan;
  readonly seen: Observations;
  /** It stopped where other hosts have to be waited for. */
  readonly behind: boolean;
  /** Something was sent that may have changed the host. */
  readonly sent: boolean;
  /** What the host was given before it began, for those that did not come to their turn. */
  readonly kept: Kept;
}

/** What a stretch needs from around. */
export interface Around {
  readonly spot: Omit<Spot, 'at'>;
  /** Plans as far as the observation reaches. */
  plan(desk: Desk): Planning;
  /** Waits until changes may be made: this is where hosts are kept in step. */
  turn(plan: WavePlan): Promise<void>;
}

/** One trip that answers all a wave wants to know; in check mode with what was foreseen before. */
export async function observe(
  { needs, way }: Asked,
  world: World,
  guard?: Guard,
): Promise<Observations> {
  if (needs.size === 0 || !way) return new Map();
  const { machine, identity } = way;
  const { check } = world.input.options;
  const parts = observeParts(needs);
  const records = recordsPart(world, machine, identity);
  const all = records ? [...parts, records] : parts;
  const ask = (): Promise<readonly Reply[]> =>
    machine.trip({ purpose: 'observe', parts: all, identity });
  let replies = await ask();
  if (records && (await heardRecords(world, machine, identity, replies[parts.length])))
    replies = await ask();
  const folds = readObserved(needs, replies);
  if (!way.check) return guard?.over(folds) ?? folds;
  if (!check) return folds;
  for (const [key, fold] of folds) {
    if (fold instanceof OrchError) continue;
    folds.set(key, asMade(refold(fold, machine.foreseen.get(key) ?? [])));
  }
  return folds;
}

/**
 * Plans over what was observed, makes the changes in one more trip and proves them; a host that was changed by
 * somebody else in between is looked at and planned once more. In check mode nothing is sent.
 */
export async function prove(around: Around, asked: Asked, first: Observations): Promise<Proved> {
  const { stage, run } = around.spot;
  const { needs, early, way } = asked;
  const dry = stage.input.options.check;
  const check = way ? way.check : dry;
  const kept = run.kept.copy();
  const earlier = new Map<string, Outcome>();
  let folds = first;
  try {
    for (let attempt = 1; ; attempt++) {
      run.kept = kept.copy();
      const doubts = dry && way ? way.machine.doubts : noDoubts();
      const desk = { ...around.spot, folds: new Map(folds), needs, early, check, doubts };
      const { plan, behind } = around.plan(desk);
      const wanted = policed(around.spot, way?.machine.host, movesOf(plan.folds), plan);
      const moves = limited(stage.world, wanted, plan);
      const done = { plan, behind, kept };
      if (check || moves.every((move) => move.plan instanceof OrchError)) {
        const fates = foreseenFates(moves);
        if (check) remember(asked, dry, plan, fates);
        if (dry && way?.idle !== true) exposes(around, asked, moves, plan, plan.folds);
        const settled = settle(plan, fates, earlier);
        return { ...done, settled, seen: check ? foreseenBy(plan, fates) : folds, sent: false };
      }
      await around.turn(plan);
      const end = await unlessHeld(moves, async () =>
        run.guard
          ? guardedChange(stage.input, hiding(run.guard, moves, plan), asked, moves, plan.folds)
          : change(stage.input, asked, moves, plan),
      );
      if (end === 'waited') {
        run.guard?.startAnew();
        folds = await observe(asked, stage.world, run.guard);
        attempt--;
        continue;
      }
      if ('seen' in end) exposes(around, asked, moves, plan, end.seen);
      if (!('refused' in end))
        return { ...done, seen: folds, ...end, settled: settle(plan, end.fates, earlier) };
      const after = end;
      if (after.refused.length > 0 && attempt === 1) {
        rememberDone(plan, after.fates, earlier);
        folds = after.seen;
        continue;
      }
      return { ...done, settled: settle(plan, after.fates, earlier), seen: after.seen, sent: true };
    }
  } catch (error) {
    run.kept = kept;
    throw error;
  }
}

/** What the changes did, or would do, to who reaches the host; what a task hides is not told. */
function exposes(
  { spot }: Around,
  { way }: Asked,
  moves: readonly Move[],
  plan: WavePlan,
  now: Observations,
): void {
  const told = moves.filter(({ key }) => !hides(plan, key));
  if (way) spot.stage.world.exposed.note(way.machine.host, told, now);
}

/** Check mode: later waves see what this one would have changed, and what of it they cannot see; what no run makes they do not. */
function remember(
  { needs, way }: Asked,
  dry: boolean,
  plan: WavePlan,
  fates: ReadonlyMap<string, Fate>,
): void {
  if (!way || !dry || way.idle) return;
  const { foreseen, doubts } = way.machine;
  for (const [key, fold] of foreseenBy(plan, fates))
    if (!(fold instanceof OrchError)) foreseen.set(key, fold.steps);
  for (const [key, fold] of plan.folds) {
    const need = needs.get(key);
    if (fold instanceof OrchError || !need || fates.get(key)?.kind !== 'done') continue;
    const changing = stepsToMake(fold).filter(({ changes }) => changes.length > 0);
    const { writes } = footprintsOf(need, fold);
    for (const { task } of changing) noteUnapplied(doubts, task, writes);
    for (const gone of fold.resource.holds?.(seenBefore(fold).state) ?? [])
      doubts.held.delete(gone);
    for (const held of fold.resource.holds?.(current(fold)) ?? []) doubts.held.add(held);
  }
}

/** Check mode: what a host would show behind a write, and where the write would fail. */
const foreseenBy = (plan: WavePlan, fates: ReadonlyMap<string, Fate>): Observations =>
  new Map(
    [...plan.folds].map(([key, fold]): [string, Fold | OrchError] => {
      if (fold instanceof OrchError) return [key, fold];
      const fate = fates.get(key);
      return [key, fate && fate.kind !== 'done' ? asFailed(fold) : asMade(fold)];
    }),
  );

/** What becomes of changes when another run has the host: they fail, or it was waited for. */
async function unlessHeld<T>(
  moves: readonly Move[],
  send: () => Promise<T>,
): Promise<T | 'waited' | { readonly fates: ReadonlyMap<string, Fate>; readonly sent: false }> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof Waited) return 'waited';
    if (!(error instanceof OrchError) || error.code !== 'LEASE_HELD') throw error;
    const fates = moves.map(({ key }, i): [string, Fate] => [
      key,
      i === 0 ? { kind: 'failed', error } : { kind: 'not-run' },
    ]);
    return { fates: new Map(fates), sent: false };
  }
}

/** The trip that changes. */
async function change(
  input: RunInput,
  { needs, way }: Asked,
  moves: readonly Move[],
  plan: WavePlan,
): Promise<Aftermath> {
  if (!way) throw new OrchError('INTERNAL', 'there is a change and no machine to make it on');
  const { machine, identity } = way;
  machine.version++;
  const notes = new Notes(input, reached(machine, identity));
  const parts = applyParts(moves, needs, input);
  notes.begin(beginning(moves, needs, plan));
  try {
    const replies = await machine.trip({ purpose: 'apply', parts, identity, changes: true });
    const after = readAftermath(moves, needs, replies);
    notes.end(after.seen, after.fates, after.refused);
    return after;
  } catch (error) {
    if (unsent(error)) notes.cancel();
    if (!(error instanceof OrchError) || error.code !== 'LINE_BROKEN') throw error;
    const names = plan.planned
      .filter((p) => p.parts.some((part) => part.folded?.changes.length))
      .map((p) => p.ref.name);
    throw new OrchError(
      'LINE_BROKEN',
      `${error.message}; these changes may or may not have been made: ${names.join(', ')}`,
      { cause: error, hint: error.hint },
    );
  }
}

/** Nothing was sent while another run held the host, or the run was interrupted. */
const unsent = (error: unknown): boolean =>
  error instanceof Waited ||
  (error instanceof OrchError && ['LEASE_HELD', 'INTERRUPTED'].includes(error.code));

/** A safeguard notes whose changes are not to be told. */
function hiding(guard: Guard, moves: readonly Move[], plan: WavePlan): Guard {
  for (const { key } of moves) if (hides(plan, key)) guard.hidden.add(key);
  return guard;
}

/** Changes that were made although another resource's guard refused: the second attempt finds them done. */
function rememberDone(
  plan: WavePlan,
  fates: ReadonlyMap<string, Fate>,
  earlier: Map<string, Outcome>,
): void {
  const done = plan.planned.flatMap((planned: Planned) =>
    planned.parts.flatMap((part) =>
      part.key !== undefined && fates.get(part.key)?.kind === 'done' && part.folded?.changes.length
        ? [{ planned, part }]
        : [],
    ),
  );
  for (const { planned, part } of done) earlier.set(partId(planned, part), part.outcome);
}
