import type { ErrorCode } from '../lib/error-table.ts';
import type { Shell } from '../lib/shell.ts';
import type { Brought } from './brought.ts';
import type { Effect } from './effect.ts';
import type { Exposures } from './exposure.ts';
import type { Nearby } from './nearby.ts';
import type { Probe } from './probe.ts';
import type { Reach } from './reach.ts';
import type { Recall } from './recall.ts';
import type { Requirement } from './requirement.ts';
import type { Scope } from './scope.ts';
import type { Reply } from './transport.ts';
import type { MapTree } from './tree.ts';
import type { Unknown, Value } from './value.ts';

export type { Brought } from './brought.ts';
export type { Probe } from './probe.ts';
export type { Reach } from './reach.ts';

/** JSON Schema (2020-12) of a module's arguments: type, validation, editor help and docs come from it. */
export type ParamsSchema = {
  readonly type: 'object';
  readonly description: string;
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
} & Readonly<Record<string, unknown>>;

/** Something wrong with an argument; `pointer` (`/ports/2`) says which. */
export interface Problem {
  readonly pointer: string;
  readonly message: string;
  readonly hint?: string;
  readonly code?: ErrorCode;
  /** The problem is the key the pointer names, not its value. */
  readonly key?: true;
}

/** What a host showed: the part that is managed, compared and proved, and facts that only inform decisions. */
export interface Seen<State, Facts> {
  /** Plain canonical data: two states are the same thing if, and only if, they are deeply equal. */
  readonly state: State;
  /** Anything else the plan needs: versions, names that exist, raw text for compare-and-swap. Never compared. */
  readonly facts: Facts;
}

/** How much a step disturbs what runs. */
export type Disruption = 'none' | 'connection' | 'reload' | 'restart' | 'reboot';

/** One thing to do on a host, written down so that it can be shown, counted, batched and undone. */
export interface Step {
  /** What it does, in the reader's words: "permanent ports of zone public". */
  readonly name: string;
  /** Exits 0 when done; anything else is a failure explained on its stderr. */
  readonly do: Shell;
  /** Takes `do` back; left out when nothing can. */
  readonly inverse?: Shell;
  readonly stage: 'runtime' | 'persistent';
  readonly disruption: Disruption;
  /** Why it disturbs, when it does. */
  readonly reason?: string;
  /** What it breaks for a while on this host: made only where --allow-disruption names its class. */
  readonly harm?: string;
  /** It only writes down for the next boot what other steps do at run time: under a safeguard it waits for their proof. */
  readonly late?: true;
  /** Bytes that `do` reads from its standard input, so many and no more: too many to stand in a script. */
  readonly brings?: Brought;
  /** Seconds that `do` may take, where the five minutes that all steps of a plan share are too few. */
  readonly patience?: number;
  /** Files it may write: under a safeguard their bytes are kept, and put back behind the inverses. */
  readonly files?: readonly string[];
}

/** How to get from one state to another. */
export interface Plan {
  /** Exits 75 when the host no longer shows what was observed: nothing is done, the engine looks and plans again. */
  readonly guard?: Shell;
  /** Done in this order. The first that fails stops the rest, and what was done is taken back by the inverses. */
  readonly steps: readonly Step[];
}

/** What a resource looks at and what its steps may alter, as keys `kind:/path`; a path covers all below it. */
export interface Footprints {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Two things that one task looks at are one on this host: nothing is planned over a change that is not made. */
  readonly tangled?: true;
}

/**
 * A thing on a host that several modules may share. Pure: it describes questions and steps, only the
 * engine asks and acts. Tasks with the same key fold: one observation, one plan, one proof.
 */
export interface Resource<Scope_, State, Facts> {
  readonly name: string;
  /** Tasks with equal keys share an observation and a plan. It begins with the name of the resource: `file:/etc/motd`. */
  key(scope: Scope_): string;
  /** One question that answers all the scopes. */
  observe(scopes: readonly Scope_[]): Probe<State, Facts>;
  /** Asked only when the states differ. Throws OrchError REFUSED when there is no safe way. */
  plan(current: Seen<State, Facts>, desired: State): Plan;
  /** With what the look found, where there was one: the host may know a thing under another name, as through links. */
  footprints(scope: Scope_, seen?: Seen<State, Facts>): Footprints;
  /** What getting to `desired` needs and the look did not find; others may bring it. Left out: nothing. */
  requires?(current: Seen<State, Facts>, desired: State): readonly Requirement[];
  /** Names, as footprints have them, of what is there in a state and others may require. */
  holds?(state: State): readonly string[];
  /** How changes are written down for `orch rollback`; left out: the state as it is, thing by thing. */
  readonly recall?: Recall<Scope_, State, Facts>;
  /** What a change has done besides, told for people by the looks before and after it. */
  toll?(before: Seen<State, Facts>, after: Seen<State, Facts>): readonly string[];
  /** Who reaches what of the host itself as the resource has it; left out: the resource does not decide that. */
  exposure?(seen: Seen<State, Facts>): Exposures;
  /**
   * Whether a new connection like the one in use, or one from `sources` (addresses and networks that must keep their way
   * in), would get in once `after` holds, where it does get in with `before`; left out: the resource cannot say no.
   */
  reach?(before: State, after: Seen<State, Facts>, sources: readonly string[]): Reach;
}

/** Why a module will not plan: nothing of the task is written. */
export class Refusal {
  readonly message: string;
  readonly hint: string | undefined;
  readonly pointer: string | undefined;
  readonly code: ErrorCode;

  constructor(message: string, more: { hint?: string; pointer?: string; code?: ErrorCode } = {}) {
    this.message = message;
    this.hint = more.hint;
    this.pointer = more.pointer;
    this.code = more.code ?? 'REFUSED';
  }
}

/** What a task tells besides its change: `data` is what `register` sees. */
export interface Result {
  readonly data: Readonly<Record<string, Value>>;
  /** "10250/tcp: covered by 10000-30000/tcp" */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

interface Described {
  readonly name: string;
  readonly params: ParamsSchema;
  /** Short YAML of one or more tasks, shown by `orch doc`; tests load it. */
  readonly example: string;
  /**
   * What the schema cannot say about the arguments. Asked before templating, when every scalar that
   * holds a template is an Unknown (skip those), and again with the finished values.
   */
  problems?(params: unknown): readonly Problem[];
}

/** A kind of state: what a user writes to say how a resource should be. Pure. */
export interface StateModule<Params, Scope_, State, Facts> extends Described {
  readonly kind: 'state';
  readonly resource: Resource<Scope_, State, Facts>;
  /** Finishes the arguments where they name files of this machine or templates. Throws OrchErrors; an Unknown travels. */
  prepare?(params: Params, nearby: Nearby): Params | Unknown;
  scope(params: Params): Scope_;
  /** The state that should be; what the params leave open stays as it is. `desired(desired(c)) = desired(c)`. */
  desired(current: Seen<State, Facts>, params: Params): State | Refusal;
  /** Whether the task says that it may cut the way in. */
  allowsLockout?(params: Params): boolean;
  /** True when the task wants a write of its own, which no other task over the same resource shares. */
  apart?(params: Params): boolean;
  /** True when doing it again changes again (`touch`): then there is nothing to prove afterwards. */
  once?(params: Params): boolean;
  /** Seen after the fold of this task; `before` is the state before it. */
  result?(before: State, after: Seen<State, Facts>, params: Params): Result;
  /** What nobody knew before, laid over `data`: from what the host shows when it is done, and what the steps printed. */
  told?(shown: Seen<State, Facts>, params: Params, said: string): Result['data'];
}

/** A kind of judgement: looks at a resource, says what is not as it should be, never changes anything. Pure. */
export interface InspectModule<Params, Scope_, State, Facts> extends Described {
  readonly kind: 'inspect';
  readonly resource: Resource<Scope_, State, Facts>;
  scope(params: Params): Scope_;
  /** Variables it gives its host, beside what is registered: nobody knows them before it has answered. */
  readonly gives?: readonly string[];
  /** Findings fail the task (exit code 2); notes and warnings do not. */
  inspect(current: Seen<State, Facts>, params: Params): Inspection;
}

/** What an inspection found. */
export interface Inspection extends Result {
  readonly findings: readonly Finding[];
  /** What is kept of the host for tasks behind it: facts by name, without `ansible_`. Data, never templates. */
  readonly facts?: Readonly<Record<string, Value>>;
  /** The same for facts that are variables under their own names: `packages`. They are registered too. */
  readonly named?: Readonly<Record<string, Value>>;
}

/** One thing that is not as it should be, and its cure. */
export interface Finding {
  readonly message: string;
  readonly cure?: string;
}

/** A kind of command: cannot be foreseen, runs when its turn comes. */
export interface ActionModule<Params> extends Described {
  readonly kind: 'action';
  /** Finishes the arguments where they name files of this machine or templates. Throws OrchErrors; an Unknown travels. */
  prepare?(params: Params, nearby: Nearby): Params | Unknown;
  script(params: Params): Shell;
  /** What `script` reads from its standard input; left out: nothing. */
  brings?(params: Params): Brought | undefined;
  /** Takes what it prints as it comes, so that nothing of it is held; the reply that is judged has none then. */
  takes?(params: Params): ((chunk: Buffer) => void) | undefined;
  /** Judges the reply. */
  parse(reply: Reply, params: Params): ActionResult;
  /** True when it changes nothing on the host: then it also runs in check mode. */
  reads(params: Params): boolean;
  /** Whether a line it prints is for people, and may be told as it comes; left out: all is for `parse` alone. */
  says?(line: string): boolean;
  /** What it looks at, as keys `kind:/path`, where it does nothing else. */
  looksAt?(params: Params): readonly string[];
  /** Check mode: a question that changes nothing and tells what a run would come to; left out: nobody knows. */
  foresees?(
    params: Params,
  ):
    | { readonly script: Shell; readonly brings?: Brought; parse(reply: Reply): ActionResult }
    | undefined;
  /** How it plainly takes the line to its host away, for people: "takes the link eth0 down"; nothing for all else. */
  threatens?(params: Params): string | undefined;
  /** How it plainly disturbs what runs, and why; nothing for all else. */
  disrupts?(params: Params): Pick<Step, 'disruption' | 'reason'> | undefined;
  /** What is done about the line to the host, where that is what the action is about. */
  line?(params: Params): LineWork;
}

/** A line that goes away or has to come: the script of the action is sent first, then the host is asked until it answers. */
export interface LineWork {
  /** Prints what another start of the machine makes another: the proof that it was started anew. */
  readonly proof?: Shell;
  /** Exits 0 when all is well with the host. */
  readonly test: Shell;
  /** Seconds before it is asked the first time, between two tries, for one connection, and for all of it. */
  readonly delay: number;
  readonly sleep: number;
  readonly connectTimeout: number | undefined;
  readonly timeout: number;
}

/** How an action ended. */
export interface ActionResult {
  readonly changed: boolean;
  readonly failed?: string;
  readonly skipped?: string;
  /** Set when a question about what would be cannot be answered. */
  readonly unknown?: string;
  readonly data: Readonly<Record<string, Value>>;
}

/** A kind of task that runs in the engine, never on a host. It gets its arguments before templating. */
export interface ControlModule extends Described {
  readonly kind: 'control';
  /** Set when one host runs it for all of the batch, as with run_once: it changes what all of them share. */
  readonly once?: true;
  /** Set when what it gives can be told before its turn comes, so that later tasks can be looked at early. */
  readonly foreseeable?: true;
  run(args: MapTree, scope: Scope): ControlResult;
}

/** How a control task ended. */
export interface ControlResult {
  readonly failed?: string;
  readonly message?: string;
  readonly data: Readonly<Record<string, Value>>;
  /** Variables to keep for this host from here on; with `cacheable` as facts of it as well. */
  readonly facts?: Readonly<Record<string, Value>>;
  readonly cacheable?: boolean;
  /** Set when a value it needs cannot be foreseen. */
  readonly unknown?: string;
  /** What is left for the engine to do. */
  readonly effect?: Effect;
}

/** Any module, its own types forgotten: the engine only hands each what it made itself. */
export type AnyModule =
  | StateModule<unknown, unknown, unknown, unknown>
  | InspectModule<unknown, unknown, unknown, unknown>
  | ActionModule<unknown>
  | ControlModule;

/** The modules of this version, by name. */
export type Registry = ReadonlyMap<string, AnyModule>;

/** Checks finished arguments against a module's schema and fills in its defaults. */
export type Validate = (
  module: string,
  params: Value,
) => { readonly params: Value; readonly problems: readonly Problem[] };
