import type { ErrorCode } from '../lib/error-table.ts';
import type { Outcome } from '../model/event.ts';
import type { Doubts } from './doubts.ts';
import { unmade } from './fold.ts';
import { overlap } from './footprints.ts';
import { OrchError } from '../lib/errors.ts';
import * as outcome from './outcome.ts';
import { heldIn, type Desk, type Planned } from './planned.ts';

/** What fails a task because something is not there: an earlier task may be about to bring it. */
const ABSENCE: ReadonlySet<ErrorCode> = new Set(['NOT_ON_HOST', 'TOOL_MISSING']);

/**
 * Check mode: a failure that would not happen if earlier tasks had been done is none. Nobody knows then what the task
 * would do; what is wrong whatever they do stays a failure.
 */
export function excused(desk: Desk, planned: Planned): Planned {
  const earlier = [...desk.doubts.unapplied.keys(), ...pendingTasks(desk)];
  if (!desk.check || earlier.length === 0) return planned;
  const parts = planned.parts.map((part) => {
    const { kind, fault, message = '' } = part.outcome;
    if (kind !== 'failed' || !fault || !ABSENCE.has(fault.code)) return part;
    // What tasks over the same thing would do is foreseen to the letter: they bring nothing else.
    const held = heldIn(desk.folds, part.key);
    const others = earlier.filter((task) => !held.includes(task));
    return others.length === 0 ? part : { ...part, outcome: later(message, others) };
  });
  return { ...planned, parts };
}

/** The same for an action that only looks: it was asked too early. */
export function excusedLook(o: Outcome, { unapplied }: Doubts): Outcome {
  if (o.kind !== 'failed' || unapplied.size === 0) return o;
  return later(o.message ?? 'it fails', [...unapplied.keys()]);
}

function later(message: string, earlier: readonly string[]): Outcome {
  const names = [...new Set(earlier)];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return outcome.unknown(
    `${message}; not done before it in check mode: ${names.slice(-3).join(', ')}${more}`,
  );
}

/** Tasks of the wave whose changes are not made yet. */
const pendingTasks = ({ folds }: Desk): readonly string[] =>
  [...folds.values()].flatMap((fold) => (fold instanceof OrchError ? [] : unmade(fold)));

/** The task before this one that would change what it looks at; nothing when none would, as far as that is told. */
export const staleBy = (doubts: Doubts | undefined, reads: readonly string[]): string | undefined =>
  [...(doubts?.unapplied ?? [])].find(
    ([, writes]) =>
      writes !== 'anything' &&
      // What may write anywhere, such as a package, is not said to write here.
      overlap(
        writes.filter((key) => !key.endsWith(':/')),
        reads,
      ),
  )?.[0];
