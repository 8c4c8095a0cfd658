import { allVisible, oneLine } from '../lib/visible.ts';
import type { Outcome } from '../model/event.ts';
import { count } from './hosts.ts';
import { openLedger } from './ledger.ts';
import { openLive, type Live } from './live.ts';
import type { Colors, View } from './paint.ts';
import { asideLines, transferOf } from './plain.ts';
import { recapLines } from './recap.ts';
import type { Reporting, Write } from './reporting.ts';
import { lostLines, taskLines } from './task-lines.ts';
import type { TaskReport } from './track.ts';

/** At most this often (milliseconds) the line in motion is redrawn. */
const TICK = 100;

/**
 * Live progress for people: the task the run waits for moves (`12/30 hosts`), finished ones stay above it as
 * one line each, with what changed or failed below; then the recap.
 */
export function terminal(write: Write, view: View): Reporting {
  const waiting: string[] = [];
  const moving = new Map<string, string>();
  let live: Live | undefined;
  let work: Promise<void> | undefined;

  const print = (lines: readonly string[]): void => {
    waiting.push(...lines.map((line) => `${line}\n`));
    if (waiting.length > 0) work ??= drain().finally(() => (work = undefined));
  };
  const drain = async (): Promise<void> => {
    while (waiting.length > 0 || live) {
      const stopping = live;
      live = undefined;
      await stopping?.stop();
      write(waiting.splice(0).join(''));
    }
  };
  const { ledger, report, tracker } = openLedger({
    play: ({ play }) => print(['', view.colors.strong(`PLAY [${oneLine(play)}]`)]),
    batch: ({ number, of, hosts }) => {
      if (of > 1)
        print([
          view.colors.strong(`BATCH ${number} of ${of}`) + `, ${count(hosts.length, 'host')}`,
        ]);
    },
    task: (told) => print(finishedLines(told, view)),
    lost: (lost) => print(lostLines(lost, view.colors)),
    other: (event) => {
      if (event.type === 'transfer') moving.set(event.host, transferOf(event));
      else if (event.type === 'trip-ended') moving.delete(event.host);
      print(asideLines(event, view));
    },
  });
  const tick = async (): Promise<void> => {
    const [transfer] = moving;
    const front = tracker.front && {
      ...tracker.front,
      ...(transfer ? { moving: transfer.join(': ') } : {}),
    };
    if (work || !front) return;
    if (live) live.show(front);
    else {
      const opened = openLive(front);
      work = opened.then((it) => void (live = it)).finally(() => (work = undefined));
      await work;
      if (waiting.length > 0) print([]);
    }
  };
  const timer = setInterval(() => void tick(), TICK);
  timer.unref();

  return {
    report: (raw) => {
      const event = allVisible(raw);
      report(event);
      if (event.type === 'run-ended') print(recapLines(ledger, view));
    },
    finish: async () => {
      clearInterval(timer);
      await work;
      await drain();
    },
  };
}

/** A finished task: one line, and below it whatever is not plainly in order. */
export function finishedLines(told: TaskReport, view: View): readonly string[] {
  const { colors } = view;
  const outcomes = [...told.outcomes.values()];
  const name = `${told.task.handler ? 'handler: ' : ''}${oneLine(told.task.name)}`;
  const line = `${mark(outcomes, colors)} ${name}  ${colors.faint(tally(outcomes))}`;
  const telling = new Map([...told.outcomes].filter(([, outcome]) => tells(outcome, view)));
  return [line, ...taskLines({ ...told, outcomes: telling }, view).map((below) => `    ${below}`)];
}

function mark(outcomes: readonly Outcome[], colors: Colors): string {
  const kinds = new Set(outcomes.map(({ kind, ignored }) => (ignored ? 'ok' : kind)));
  if (kinds.has('failed') || kinds.has('unreachable')) return colors.failed('✖');
  if (kinds.has('unknown')) return colors.warning('?');
  if (kinds.has('changed')) return colors.changed('✔');
  return kinds.has('ok') ? colors.ok('✔') : colors.skipped('↓');
}

function tally(outcomes: readonly Outcome[]): string {
  const kinds = ['ok', 'changed', 'skipped', 'unknown', 'unreachable', 'failed'] as const;
  return kinds
    .map((kind) => ({ kind, n: outcomes.filter((outcome) => outcome.kind === kind).length }))
    .filter(({ n }) => n > 0)
    .map(({ kind, n }) => `${n} ${kind}`)
    .join(', ');
}

function tells(outcome: Outcome, view: View): boolean {
  if (outcome.kind !== 'ok' && outcome.kind !== 'skipped') return true;
  const more = outcome.findings.length + outcome.warnings.length > 0;
  return view.verbosity > 0 || more || (outcome.kind === 'ok' && outcome.message !== undefined);
}
