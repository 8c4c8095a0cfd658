import { OrchError } from '../../lib/errors.ts';
import type { Step } from '../../model/module.ts';
import type { Part, Reply } from '../../model/transport.ts';
import type { Fate, Move } from '../apply.ts';
import type { RunInput } from '../input.ts';
import { Waited } from '../lease.ts';
import type { Observations } from '../planned.ts';
import type { Asked } from '../prove.ts';
import type { Way } from '../way.ts';
import type { WaveUndo } from './arm-script.ts';
import type { Guard } from './guard.ts';
import {
  actionPart,
  armPart,
  doneFate,
  guardedParts,
  guardedWave,
  readArmed,
  readGuarded,
  undoneMeanwhile,
} from './wave.ts';

/** What came of the changes of a wave under a safeguard. */
export interface Changed {
  readonly fates: ReadonlyMap<string, Fate>;
  readonly seen: Observations;
  readonly sent: boolean;
}

/** Makes the changes of a wave, all but what waits for the proof, with the undo armed before the first of them. */
export async function guardedChange(
  input: RunInput,
  guard: Guard,
  { needs, way }: Asked,
  moves: readonly Move[],
  folds: Observations,
): Promise<Changed> {
  if (!way) throw new OrchError('INTERNAL', 'there is a change and no machine to make it on');
  const identity = guard.identity(way.identity, way.machine);
  guard.begin(moves);
  const wave = guardedWave(guard, moves);
  guard.remember(folds, needs);
  if (!wave) {
    if (!guard.armed && guard.waves === 0) guard.tell(input, { state: 'begun' });
    const fates = moves.map((move): [string, Fate] => [
      move.key,
      move.plan instanceof OrchError ? { kind: 'failed', error: move.plan } : doneFate(move),
    ]);
    return { fates: new Map(fates), seen: folds, sent: false };
  }
  const parts = guardedParts(guard, wave, needs, input);
  const replies = await send(guard, way, { purpose: 'apply', parts, identity });
  const end = readGuarded(guard, moves, wave, needs, replies);
  noteArmed(input, guard, wave.undo, replies[0]);
  return { fates: end.fates, seen: guard.over(end.seen), sent: true };
}

/** Runs actions with what takes them back armed before. */
export async function guardedActions(
  input: RunInput,
  guard: Guard,
  way: Way,
  actions: readonly { readonly part: Part; readonly step: Step }[],
): Promise<readonly Reply[]> {
  const identity = guard.identity(way.identity, way.machine);
  const undo = guard.next(actions.map(({ step }) => step));
  const parts = [
    armPart(guard, undo),
    ...actions.map(({ part }, i) => actionPart(guard, part, undo.wave, i + 1)),
  ];
  const replies = await send(guard, way, { purpose: 'action', parts, identity });
  const armed = noteArmed(input, guard, undo, replies[0]);
  if (armed) throw armed;
  return replies.slice(1);
}

/** From here on the host may have an undo: when the reply is lost, it has to be asked. */
async function send(
  guard: Guard,
  { machine }: Way,
  errand: Parameters<Way['machine']['trip']>[0],
): Promise<readonly Reply[]> {
  const before = guard.armed;
  guard.armed = true;
  machine.version++;
  try {
    return await machine.trip({ ...errand, changes: true });
  } catch (error) {
    // Nothing was sent while another run held the host.
    if (error instanceof Waited || (error instanceof OrchError && error.code === 'LEASE_HELD'))
      guard.armed = before;
    throw error;
  }
}

const UNHOOKED =
  'the host has neither systemd nor OpenRC: should it be started anew before this change is confirmed, not the host but the next run of orch takes it back';

function noteArmed(
  input: RunInput,
  guard: Guard,
  undo: WaveUndo,
  reply: Reply | undefined,
): OrchError | undefined {
  const armed = readArmed(reply, guard);
  if (armed.kind === 'armed') {
    guard.note(undo);
    const state = guard.waves === 1 ? 'armed' : 'extended';
    guard.tell(input, { state, seconds: guard.settings.seconds });
    if (armed.unhooked && !guard.unhooked) {
      guard.unhooked = true;
      const { host, source } = guard;
      input.emit({ type: 'warned', host, message: UNHOOKED, source });
    }
    return undefined;
  }
  if (armed.kind === 'gone') return undoneMeanwhile();
  if (guard.waves === 0) guard.armed = false;
  return armed.error;
}
