import type { Fault, Outcome, RunEvent, Stamped, TaskRef } from '../model/event.ts';

/** How one task ended on all hosts of a batch; hosts that never came to it are not in it. */
export interface TaskReport {
  readonly task: TaskRef;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** Hosts lost since the last task was told, whose loss no outcome shows. */
  readonly lost: ReadonlyMap<string, Fault>;
}

/** The first task not all hosts have ended. */
export interface Front {
  readonly task: TaskRef;
  readonly done: number;
  readonly of: number;
  readonly waiting: readonly string[];
  /** What is on its way to or from one of them. */
  readonly moving?: string;
}

/** What a tracker tells, in the order people expect: play, then its tasks one by one, whole. */
export interface Listener {
  play(play: Extract<RunEvent, { type: 'play-started' }>): void;
  batch(batch: Extract<RunEvent, { type: 'batch-started' }>): void;
  task(report: TaskReport): void;
  /** Hosts lost when no task was left to tell it with. */
  lost(lost: ReadonlyMap<string, Fault>): void;
  /** Every other event, at once. */
  other(event: Stamped): void;
}

interface Slot {
  readonly task: TaskRef;
  readonly outcomes: Map<string, Outcome>;
}

/**
 * Puts interleaved events in order: hosts run each at its own pace, yet a task is told once, when all
 * hosts have ended it, gone past it or dropped out, and before the tasks that follow it.
 */
export class Tracker {
  readonly #listener: Listener;
  #tasks: readonly TaskRef[] = [];
  #slots: Slot[] = [];
  #hosts: readonly string[] = [];
  #order = new Map<string, number>();
  /** Hosts before this one are past the first slot: with many hosts, asking all of them each time is slow. */
  #past = 0;
  #last = new Map<string, Slot>();
  #gone = new Set<string>();
  #lost = new Map<string, Fault>();

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  readonly take = (event: Stamped): void => {
    switch (event.type) {
      case 'play-started':
        this.#flush();
        this.#tasks = event.tasks.filter((task) => !task.handler);
        this.#begin(event.hosts);
        this.#listener.play(event);
        break;
      case 'batch-started':
        this.#flush();
        this.#begin(event.hosts);
        this.#listener.batch(event);
        break;
      case 'task-ended':
        this.#ended(event.host, event.task, event.outcome);
        break;
      case 'host-lost':
        // The task the host was lost at may end next, and tell it better: nothing is told before that.
        this.#lost.set(event.host, event.fault);
        this.#gone.add(event.host);
        break;
      case 'host-ended':
        this.#gone.add(event.host);
        this.#tell();
        this.#listener.other(event);
        break;
      case 'play-ended':
      case 'run-ended':
        this.#flush();
        this.#listener.other(event);
        break;
      case 'run-started':
      case 'host-connected':
      case 'trip-ended':
      case 'task-output':
      case 'transfer':
      case 'safeguard':
      case 'exposure-changed':
      case 'warned':
        this.#listener.other(event);
        break;
      // Kept for a rollback, not told.
      case 'action-undo':
      case 'resource-changed':
        break;
    }
  };

  /** What the run waits for now; nothing between plays. */
  get front(): Front | undefined {
    const slot = this.#slots[0];
    if (!slot) return undefined;
    const waiting = this.#hosts.filter((host) => !this.#isPast(host, slot));
    return {
      task: slot.task,
      done: this.#hosts.length - waiting.length,
      of: this.#hosts.length,
      waiting,
    };
  }

  #begin(hosts: readonly string[]): void {
    this.#slots = this.#tasks.map((task) => ({ task, outcomes: new Map<string, Outcome>() }));
    this.#hosts = hosts;
    this.#order = new Map(hosts.map((host, i) => [host, i]));
    this.#past = 0;
    this.#last = new Map();
    this.#gone = new Set();
  }

  #ended(host: string, task: TaskRef, outcome: Outcome): void {
    const slot = this.#slotFor(host, task);
    slot.outcomes.set(host, outcome);
    this.#last.set(host, slot);
    const bad = outcome.kind === 'unreachable' || outcome.kind === 'failed';
    const out = bad && !outcome.ignored && !outcome.handled;
    if (outcome.fault) this.#lost.delete(host);
    if (out) this.#gone.add(host);
    else if (this.#gone.delete(host)) this.#past = 0;
    this.#tell();
  }

  /** A task nobody announced (a handler, an included one) stands behind the last one its host ended. */
  #slotFor(host: string, task: TaskRef): Slot {
    const open = this.#slots.find((slot) => slot.task.id === task.id && !slot.outcomes.has(host));
    if (open) return open;
    const slot = { task, outcomes: new Map<string, Outcome>() };
    const last = this.#last.get(host);
    this.#slots.splice(last ? this.#slots.indexOf(last) + 1 : 0, 0, slot);
    this.#past = 0;
    return slot;
  }

  #isPast(host: string, slot: Slot): boolean {
    if (slot.outcomes.has(host) || this.#gone.has(host)) return true;
    const last = this.#last.get(host);
    return last !== undefined && this.#slots.indexOf(last) > this.#slots.indexOf(slot);
  }

  #tell(): void {
    for (let slot = this.#slots[0]; slot; slot = this.#slots[0]) {
      for (; this.#past < this.#hosts.length; this.#past++) {
        if (!this.#isPast(this.#hosts[this.#past] ?? '', slot)) return;
      }
      this.#slots.shift();
      this.#past = 0;
      this.#tellTask(slot);
    }
  }

  #flush(): void {
    for (const slot of this.#slots.splice(0)) this.#tellTask(slot);
    if (this.#lost.size > 0) this.#listener.lost(this.#lost);
    this.#lost = new Map();
  }

  #tellTask({ task, outcomes }: Slot): void {
    if (outcomes.size === 0) return;
    const place = (host: string): number => this.#order.get(host) ?? -1;
    const ordered = new Map([...outcomes].sort(([a], [b]) => place(a) - place(b)));
    const lost = this.#lost;
    this.#lost = new Map();
    this.#listener.task({ task, outcomes: ordered, lost });
  }
}
