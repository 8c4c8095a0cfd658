import { OrchError } from '../../lib/errors.ts';
import type { Part, Reply } from '../../model/transport.ts';
import type { Move } from '../apply.ts';
import { current, missing } from '../fold.ts';
import type { Observations } from '../planned.ts';
import { confirmScript } from './end-script.ts';
import type { Guard } from './guard.ts';
import type { Clock, Line } from './line.ts';
import { GONE } from './arm-script.ts';
import { recordOf, rolledBack, takeBack, toError, unmake } from './take-back.ts';
import {
  armPart,
  type GuardedEnd,
  type GuardedWave,
  guardedParts,
  guardedWave,
  readArmed,
  readGuarded,
} from './wave.ts';

/** How a safeguard ended. */
export type Kept =
  /** Nothing was changed under it, or what was changed stays. */
  | { readonly kind: 'kept' }
  /** All is written down, and the host takes it back unless `orch confirm` comes in time. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'back'; readonly error: OrchError };

const KEPT: Kept = { kind: 'kept' };

/** Milliseconds between two tries to open a new connection. */
const PAUSE = 1000;
/** Milliseconds before the host's timer that are left for persisting and confirming. */
const RESERVE = 3000;

/**
 * Proves the way in: a new TCP connection, key exchange and login from here; the first command over it is the one that
 * confirms. Nothing when it is proved; else why not. Tried again while the host's time lasts.
 */
export async function prove(guard: Guard, line: Line, clock: Clock): Promise<string | undefined> {
  const late = lateLockout(guard);
  if (late !== undefined) return late;
  const until = clock.now() + Math.min(guard.settings.seconds * 1000 - RESERVE, 20_000);
  for (;;) {
    try {
      await line.renew();
      return undefined;
    } catch (error) {
      if (!(error instanceof OrchError)) throw error;
      if (clock.now() + PAUSE > until) return `no new connection could be made: ${error.message}`;
      await clock.wait(PAUSE);
    }
  }
}

/** A lock-out that strikes only at the next reload or reboot: no connection made now would show it. */
function lateLockout(guard: Guard): string | undefined {
  for (const [key, fold] of guard.latest) {
    const { resource, seen } = fold;
    const first = guard.first.get(key);
    const after = { state: current(fold), facts: seen.facts };
    const reach = first && resource.reach?.(first.seen.state, after, guard.sources);
    if (reach && reach.kind === 'lockout' && reach.late) return reach.sentence;
  }
  return undefined;
}

/**
 * One trip over the new connection: the undo of what waited, alive across a reboot; the steps; a look; and, when all of
 * that went well on the host, the confirmation. What was seen is judged here; whatever is wrong takes everything back.
 */
export async function keep(guard: Guard, line: Line, clock: Clock): Promise<Kept> {
  let sent = false;
  try {
    const moves = lateMoves(guard);
    const rest = undone(moves);
    if (rest !== undefined) return await back(guard, line, clock, rest);
    const wave = guardedWave(guard, moves, () => true);
    if (!wave && !guard.armed) return KEPT;
    const { manual } = guard.settings;
    const before = wave
      ? guardedParts(guard, wave, guard.needs, NOTHING_BROUGHT)
      : manual
        ? [armPart(guard, guard.next([]))]
        : [];
    const parts = manual ? before : [...before, confirmPart(guard, before)];
    sent = true;
    const replies = await line.trip(parts, guard.user);
    return await decided(guard, line, clock, { moves, wave, replies, at: before.length });
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    return await back(guard, line, clock, error.message, sent);
  }
}

/** What became of the trip that persists and confirms, judged by its replies. */
async function decided(
  guard: Guard,
  line: Line,
  clock: Clock,
  { moves, wave, replies, at }: Persisted,
): Promise<Kept> {
  const end = wave && readGuarded(guard, moves, wave, guard.needs, replies);
  if (wave && end?.armed.kind === 'armed') {
    guard.armed = true;
    guard.unhooked ||= end.armed.unhooked;
    guard.note(wave.undo);
  }
  const confirmed = replies[at];
  const failed = end && failureOf(end);
  if (guard.settings.manual) return left(guard, line, clock, { end, replies });
  if (confirmed?.exit === 0) {
    guard.armed = false;
    const why = failed ?? (end && unseen(guard, end.seen));
    return why === undefined ? KEPT : { kind: 'back', error: await unmake(guard, line, why) };
  }
  if (confirmed?.exit === GONE || end?.armed.kind === 'gone') return tooLate(guard, line, clock);
  return back(guard, line, clock, failed ?? `it could not be confirmed: ${saidBy(confirmed)}`);
}

/** What is left armed for a person to decide. */
async function left(
  guard: Guard,
  line: Line,
  clock: Clock,
  { end, replies }: { readonly end: GuardedEnd | undefined; readonly replies: readonly Reply[] },
): Promise<Kept> {
  const failed = end && (failureOf(end) ?? unseen(guard, end.seen));
  const why = failed ?? notArmed(guard, replies);
  return why === undefined ? { kind: 'waiting' } : back(guard, line, clock, why);
}

/** Why the host did not get the whole time anew. */
function notArmed(guard: Guard, replies: readonly Reply[]): string | undefined {
  const armed = readArmed(replies[0], guard);
  if (armed.kind === 'armed') return undefined;
  return armed.kind === 'gone' ? 'the time of the safeguard ran out' : armed.error.message;
}

interface Persisted {
  readonly moves: readonly Move[];
  readonly wave: GuardedWave | undefined;
  readonly replies: readonly Reply[];
  /** Which of the replies is that of the confirmation. */
  readonly at: number;
}

const confirmPart = (guard: Guard, before: readonly Part[]): Part => ({
  script: confirmScript(guard.place, guard.id),
  deadline: 60_000,
  needs: before.map((_, i) => i),
});

/** What waits for the proof only writes down what runs already; none of it is too large for a script. */
const NOTHING_BROUGHT = {
  bytesOf: (): never => {
    throw new OrchError('INTERNAL', 'a step that waits for the proof brings a file');
  },
};

const lateMoves = (guard: Guard): readonly Move[] =>
  [...guard.latest].map(([key, fold]) => ({
    key,
    fold,
    plan: fold.resource.plan(fold.seen, current(fold)),
  }));

/** What should be done by now and is not: somebody else changed it back. */
function undone(moves: readonly Move[]): string | undefined {
  const rest = moves.flatMap(({ plan }) =>
    plan instanceof OrchError ? [] : plan.steps.filter(({ late }) => !late),
  );
  if (rest.length === 0) return undefined;
  return `the host no longer shows what was changed: ${rest.map(({ name }) => name).join('; ')}`;
}

function failureOf({ armed, fates }: GuardedEnd): string | undefined {
  if (armed.kind === 'failed') return armed.error.message;
  for (const fate of fates.values()) if (fate.kind === 'failed') return fate.error.message;
  return undefined;
}

/** What was written down and is not shown. */
function unseen(guard: Guard, seen: Observations): string | undefined {
  const left = [...guard.latest].flatMap(([key, fold]) => {
    const now = seen.get(key);
    return !now || now instanceof OrchError
      ? [`${key} could not be read`]
      : missing(fold, now.seen);
  });
  return left.length === 0 ? undefined : `the host does not show: ${left.join('; ')}`;
}

const saidBy = (reply: Reply | undefined): string => {
  const said = reply?.stderr.toString('utf8').trim() ?? '';
  return said === '' ? 'no reply' : said;
};

async function back(
  guard: Guard,
  line: Line,
  clock: Clock,
  why: string,
  sent = false,
): Promise<Kept> {
  const error = await takeBack(guard, line, clock, why);
  // The confirmation got there although its reply did not: the host has everything, and no undo.
  if (sent && error === 'nothing to take back') return KEPT;
  return { kind: 'back', error: toError(guard, why, error) };
}

async function tooLate(guard: Guard, line: Line, clock: Clock): Promise<Kept> {
  const why = 'the confirmation came too late';
  const record = await recordOf(guard, line);
  if (record) return { kind: 'back', error: rolledBack(guard, why, record) };
  return back(guard, line, clock, why);
}
