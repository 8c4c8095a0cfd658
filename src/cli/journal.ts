import { closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { whyNot } from '../lib/why-not.ts';
import { withoutSounding } from '../lib/sounding.ts';
import type { Change } from '../model/change.ts';
import type { Stamped } from '../model/event.ts';
import type { Reporting, Write } from '../report/reporting.ts';
import type { Io } from './io.ts';

/** The list of events of a run on disk: what tells, after a crash, what was done. */
export interface Journal extends Reporting {
  readonly file: string;
}

/**
 * A name no other run has, and which sorts by time: `20261123T010736Z-3f2a91`. Not a secret: Node's ciphers, which take 4 ms to
 * load, are left for when they are needed.
 */
export const newRunId = (now = new Date()): string => {
  const apart = Math.floor(Math.random() * 0x1000000);
  return `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${apart.toString(16).padStart(6, '0')}`;
};

/** Where runs are kept: `.orch`, or $ORCH_STATE_DIR. */
export const stateFolder = ({ cwd, env }: Pick<Io, 'cwd' | 'env'>): string =>
  env['ORCH_STATE_DIR'] ?? join(cwd, '.orch');

/**
 * Opens `.orch/runs/RUN/events.ndjson` (or below $ORCH_STATE_DIR), readable by the owner alone. Events are handed to the kernel
 * before the next thing happens: those that come in one go together, and before any promise goes on that was made behind
 * them, so before anything is sent to a host. A journal that cannot be written is a warning, never a stop.
 */
export function openJournal(
  run: string,
  { cwd, env, err }: Pick<Io, 'cwd' | 'env' | 'err'>,
): Journal {
  const state = stateFolder({ cwd, env });
  const file = join(state, 'runs', run, 'events.ndjson');
  const open = (): number | undefined =>
    attempt(err, file, () => {
      mkdirSync(join(state, 'runs', run), { recursive: true, mode: 0o700 });
      ignoreInGit(state);
      return openSync(file, 'a', 0o600);
    });
  // A run that ends before its first event leaves nothing behind.
  let fd: number | 'unopened' | undefined = 'unopened';
  let waiting: string[] = [];
  const write = (): void => {
    if (waiting.length === 0) return;
    const lines = Buffer.from(waiting.join(''));
    waiting = [];
    if (fd === 'unopened') fd = open();
    const into = fd;
    if (into === undefined) return;
    fd = attempt(err, file, () => {
      for (let at = 0; at < lines.length;) at += writeSync(into, lines, at);
      return into;
    });
    if (fd === undefined) closeSync(into);
  };
  process.once('exit', write);
  return {
    file,
    keeps: true,
    report: (event) => {
      if (fd === undefined) return;
      if (waiting.length === 0) queueMicrotask(write);
      waiting.push(`${JSON.stringify(keepable(event))}\n`);
    },
    finish: () => {
      write();
      process.off('exit', write);
      if (typeof fd === 'number') closeSync(fd);
      fd = undefined;
      return Promise.resolve();
    },
  };
}

/** What files held before may sound like a secret that nobody marked as one: a journal does not keep it. */
function keepable(event: Stamped): Stamped {
  if (event.type !== 'task-ended' || event.outcome.changes.length === 0) return event;
  const changes = event.outcome.changes.map((change): Change => {
    if (change.kind === 'set') return change;
    const clean = <T>(side: T): T =>
      typeof side === 'string' ? (withoutSounding(side) as T) : side;
    return { ...change, from: clean(change.from), to: clean(change.to) } as Change;
  });
  return { ...event, outcome: { ...event.outcome, changes } };
}

function ignoreInGit(state: string): void {
  const file = join(state, '.gitignore');
  if (!existsSync(file)) writeFileSync(file, '*\n');
}

function attempt<T>(err: Write, file: string, act: () => T): T | undefined {
  try {
    return act();
  } catch (cause) {
    err(`warning: this run keeps no journal: ${file}: ${whyNot(cause)}\n`);
    return undefined;
  }
}
