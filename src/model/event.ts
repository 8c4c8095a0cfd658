import type { ActionUndo, ResourceChanged } from './journal.ts';
import type { ErrorCode } from '../lib/error-table.ts';
import type { Source } from '../lib/source.ts';
import type { Change, Plain } from './change.ts';
import type { ExposureChange } from './exposure.ts';
import type { Disruption, Finding } from './module.ts';
import type { Value } from './value.ts';

/** A task as events name it. */
export interface TaskRef {
  readonly id: string;
  readonly name: string;
  readonly module: string;
  readonly source: Source;
  readonly handler: boolean;
}

/** An error as events carry it. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly source?: Source;
  readonly stderr?: string;
}

/** How a task ended on a host. In check mode `changed` means "would change". */
export interface Outcome {
  readonly kind: 'ok' | 'changed' | 'failed' | 'skipped' | 'unknown' | 'unreachable';
  readonly changes: readonly Change[];
  /** How the change disturbs what runs; the worst of its steps. */
  readonly disruption: Disruption;
  /** Why it does, where the step says so. */
  readonly disruptionReason?: string;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly findings: readonly Finding[];
  /** Why it was skipped, is unknown, or what it has to say. */
  readonly message?: string;
  readonly fault?: Fault;
  /** Failed, but ignore_errors was set. */
  readonly ignored?: true;
  /** Failed, and the host goes on with this part of a block. */
  readonly handled?: 'rescue' | 'always';
  /** Failed, or was done by the run this one goes on with, and changed its host all the same. */
  readonly changedToo?: true;
  /** The host that the task was delegated to. */
  readonly delegatedTo?: string;
  /** How often it was tried, where it may be tried again. */
  readonly attempts?: number;
  /** A later task takes the change back: nothing remains of it. */
  readonly undoneBy?: string;
  /** What register sees. Left out under no_log. */
  readonly data?: Readonly<Record<string, Value>>;
  /** One per item, of a loop. */
  readonly items?: readonly { readonly label: string; readonly outcome: Outcome }[];
}

/** Totals of one host, as the recap prints them. */
export interface HostTotals {
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
  /** Tasks whose effect could not be foreseen (check mode); also counted as skipped. */
  readonly unknown: number;
}

/** All that can happen in a run. JSON-safe: it goes to a file and comes back the same. Published as schemas/event.schema.json. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly orch: string;
      readonly check: boolean;
      readonly diff: boolean;
      readonly playbooks: readonly string[];
      readonly inventory: readonly string[];
      readonly forks: number;
      /** The words of the command line, secrets left out, and the folder it was given in. */
      readonly command?: { readonly words: readonly string[]; readonly cwd: string };
      /** The run that this one goes on with. */
      readonly resumes?: string;
    }
  | {
      readonly type: 'play-started';
      readonly play: string;
      readonly source: Source;
      readonly hosts: readonly string[];
      readonly tasks: readonly TaskRef[];
    }
  | {
      readonly type: 'batch-started';
      readonly hosts: readonly string[];
      readonly number: number;
      readonly of: number;
    }
  | {
      readonly type: 'host-connected';
      readonly host: string;
      readonly address: string;
      readonly ms: number;
    }
  | {
      readonly type: 'trip-ended';
      readonly host: string;
      readonly purpose: 'observe' | 'apply' | 'action' | 'safeguard' | 'lease';
      readonly parts: number;
      readonly bytesOut: number;
      readonly bytesIn: number;
      readonly ms: number;
    }
  | {
      /** A command printed a line, which is told while it runs: with -vv. */
      readonly type: 'task-output';
      readonly host: string;
      readonly task: TaskRef;
      readonly stream: 'stdout' | 'stderr';
      readonly line: string;
      /** Of a loop: what the item is called. */
      readonly item?: string;
    }
  | {
      /** Bytes are on their way to or from a host, and take a while. */
      readonly type: 'transfer';
      readonly host: string;
      readonly direction: 'sent' | 'received';
      /** So far. */
      readonly bytes: number;
      /** In all, where that is known. */
      readonly size?: number;
    }
  | {
      readonly type: 'task-ended';
      readonly host: string;
      readonly task: TaskRef;
      readonly outcome: Outcome;
    }
  | {
      readonly type: 'safeguard';
      readonly host: string;
      /** Names the undo on the host. */
      readonly id: string;
      readonly state:
        | 'begun'
        | 'armed'
        | 'extended'
        | 'proved'
        | 'confirmed'
        | 'waiting'
        | 'rolled-back';
      /** Time the host waits from now on. */
      readonly seconds?: number;
      readonly message?: string;
      /** Who the undo runs as, where it is not the login user: what `orch confirm` needs. */
      readonly user?: string;
    }
  | {
      /** Who reaches what of a host changed, or in check mode would change; at the end of the run. */
      readonly type: 'exposure-changed';
      readonly host: string;
      readonly changes: readonly ExposureChange[];
    }
  | ResourceChanged
  | ActionUndo
  | { readonly type: 'host-lost'; readonly host: string; readonly fault: Fault }
  | {
      readonly type: 'warned';
      readonly message: string;
      readonly host?: string;
      readonly source?: Source;
    }
  | {
      readonly type: 'host-ended';
      readonly host: string;
      readonly totals: HostTotals;
      readonly trips: number;
      readonly handshakes: number;
    }
  | { readonly type: 'play-ended'; readonly play: string }
  | {
      readonly type: 'run-ended';
      readonly exit: number;
      readonly totals: Readonly<Record<string, HostTotals>>;
      /** Tasks foreseen and tasks in all (hosts x tasks that were not skipped). */
      readonly coverage: { readonly foreseen: number; readonly total: number };
      readonly ms: number;
      readonly interrupted: boolean;
      /** What set_stats kept, for the run and for each host; left out where it kept nothing. */
      readonly stats?: Stats;
    };

/** Values that tasks kept for the end of the run. */
export interface Stats {
  readonly run: Readonly<Record<string, Plain>>;
  readonly hosts: Readonly<Record<string, Readonly<Record<string, Plain>>>>;
}

/** An event as it is written down: with the time it happened (ISO 8601) and its number in the run, from 1. */
export type Stamped = RunEvent & { readonly at: string; readonly seq: number; readonly v: 1 };

/** Anything that listens. It cannot answer, so it cannot change the run. */
export type Reporter = (event: Stamped) => void;
