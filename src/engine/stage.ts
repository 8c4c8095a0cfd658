import type { LimitFunction } from 'p-limit';

import type { OrchError } from '../lib/errors.ts';
import type { Inventory } from '../model/inventory.ts';
import { type Included, type Item, type Play, type Role, type Task } from '../model/play.ts';
import type { Plain } from '../model/change.ts';
import type { Exposed } from './exposed.ts';
import type { HostRun } from './host-run.ts';
import type { RunInput } from './input.ts';
import type { Lockstep } from './lockstep.ts';
import type { Machines } from './machine.ts';
import type { Rolling } from './rolling.ts';
import type { Position } from './position.ts';
import type { Settled } from './settle.ts';
import type { Slots } from './slots.ts';

/** What lasts for a whole run. */
export interface World {
  readonly input: RunInput;
  /** As read, and what add_host and group_by added. */
  inventory: Inventory;
  /** Every host that a play names, by name. */
  readonly runs: Map<string, HostRun>;
  /** Hosts that no play names and tasks are delegated to. */
  readonly others: Map<string, HostRun>;
  readonly machines: Machines;
  /** Places for hosts to work at: `forks`. */
  readonly slots: Slots;
  /** What set_stats gathered; the key of run-wide ones is empty. */
  readonly stats: Map<string, Record<string, Plain>>;
  /** Jobs started in the background so far. */
  jobs: number;
  /** `--step`, until the answer is to go on without asking. */
  step: boolean;
  /** Safeguards begun so far: their numbers. */
  guards: number;
  /** What ended the run for its own sake, whatever its hosts did. */
  fault: OrchError | undefined;
  /** Tasks with a change so far, on all hosts. */
  changes: number;
  /** Hosts whose exposure was changed. */
  readonly exposed: Exposed;
  /** What was said of the policy so far, so that it is said once. */
  readonly warnedOf: Set<string>;
  /** A host told that it took the change of an earlier run back. */
  rolledBack: boolean;
  /** `--start-at-task`, until it is found. */
  startAt: string | undefined;
}

/** Why a batch goes no further. */
export type Over = 'batch' | 'play';

/** One batch of hosts at work on one play, and all they share. */
export interface Stage {
  readonly input: RunInput;
  readonly world: World;
  readonly play: Play;
  /** The playbook the play stands in: one that was imported, or that of the run. */
  readonly playbookFile: string;
  /** Positions in this batch begin with it: number of the play, number of the batch. */
  readonly base: Position;
  /** The items of the play that tags let run, flushes of handlers between them. */
  readonly items: readonly Item[];
  /** Every host of the play, out or not. */
  readonly hosts: readonly HostRun[];
  /** The same in the order of the inventory, whatever `order` says. */
  readonly all: readonly HostRun[];
  readonly batch: readonly HostRun[];
  /** Handlers one by one, as the play knows them now: include_role may add some. */
  handlers: readonly Task[];
  /** Where handlers come from that an include brought, by their ids: only what stands behind it can notify them. */
  readonly brought: Map<string, Position>;
  /** Roles whose defaults and vars every task sees from now on: include_role with `public`. */
  publicRoles: readonly { readonly role: Role; readonly at: Position }[];
  /** Nothing where all hosts may change at once. */
  readonly rolling: Rolling | undefined;
  /** Nothing under strategy free. */
  readonly gate: Lockstep | undefined;
  /** What includes brought, by task, name and item: each is read once. */
  readonly included: Map<string, Included>;
  /** Who runs a task of run_once, by its position. */
  readonly chosen: Map<string, HostRun>;
  /** Whether the person at the terminal wants a task, by its position. */
  readonly asked: Map<string, Promise<boolean>>;
  /** Queues of `throttle`, by task. */
  readonly throttles: Map<string, LimitFunction>;
  /** Tasks of which only so many hosts do a change at a time. */
  readonly rollings: Map<string, Rolling>;
  /** Set when all hosts have to stop: end_play, any_errors_fatal, max_fail_percentage. */
  over: Over | undefined;
  /** A task of any_errors_fatal failed: once all hosts are behind it, nobody goes on. */
  fatal: boolean;
  /** The play broke off: no further batch, no further play. */
  broken: boolean;
  /** How tasks of run_once ended, by their position. */
  readonly ended: Map<string, Settled>;
  /** Sends a host that was lost on its way again, from where it was: clear_host_errors. */
  comeBack: (name: string) => void;
  readonly forceHandlers: boolean;
  readonly maxFail: number | undefined;
  /** Its last play of the run: lines are closed as soon as a host is through. */
  readonly last: boolean;
}

/** A host at a place in a play: what its variables depend on. */
export interface Spot {
  readonly stage: Stage;
  readonly run: HostRun;
  readonly at: Position;
}
