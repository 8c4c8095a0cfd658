import { OrchError } from '../lib/errors.ts';
import type { Outcome } from '../model/event.ts';
import { noteUnapplied } from './doubts.ts';
import { unmade } from './fold.ts';
import { footprintsOf, overlap } from './footprints.ts';
import * as outcome from './outcome.ts';
import { heldIn, type Desk, type Planned, type PlannedPart } from './planned.ts';

/** A change that is not there to be seen in check mode. */
interface Unmade {
  readonly tasks: readonly string[];
  readonly writes: readonly string[];
}

/**
 * Check mode: a task planned over what the host shows, where an earlier task would have altered that under another name or
 * through another module. The forecast says so; that nothing would change is not said of the very thing that is altered.
 */
export function assuming(desk: Desk, planned: Planned, known: readonly string[]): Planned {
  if (!desk.check) return planned;
  const parts = planned.parts.map((part) => {
    const unmade = unmadeBefore(desk, part);
    const unseen = [...new Set([...known, ...unmade.flatMap(({ tasks }) => tasks)])];
    if (unseen.length === 0) return part;
    const by = part.outcome.kind === 'ok' ? altered(desk, part, unmade) : undefined;
    if (by === undefined) return { ...part, outcome: warned(part.outcome, unseen) };
    doubt(desk, part);
    return { ...part, outcome: unforeseen(by) };
  });
  return { ...planned, parts };
}

const warned = (o: Outcome, unseen: readonly string[]): Outcome => ({
  ...o,
  warnings: [...o.warnings, `foreseen without the effect of: ${unseen.join(', ')}`],
});

const unforeseen = (task: string): Outcome =>
  outcome.unknown(`"${task}" before it, which would change this, is not done in check mode`);

/** It may change what it looked at, after all. */
function doubt(desk: Desk, { key = '', folded }: PlannedPart): void {
  const need = desk.needs.get(key);
  if (!need || !folded) return;
  noteUnapplied(desk.doubts, folded.task, footprintsOf(need, desk.folds.get(key)).writes);
}

/** Changes before this part, of this wave and of earlier ones, that its own fold does not hold and its look would show. */
function unmadeBefore(desk: Desk, part: PlannedPart): readonly Unmade[] {
  const reads = readsOf(desk, part);
  if (reads.length === 0) return [];
  const held = heldIn(desk.folds, part.key);
  return [...foreseenElsewhere(desk, part.key), ...earlier(desk)].flatMap(({ tasks, writes }) => {
    const others = tasks.filter((task) => !held.includes(task));
    return others.length > 0 && overlap(writes, reads) ? [{ tasks: others, writes }] : [];
  });
}

const readsOf = ({ needs, folds }: Desk, { key = '' }: PlannedPart): readonly string[] => {
  const need = needs.get(key);
  return need ? footprintsOf(need, folds.get(key)).reads : [];
};

const foreseenElsewhere = ({ folds, needs }: Desk, mine: string | undefined): readonly Unmade[] =>
  [...folds].flatMap(([key, fold]) => {
    const need = needs.get(key);
    if (key === mine || !need || fold instanceof OrchError) return [];
    const tasks = unmade(fold);
    return tasks.length === 0 ? [] : [{ tasks, writes: precise(footprintsOf(need, fold).writes) }];
  });

const earlier = ({ doubts }: Desk): readonly Unmade[] =>
  [...doubts.unapplied].flatMap(([task, writes]) =>
    writes === 'anything' ? [] : [{ tasks: [task], writes: precise(writes) }],
  );

/** What may write anywhere, such as a package, is not said to write here. */
const precise = (writes: readonly string[]): readonly string[] =>
  writes.filter((key) => !key.endsWith(':/'));

/** The task that alters the very thing that was looked at, not only something near it. */
function altered(desk: Desk, part: PlannedPart, unmade: readonly Unmade[]): string | undefined {
  const reads = new Set(readsOf(desk, part).map(itself));
  return unmade.find(({ writes }) => writes.some((key) => reads.has(itself(key))))?.tasks.at(-1);
}

/** `file:/a/.` and `file:/a` are the same thing. */
const itself = (key: string): string => key.replace(/\/\.$/, '');
