import type { Fault, HostTotals, Reporter, RunEvent } from '../model/event.ts';
import { Tracker, type Listener, type TaskReport } from './track.ts';

/** An event of one type. */
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** A play as it went: its tasks in the order of the playbook, once per batch. */
export interface PlayReport {
  readonly name: string;
  readonly source: EventOf<'play-started'>['source'];
  readonly hosts: readonly string[];
  readonly tasks: TaskReport[];
  /** Hosts lost that no task shows. */
  readonly lost: Map<string, Fault>;
}

/** What a host cost. */
export interface HostCost {
  trips: number;
  handshakes: number;
}

/** A whole run, gathered from its events: what recap, Markdown, JUnit and JSON are made from. */
export interface Ledger {
  started: EventOf<'run-started'> | undefined;
  ended: EventOf<'run-ended'> | undefined;
  readonly plays: PlayReport[];
  readonly warnings: EventOf<'warned'>[];
  /** Who reaches what of a host changed. */
  readonly exposures: EventOf<'exposure-changed'>[];
  readonly costs: Map<string, HostCost>;
}

/** A ledger and the reporter that fills it; `also` hears the same in order, after it was written down. */
export function openLedger(also: Partial<Listener> = {}): {
  readonly ledger: Ledger;
  readonly report: Reporter;
  readonly tracker: Tracker;
} {
  const ledger: Ledger = {
    started: undefined,
    ended: undefined,
    plays: [],
    warnings: [],
    exposures: [],
    costs: new Map(),
  };
  const tracker = new Tracker({
    play: (event) => {
      const { play: name, source, hosts } = event;
      ledger.plays.push({ name, source, hosts, tasks: [], lost: new Map() });
      also.play?.(event);
    },
    batch: (event) => also.batch?.(event),
    task: (report) => {
      const play = ledger.plays.at(-1);
      play?.tasks.push(report);
      for (const [host, fault] of report.lost) play?.lost.set(host, fault);
      also.task?.(report);
    },
    lost: (lost) => {
      for (const [host, fault] of lost) ledger.plays.at(-1)?.lost.set(host, fault);
      also.lost?.(lost);
    },
    other: (event) => {
      if (event.type === 'run-started') ledger.started = event;
      else if (event.type === 'run-ended') ledger.ended = event;
      else if (event.type === 'warned') ledger.warnings.push(event);
      else if (event.type === 'exposure-changed') ledger.exposures.push(event);
      else if (event.type === 'host-ended') addCost(ledger.costs, event);
      also.other?.(event);
    },
  });
  return { ledger, report: tracker.take, tracker };
}

function addCost(costs: Ledger['costs'], { host, trips, handshakes }: EventOf<'host-ended'>): void {
  const before = costs.get(host);
  costs.set(host, {
    trips: (before?.trips ?? 0) + trips,
    handshakes: (before?.handshakes ?? 0) + handshakes,
  });
}

/** Adds up hosts: how many did well, changed, failed and so on; a host counts once, for the worst of it. */
export function verdicts(totals: Readonly<Record<string, HostTotals>>): {
  readonly hosts: number;
  readonly changed: number;
  readonly failed: number;
  readonly unreachable: number;
  /** Nothing foreseen to change, but not all of it could be foreseen. */
  readonly unknown: number;
  /** No task ran on it, nor was one skipped. */
  readonly idle: number;
} {
  const all = Object.values(totals);
  const failed = all.filter((t) => t.failed > 0).length;
  const unreachable = all.filter((t) => t.failed === 0 && t.unreachable > 0).length;
  const changed = all.filter((t) => t.failed + t.unreachable === 0 && t.changed > 0).length;
  const calm = all.filter((t) => t.failed + t.unreachable + t.changed === 0);
  const unknown = calm.filter((t) => t.unknown > 0).length;
  const idle = all.filter((t) => !took(t)).length;
  return { hosts: all.length, changed, failed, unreachable, unknown, idle };
}

/** Whether a host had any part in a run: as Ansible does, the recap leaves the others out. */
export const took = (totals: HostTotals): boolean => Object.values(totals).some((n) => n > 0);
