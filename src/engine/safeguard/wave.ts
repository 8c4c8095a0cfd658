import { ERRORS, type ErrorCode } from '../../lib/error-table.ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Plan, Step } from '../../model/module.ts';
import type { Part, Reply } from '../../model/transport.ts';
import {
  type Aftermath,
  deadlineOf,
  type Fate,
  type Move,
  observeParts,
  readObserved,
  tollOf,
  worst,
} from '../apply.ts';
import { sending } from '../brought.ts';
import type { RunInput } from '../input.ts';
import { current, type Fold, refold } from '../fold.ts';
import type { Need } from '../planned.ts';
import { LOCK, readApplied } from '../script.ts';
import {
  armScript,
  ENTER,
  extendScript,
  folders,
  GONE,
  guardedStep,
  type WaveUndo,
} from './arm-script.ts';
import type { Guard } from './guard.ts';

/** A change of one resource under a safeguard: its part of the wave that is done now. */
export interface GuardedMove {
  readonly move: Move;
  readonly steps: readonly Step[];
  /** Number of its first step in the undo of the wave. */
  readonly from: number;
}

/** All changes of a wave under a safeguard, with the undo the host gets before the first of them. */
export interface GuardedWave {
  readonly moves: readonly GuardedMove[];
  readonly undo: WaveUndo;
}

/**
 * What of a wave is done before the proof: everything but steps that only write down what runs already. Nothing when
 * there is no such step. Throws REFUSED when a step cannot be taken back.
 */
export function guardedWave(
  guard: Guard,
  moves: readonly Move[],
  which: (step: Step) => boolean = (step) => step.late !== true,
): GuardedWave | undefined {
  const chosen: GuardedMove[] = [];
  let from = 1;
  for (const move of moves) {
    if (move.plan instanceof OrchError) break;
    const steps = move.plan.steps.filter(which);
    if (steps.length === 0) continue;
    chosen.push({ move, steps, from });
    from += steps.length;
  }
  if (chosen.length === 0) return undefined;
  return { moves: chosen, undo: guard.next(chosen.flatMap(({ steps }) => steps)) };
}

/** The trip of a guarded wave: the undo first, then the changes, then a look at everything. */
export function guardedParts(
  guard: Guard,
  { moves, undo }: GuardedWave,
  needs: ReadonlyMap<string, Need>,
  input: Pick<RunInput, 'bytesOf'>,
): readonly Part[] {
  const parts: Part[] = [armPart(guard, undo)];
  for (const one of moves) {
    const brought = one.steps.map(({ brings }) => brings);
    parts.push({
      script: guardedScript(guard, one, undo.wave),
      ...sending(brought, input, deadlineOf(one)),
      needs: parts.map((_, i) => i),
    });
  }
  return [...parts, ...observeParts(needs)];
}

const ARM_DEADLINE = 60_000;

/** Arms the undo, or tells the host of one more wave and gives it the whole time anew. */
export function armPart(guard: Guard, undo: WaveUndo): Part {
  const { id, place, about, settings } = guard;
  const arming = { id, place, about, seconds: settings.seconds, undo };
  return {
    script: guard.armed ? extendScript(arming) : armScript(arming),
    deadline: ARM_DEADLINE,
  };
}

/** An action that was begun is noted, so that only then it is taken back; its output and status stay its own. */
export function actionPart(guard: Guard, part: Part, wave: number, number: number): Part {
  const mark = `w${wave} ${number}`;
  const script = lines([
    folders(guard.place, guard.id),
    ENTER,
    sh`echo ${mark} >>"$G/begun"; [ ! -d "$P" ] || echo ${mark} >>"$P/begun"`,
    raw(`(\n${part.script.text}\n)\nr=$?; : >"$G/busy"; exit $r`),
  ]);
  return { ...part, script, needs: [0] };
}

function guardedScript(guard: Guard, { move, steps, from }: GuardedMove, wave: number): Shell {
  const plan = move.plan as Plan;
  const check = plan.guard
    ? [raw(`(\n${plan.guard.text}\n) >&2 8>&-\nr=$?; [ $r -eq 0 ] || exit $r`)]
    : [];
  return lines([
    raw(LOCK),
    folders(guard.place, guard.id),
    ...check,
    ...steps.map((step, i) => guardedStep(wave, from + i, step)),
    raw('exit 0'),
  ]);
}

/** How arming ended: done, or why nothing was changed. */
export type Armed =
  | {
      readonly kind: 'armed';
      /** What lasts would not be taken back at boot: the host has no init for that. */
      readonly unhooked: boolean;
    }
  /** The host took everything back meanwhile. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly error: OrchError };

/** Reads the reply to `armPart`. */
export function readArmed(reply: Reply | undefined, guard: Guard): Armed {
  if (reply?.exit === 0)
    return { kind: 'armed', unhooked: /^unhooked$/m.test(reply.stdout.toString('utf8')) };
  if (reply?.exit === GONE) return { kind: 'gone' };
  const said = reply?.stderr.toString('utf8').trim() ?? '';
  const own = /^([A-Z_]+): (.+)$/.exec(said.split('\n').at(-1) ?? '');
  const code = own?.[1];
  const error =
    code !== undefined && isCode(code)
      ? new OrchError(code, own?.[2] ?? said, { source: guard.source })
      : new OrchError(
          'SAFEGUARD_FAILED',
          `the host could not be told how to take the change back, so nothing was changed${said ? `: ${said}` : ''}`,
          { source: guard.source, stderr: said },
        );
  return { kind: 'failed', error };
}

const isCode = (word: string): word is ErrorCode => Object.hasOwn(ERRORS, word);

/** What became of a guarded wave. */
export interface GuardedEnd extends Aftermath {
  readonly armed: Armed;
}

/**
 * Reads the reply to `guardedParts`. What is proved here is that nothing is left to do but what waits; a resource that
 * has changed under the plan counts as failed, for looking again would lose track of what can be taken back.
 */
export function readGuarded(
  guard: Guard,
  all: readonly Move[],
  wave: GuardedWave,
  needs: ReadonlyMap<string, Need>,
  replies: readonly Reply[],
): GuardedEnd {
  const armed = readArmed(replies[0], guard);
  const sent = wave.moves.length + 1;
  const seen = readObserved(needs, replies.slice(sent));
  const fates = new Map<string, Fate>();
  let stopped = armed.kind !== 'armed';
  for (const [i, { move, steps }] of wave.moves.entries()) {
    const unarmed = i === 0 ? unarmedFate(armed) : undefined;
    const fate = stopped
      ? (unarmed ?? NOT_RUN)
      : fateOf(move, steps, replies[i + 1], seen.get(move.key));
    fates.set(move.key, fate);
    stopped ||= fate.kind !== 'done';
  }
  for (const move of all) {
    if (fates.has(move.key)) continue;
    if (move.plan instanceof OrchError) fates.set(move.key, { kind: 'failed', error: move.plan });
    else fates.set(move.key, stopped ? NOT_RUN : doneFate(move));
  }
  return { armed, fates, seen, refused: [] };
}

const NOT_RUN: Fate = { kind: 'not-run' };

/** A change of which everything waits: nothing is sent, and it counts as done. */
export const doneFate = (move: Move): Extract<Fate, { kind: 'done' }> => ({
  kind: 'done',
  disruption: move.plan instanceof OrchError ? 'none' : worst(move.plan),
  fold: move.fold,
});

function unarmedFate(armed: Armed): Fate | undefined {
  if (armed.kind === 'failed') return { kind: 'failed', error: armed.error };
  return armed.kind === 'gone' ? { kind: 'failed', error: undoneMeanwhile() } : undefined;
}

/** The host ran out of time while the run was still at work. */
export const undoneMeanwhile = (): OrchError =>
  new OrchError(
    'ROLLED_BACK',
    'the time of the safeguard ran out while the run was still at work: the host took the change back',
    { hint: 'Give it more time: safeguard: 120s.' },
  );

function fateOf(
  move: Move,
  steps: readonly Step[],
  reply: Reply | undefined,
  shown: Fold | OrchError | undefined,
): Fate {
  if (!reply) return { kind: 'not-run' };
  if (reply.exit === GONE) return { kind: 'failed', error: undoneMeanwhile() };
  const applied = readApplied(reply, { steps }, 'the safeguard takes back what was done');
  if (applied.kind === 'refused') {
    const error = new OrchError(
      'CHANGED_UNDERNEATH',
      `${move.fold.resource.name} was changed by someone else between looking and changing; the safeguard takes back what was done`,
    );
    return { kind: 'failed', error };
  }
  if (applied.kind === 'failed') return { kind: 'failed', error: applied.error };
  const left = leftOf(move, shown);
  if (left === undefined) {
    const toll = shown && !(shown instanceof OrchError) ? tollOf(move, shown) : [];
    return { ...doneFate(move), toll };
  }
  return { kind: 'failed', error: new OrchError('NOT_CONVERGED', left) };
}

/** What the host does not show although its step succeeded: everything still to do that does not wait. */
function leftOf({ fold }: Move, shown: Fold | OrchError | undefined): string | undefined {
  if (!shown || shown instanceof OrchError) {
    return `the change was made, but the host could not be read afterwards${shown ? `: ${shown.message}` : ''}`;
  }
  const rest = restOf(refold({ ...shown, steps: [] }, fold.steps), shown);
  // Tasks that depend on their order want more when they are asked again: what was meant decides then.
  if (rest.length === 0 || restOf(fold, shown).length === 0) return undefined;
  return `all steps succeeded, yet there is still to do: ${rest.join('; ')}`;
}

/** Names of the steps from what is shown to what the tasks want, those left out that may wait. */
function restOf(fold: Fold, shown: Fold): readonly string[] {
  try {
    const { steps } = fold.resource.plan(shown.seen, current(fold));
    return steps.filter(({ late }) => !late).map(({ name }) => name);
  } catch (error) {
    if (error instanceof OrchError) return [error.message];
    throw error;
  }
}
