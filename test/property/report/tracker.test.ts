import { expect } from 'chai';
import fc from 'fast-check';
import type { Outcome, RunEvent, TaskRef } from '../../../src/model/event.ts';
import { Tracker } from '../../../src/report/track.ts';
import { ended, outcome, playStarted, runEnded, stamped, task } from '../../helpers/events.ts';

const HOSTS = ['a', 'b', 'c'];
const TASKS = [task(1, 'one'), task(2, 'two'), task(3, 'three')];
const HANDLER = task(9, 'handler', { handler: true });

interface Way {
  readonly kinds: readonly Outcome['kind'][];
  readonly notified: boolean;
}

/** What one host goes through: its tasks in order until one fails, then its handler if it is owed. */
function story(host: string, { kinds, notified }: Way): readonly RunEvent[] {
  const fails = kinds.findIndex((kind) => kind === 'failed');
  const upTo = fails < 0 ? kinds.length : fails + 1;
  const events = kinds.slice(0, upTo).map((kind, i) => ended(host, TASKS[i]!, outcome(kind)));
  return notified && fails < 0 ? [...events, ended(host, HANDLER, outcome('ok'))] : events;
}

/** Merges the stories of the hosts, each in its order, by picking hosts as told. */
function interleaved(
  stories: readonly (readonly RunEvent[])[],
  picks: readonly number[],
): readonly RunEvent[] {
  const left = stories.map((s) => [...s]);
  const out: RunEvent[] = [];
  for (const pick of [...picks, 0, 1, 2].flatMap((p, i) =>
    i < picks.length ? [p] : Array<number>(9).fill(p),
  )) {
    const event = left[pick]?.shift();
    if (event) out.push(event);
  }
  return out;
}

function heard(events: readonly RunEvent[]): readonly string[] {
  const lines: string[] = [];
  const tracker = new Tracker({
    play: () => undefined,
    batch: () => undefined,
    task: ({ task: { name }, outcomes }) =>
      lines.push(`${name} ${[...outcomes].map(([host, { kind }]) => `${host}=${kind}`).join(' ')}`),
    lost: () => undefined,
    other: () => undefined,
  });
  const all = [
    playStarted(HOSTS, [...TASKS, HANDLER]),
    ...events,
    { type: 'play-ended', play: 'web' } as const,
    runEnded({}),
  ];
  for (const event of stamped(all)) tracker.take(event);
  return lines;
}

const way: fc.Arbitrary<Way> = fc.record({
  kinds: fc.array(fc.constantFrom('ok', 'changed', 'skipped', 'failed'), {
    minLength: 3,
    maxLength: 3,
  }),
  notified: fc.boolean(),
});

describe('Tracker', () => {
  it('tells every task once and whole, in order, however hosts interleave', () => {
    fc.assert(
      fc.property(
        fc.tuple(way, way, way),
        fc.array(fc.nat(2), { maxLength: 12 }),
        (ways, picks) => {
          const stories = HOSTS.map((host, i) => story(host, ways[i]!));
          const inOrder = [...TASKS, HANDLER].flatMap(({ id, name }: TaskRef) => {
            const ends = stories.flat().filter((e) => e.type === 'task-ended' && e.task.id === id);
            if (ends.length === 0) return [];
            return [
              `${name} ${ends.map((e) => (e.type === 'task-ended' ? `${e.host}=${e.outcome.kind}` : '')).join(' ')}`,
            ];
          });
          expect(heard(interleaved(stories, picks))).to.deep.equal(inOrder);
        },
      ),
      { numRuns: 500 },
    );
  });
});
