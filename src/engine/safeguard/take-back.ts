import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import { showChange } from '../../lib/show-change.ts';
import type { Part, Reply } from '../../model/transport.ts';
import { observeParts, readObserved } from '../apply.ts';
import { diff } from '../diff.ts';
import type { Observations } from '../planned.ts';
import { GONE } from './arm-script.ts';
import { rollbackScript, tellScript } from './end-script.ts';
import type { Guard } from './guard.ts';
import type { Clock, Line } from './line.ts';

/** Milliseconds the line in use has to answer before another is opened. */
const PATIENCE = 25_000;
/** Milliseconds between two tries to reach a host that undoes its change. */
const PAUSE = 1000;
/** Milliseconds a host has, behind its timer, to undo and to be reached again. */
const MARGIN = 30_000;

/** What became of a change that is to be taken back. */
export type TakenBack =
  | OrchError
  /** The host has no undo and no record of one, and shows the change: it was confirmed before. */
  | 'nothing to take back';

/** A change that is taken back is an error in any case. */
export const toError = (guard: Guard, why: string, end: TakenBack): OrchError =>
  end instanceof OrchError
    ? end
    : new OrchError(
        'ROLLED_BACK',
        `${why}; the host has no undo of it any more and shows the change`,
        {
          source: guard.source,
          hint: 'Look at the host: nothing was taken back.',
        },
      );

/**
 * Takes the change back: at once over the line there is, else the host does it by itself and is asked for its record
 * when it can be reached again. The error says why and what became of it; it is never thrown.
 */
export async function takeBack(
  guard: Guard,
  line: Line,
  clock: Clock,
  why: string,
): Promise<TakenBack> {
  const until = clock.now() + guard.settings.seconds * 1000 + MARGIN;
  const now = await limited(clock, PATIENCE, line, rollbackParts(guard), guard);
  if (now) return judged(guard, why, now);
  line.drop();
  while (clock.now() < until) {
    try {
      await line.renew();
      const told = await limited(clock, PATIENCE, line, rollbackParts(guard), guard);
      if (told) return judged(guard, why, told);
      line.drop();
    } catch (error) {
      if (!(error instanceof OrchError)) throw error;
    }
    await clock.wait(PAUSE);
  }
  return new OrchError(
    'ROLLED_BACK',
    `${why}; the host takes the change back by itself, but could not be reached again to see it`,
    { source: guard.source, hint: 'Look at the host; the next run tells what it did.' },
  );
}

function judged(guard: Guard, why: string, replies: readonly Reply[]): TakenBack {
  if (replies[0]?.exit !== GONE || replies[0].stdout.length > 0)
    return rolledBack(guard, why, replies);
  const differs = differences(guard, readObserved(guard.needs, replies.slice(1)));
  return differs.length === 0 ? rolledBack(guard, why, replies) : 'nothing to take back';
}

/** Takes a change back that was confirmed a moment ago and is not as it was meant to be: the inverses, latest first. */
export async function unmake(guard: Guard, line: Line, why: string): Promise<OrchError> {
  const inverses = guard.undos
    .flatMap(({ steps }) => steps)
    .reverse()
    .map(({ name, inverse }) =>
      inverse
        ? lines([raw(`(\n${inverse.text}\n) >&2 || {`), sh`echo ${name}; }`])
        : sh`echo ${name}`,
    );
  const script = lines([raw('echo rollback'), ...inverses]);
  const parts = [{ script, deadline: 120_000 }, ...observeParts(guard.needs)];
  return rolledBack(guard, why, await line.trip(parts, guard.user));
}

const rollbackParts = (guard: Guard): readonly Part[] => [
  { script: rollbackScript(guard.place, guard.id), deadline: 120_000 },
  ...observeParts(guard.needs),
];

async function limited(
  clock: Clock,
  ms: number,
  line: Line,
  parts: readonly Part[],
  guard: Guard,
): Promise<readonly Reply[] | undefined> {
  const answered = new AbortController();
  const late = clock.wait(ms, answered.signal).then(() => undefined);
  const trip = line.trip(parts, guard.user).catch((error: unknown) => {
    if (error instanceof OrchError) return undefined;
    throw error;
  });
  const replies = await Promise.race([trip, late]);
  answered.abort();
  return replies;
}

/** What a host's record and a look at it say: what could not be taken back, and what differs from before. */
export function rolledBack(guard: Guard, why: string, replies: readonly Reply[]): OrchError {
  const said = (replies[0]?.stdout.toString('utf8') ?? '').trim();
  const [head = '', ...kept] = said.split('\n');
  const seen = readObserved(guard.needs, replies.slice(1));
  const differs = differences(guard, seen);
  const how = HOW[head.split(' ')[0] ?? ''] ?? 'the host has no record of it: it was started anew';
  const rest = [
    ...kept.map((name) => `could not take back: ${name}`),
    ...(differs.length === 0
      ? ['the host shows what it showed before']
      : differs.map((line) => `still differs: ${line}`)),
  ];
  return new OrchError('ROLLED_BACK', `rolled back: ${why}; ${how}; ${rest.join('; ')}`, {
    source: guard.source,
    hint:
      kept.length + differs.length === 0
        ? 'Nothing of the change is left; mend the cause and run again.'
        : 'Look at the host: not everything is as it was.',
  });
}

/** What a host shows that is not as it was before the first change. */
const differences = (guard: Guard, seen: Observations): readonly string[] =>
  [...guard.first].flatMap(([key, before]) => {
    const now = seen.get(key);
    if (!now || now instanceof OrchError)
      return [`${before.resource.name} could not be read${now ? `: ${now.message}` : ''}`];
    return diff(before.seen.state, now.seen.state).map(showChange);
  });

const HOW: Readonly<Record<string, string>> = {
  timer: 'the host did it by itself when its time was over',
  rollback: 'it was done at once',
  boot: 'the host did it by itself when it started again',
};

/** Asks a host that has an undo no more what it did with it; nothing when it has no record. */
export async function recordOf(guard: Guard, line: Line): Promise<readonly Reply[] | undefined> {
  const parts = [
    { script: tellScript(guard.place, guard.id), deadline: 60_000 },
    ...observeParts(guard.needs),
  ];
  const replies = await line.trip(parts, guard.user);
  return replies[0]?.exit === 0 ? replies : undefined;
}
