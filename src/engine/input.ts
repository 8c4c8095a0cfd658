import type { RunEvent } from '../model/event.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import type { VarsSource } from '../model/effect.ts';
import type { Disruption, Registry, Validate } from '../model/module.ts';
import type { Nearby } from '../model/nearby.ts';
import type { Policy } from '../model/policy.ts';
import type { Past } from '../model/past.ts';
import type { IncludePort, Playbook, Task } from '../model/play.ts';
import type { Evaluator, Layer, Scope } from '../model/scope.ts';
import type { SecretTexts } from '../model/revealed.ts';
import type { Connect, Target } from '../model/transport.ts';
import type { Place } from './safeguard/place.ts';
import type { MapTree, ScalarTree } from '../model/tree.ts';
import type { Secret } from '../model/value.ts';

/** What the command line decides about a run. */
export interface RunOptions {
  readonly check: boolean;
  readonly diff: boolean;
  /** Hosts worked on at the same time. */
  readonly forks: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** `-e`, the strongest layer. */
  readonly extraVars: Layer;
  /** `-b`, `--become-user`, `-K`: what holds when play, task and inventory say nothing. */
  readonly become: boolean;
  readonly becomeUser: string | undefined;
  /** `--become-method`; left out: sudo. */
  readonly becomeMethod?: string;
  readonly becomePassword: Secret | undefined;
  /** Handlers that were notified run although a later task failed. */
  readonly forceHandlers: boolean;
  /** A play all of whose hosts failed is not the end of the run: the plays are about other hosts. */
  readonly apart?: boolean;
  /** A pattern that matches no host is fine. */
  readonly allowEmpty: boolean;
  /** Exit 10 when a check foresees changes. */
  readonly detailedExitcode: boolean;
  /** Exit 13 when something could not be foreseen. */
  readonly strictCheck: boolean;
  readonly verbosity: number;
  /** `--allow-lockout`: changes that cut the way in are made, with a warning. */
  readonly allowLockout?: boolean;
  /** `--allow-disruption`: the most that a change may disturb; left out: whatever it does, but no harm. */
  readonly allowDisruption?: Disruption | undefined;
  /** `--max-changes`: tasks times hosts. */
  readonly maxChanges?: number | undefined;
  /** `--confirm-timeout`: seconds that every safeguard waits, whatever the playbook says. */
  readonly confirmTimeout?: number | undefined;
  /** `--limit`, as it was written. */
  readonly limit?: string | undefined;
  /** Ask before each task. */
  readonly step?: boolean | undefined;
  /** Name or pattern of the task to start at. */
  readonly startAt?: string | undefined;
}

/** Something to be asked at a terminal. */
export interface Question {
  readonly text: string;
  /** Whether what is typed is shown. */
  readonly echo: boolean;
  /** Milliseconds to wait for an answer; left out: for ever. */
  readonly timeout?: number;
}

/** All a run needs, made by the command line: the engine itself touches no file, clock or socket. */
export interface RunInput extends SecretTexts {
  /** Unique name of the run. */
  readonly run: string;
  /** The words of the command line, secrets left out, and the folder it was given in: what `orch resume` needs. */
  readonly command?: { readonly words: readonly string[]; readonly cwd: string };
  /** Version of orch. */
  readonly orch: string;
  readonly playbooks: readonly Playbook[];
  readonly inventory: Inventory;
  readonly registry: Registry;
  readonly validate: Validate;
  readonly evaluator: Evaluator;
  readonly connect: Connect;
  /** What must hold of who reaches what; left out: anything may. */
  readonly policy?: Policy;
  /** Hosts that will surely be asked are logged in to before what to ask is worked out. */
  readonly early?: true;
  readonly options: RunOptions;
  /** Hosts of an inventory that a pattern names, --limit applied. Throws OrchError PATTERN_NO_MATCH. */
  select(pattern: string | readonly string[], inventory: Inventory): readonly Host[];
  /** Where a host is, from its variables. Throws OrchError. */
  targetOf(host: Host, scope: Scope): Target;
  /** The files of this machine as a task sees them. */
  nearby(task: Task, scope: Scope): Nearby;
  /** A file of this machine, piece by piece. */
  bytesOf(file: string): AsyncIterable<Uint8Array>;
  /** Reads a vars file whose name held a template. Throws OrchErrors. */
  readVars(name: string, from: ScalarTree): MapTree;
  /** Reads what include_tasks and include_role name. */
  readonly include: IncludePort;
  /** Reads what include_vars names, the later ones stronger. Throws OrchErrors. */
  varsFrom(from: VarsSource, task: Task): readonly MapTree[];
  /** Reads the inventory again; left out where it cannot be. */
  readonly refresh?: () => Inventory;
  /** Asks the person at the terminal; nothing when there is none, or when the time is over. */
  readonly ask?: (question: Question) => Promise<string | undefined>;
  /** Resolves after so many milliseconds, earlier when the run is interrupted. */
  sleep(ms: number): Promise<void>;
  /** Resolves after so many milliseconds, interrupted or not; at once when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** The run this one goes on with. */
  readonly past?: Past;
  /** Whom others should ask about this run, and how many seconds it waits for theirs; left out: hosts are not leased. */
  readonly lease?: {
    readonly owner: string;
    readonly seconds: number;
    /** Names the process of this run, for other runs on this machine. */
    readonly process?: string;
    /** Whether a process that another run named so is gone; false where that cannot be known. */
    readonly isGone?: (process: string) => boolean;
  };
  /** Where hosts keep what undoes a change under a safeguard; left out: where they always do. */
  readonly place?: Place;
  /** The whole path of a folder of this machine. */
  readonly absolute?: (folder: string) => string;
  /** Takes every event, in the order it happened. */
  emit(event: RunEvent): void;
  /** The time of day. */
  today?(): Date;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Aborted by the first Ctrl-C: trips in hand are finished, none is started. */
  readonly stop?: AbortSignal;
  /** Aborted by the second Ctrl-C: what runs on hosts is ended. */
  readonly cut?: AbortSignal;
}
