import pLimit from 'p-limit';

import type { RunEvent } from '../model/event.ts';
import type { Identity, LineCounts, Part, Reply, Session, Target } from '../model/transport.ts';
import { OrchError } from '../lib/errors.ts';
import { type Doubts, noDoubts } from './doubts.ts';
import type { Folded } from './fold.ts';
import type { RunInput } from './input.ts';
import { Lease, RENEW, Waited } from './lease.ts';
import { metered } from './progress.ts';
import type { Answer } from './lease-script.ts';

type Purpose = Extract<RunEvent, { type: 'trip-ended' }>['purpose'];

/** What a trip is for, what is sent and who runs it. */
export interface Errand {
  readonly purpose: Purpose;
  readonly parts: readonly Part[];
  readonly identity: Identity;
  /** Made even when the run was interrupted: a change has to be decided. */
  readonly insists?: true;
  /** Milliseconds for a connection that has to be opened, where it may take another time than usual. */
  readonly connectTimeout?: number | undefined;
  /** It may change the machine, so it takes the lease with it. */
  readonly changes?: boolean;
}

/**
 * A machine as it is reached: one line to it, whoever works there. What is foreseen belongs to it, not to the
 * name of a host: tasks delegated to it and its own see the same.
 */
export class Machine {
  readonly target: Target;
  /** Name in the inventory, for events. */
  readonly host: string;
  /** Check mode: what was foreseen so far, by resource key, to be folded again over a later observation. */
  readonly foreseen = new Map<string, readonly Folded[]>();
  /** Check mode: what tasks that may or may not run would do. */
  readonly doubts: Doubts = noDoubts();
  /** Tasks that other hosts delegate to it wait in this queue. */
  readonly work = pLimit(1);
  readonly #line = pLimit(1);
  /** Jobs in the background, and as whom they run. */
  readonly jobs: { readonly job: string; readonly identity: Identity }[] = [];
  /** Users who asked it what earlier runs left. */
  readonly asked = new Set<string>();
  /** Goes up with everything that may have changed the machine. */
  version = 0;
  readonly #past: LineCounts[] = [];
  readonly #input: RunInput;
  readonly #lease: Lease | undefined;
  /** Aborted when nobody is to renew the lease any more; nothing while nobody does. */
  #renewing: AbortController | undefined;
  #session: Session | undefined;
  /** A line on its way that no trip has taken yet. */
  #ahead: { readonly session: Promise<Session>; readonly give: AbortController } | undefined;

  constructor(input: RunInput, target: Target) {
    this.#input = input;
    this.target = target;
    this.host = target.name;
    // Runs that happen to start here are no two operators on one host.
    if (input.lease && target.connection !== 'local') this.#lease = new Lease(input, target.name);
  }

  /** What all lines to it cost so far. */
  get counts(): Pick<LineCounts, 'trips' | 'handshakes'> {
    const all = [...this.#past, ...(this.#session ? [this.#session.counts] : [])];
    return {
      trips: all.reduce((sum, { trips }) => sum + trips, 0),
      handshakes: all.reduce((sum, { handshakes }) => sum + handshakes, 0),
    };
  }

  /** Opens a line before there is anything to send. Resolves when that is done or failed: the first trip tells which. */
  async approach(): Promise<void> {
    if (this.#session) return;
    if (!this.#ahead) {
      const give = new AbortController();
      const { cut } = this.#input;
      const signal = cut ? AbortSignal.any([cut, give.signal]) : give.signal;
      this.#ahead = { session: this.#open(undefined, signal), give };
    }
    await this.#ahead.session.catch(() => undefined);
  }

  /** A new line, or the one that is on its way. */
  #reach(connectTimeout: number | undefined): Promise<Session> {
    const session = this.#ahead?.session;
    this.#ahead = undefined;
    return session ?? this.#open(connectTimeout);
  }

  /**
   * Sends one trip, connecting first where that was not done yet. Rejects with an OrchError about the line; one that
   * changes also with LEASE_HELD when another run has the machine and, to apply what was planned, with `Waited` when it
   * had: then nothing was sent, and what was seen is old.
   */
  trip(errand: Errand): Promise<readonly Reply[]> {
    return this.#line(() => this.#trip(errand));
  }

  async #trip(errand: Errand): Promise<readonly Reply[]> {
    const lease = this.#lease;
    const { identity, changes = false } = errand;
    if (!lease?.due(identity, this.#session, changes)) return this.#send(errand);
    // Only what changes depends on it.
    const parts = errand.parts.map((part) =>
      changes ? { ...part, needs: [0, ...(part.needs ?? []).map((n) => n + 1)] } : shifted(part),
    );
    const [first, ...replies] = await this.#send({ ...errand, parts: [lease.part(), ...parts] });
    const answer = this.#heard(first, identity);
    if (answer?.kind !== 'held' || !changes) {
      return first?.exit === 0 || !changes ? replies : this.#send(errand);
    }
    await lease.wait(answer.by, async () => (await this.#ask(identity)) ?? { kind: 'none' });
    if (errand.purpose === 'apply') throw new Waited();
    return this.#send(errand);
  }

  /** A trip for the lease alone. */
  async #ask(identity: Identity): Promise<Answer | undefined> {
    const parts = this.#lease ? [this.#lease.part()] : [];
    const [reply] = await this.#send({ purpose: 'lease', parts, identity });
    return this.#heard(reply, identity);
  }

  #heard(reply: Reply | undefined, identity: Identity): Answer | undefined {
    if (!this.#session) return undefined;
    const answer = this.#lease?.heard(reply, identity, this.#session);
    if (answer?.kind === 'ours' && !this.#renewing) {
      this.#renewing = new AbortController();
      void this.#renew(this.#renewing.signal);
    }
    return answer;
  }

  /** Renews the lease as long as nothing else goes over the line. */
  async #renew(until: AbortSignal): Promise<void> {
    for (;;) {
      await this.#input.wait(RENEW, until);
      if (until.aborted) return;
      for (const { identity } of this.#lease?.farewells ?? []) {
        await this.#line(async () => {
          if (until.aborted || !this.#session || !this.#lease?.due(identity, this.#session)) return;
          await this.#ask(identity);
        }).catch(() => this.#lease?.forget()); // whatever is wrong with the line, the next trip tells
      }
    }
  }

  async #send({
    purpose,
    parts,
    identity,
    insists,
    connectTimeout,
  }: Errand): Promise<readonly Reply[]> {
    const input = this.#input;
    if (input.stop?.aborted && !insists)
      throw new OrchError('INTERRUPTED', 'the run was interrupted before this host was asked');
    const session = (this.#session ??= await this.#reach(connectTimeout));
    const before = session.counts;
    const start = input.now();
    const told = metered(parts, this.host, input);
    const replies = await session.trip(told, identity, insists ? undefined : input.cut);
    const after = session.counts;
    input.emit({
      type: 'trip-ended',
      host: this.host,
      purpose,
      parts: parts.length,
      bytesOut: after.bytesOut - before.bytesOut,
      bytesIn: after.bytesIn - before.bytesIn,
      ms: Math.round(input.now() - start),
    });
    return replies;
  }

  /** Closes the line once nobody is at work on it, and gives the lease back; the next trip opens another. */
  close(): Promise<void> {
    return this.#line(async () => {
      this.#renewing?.abort();
      this.#renewing = undefined;
      const farewells = this.#lease?.farewells ?? [];
      this.#lease?.forget();
      await this.#hangUp(farewells);
    });
  }

  /** Gives the line up without waiting for it; the next trip opens another, and takes the lease anew. */
  drop(): void {
    this.#hangUp([]).catch(() => undefined);
  }

  async #hangUp(farewells: Parameters<Session['close']>[0]): Promise<void> {
    if (this.#ahead) {
      this.#ahead.give.abort();
      this.#session ??= await this.#reach(undefined).catch(() => undefined);
    }
    const session = this.#session;
    if (!session) return;
    this.#past.push(session.counts);
    this.#session = undefined;
    await session.close(farewells);
  }

  /**
   * Opens a new connection and goes on over it; the old one is closed then. Rejects, and keeps the old one, when
   * there is none to be had.
   */
  async renew(): Promise<void> {
    const fresh = await this.#open();
    await this.#line(() => this.#hangUp([])).catch(() => undefined);
    this.#session = fresh;
  }

  async #open(
    connectTimeout = this.target.connectTimeout,
    signal = this.#input.cut,
  ): Promise<Session> {
    const input = this.#input;
    const { target } = this;
    const start = input.now();
    const session = await input.connect({ ...target, connectTimeout }, signal);
    input.emit({
      type: 'host-connected',
      host: this.host,
      address: target.connection === 'local' ? 'local' : `${target.address}:${target.port}`,
      ms: Math.round(input.now() - start),
    });
    return session;
  }
}

/** A part behind one more. */
const shifted = (part: Part): Part =>
  part.needs ? { ...part, needs: part.needs.map((n) => n + 1) } : part;

/** The machines of a run, each once. */
export class Machines {
  readonly #all = new Map<string, Machine>();
  readonly #input: RunInput;

  constructor(input: RunInput) {
    this.#input = input;
  }

  at(target: Target): Machine {
    const key = [target.name, target.connection, target.address, target.port, target.user].join(
      ' ',
    );
    const known = this.#all.get(key) ?? new Machine(this.#input, target);
    this.#all.set(key, known);
    return known;
  }

  /** Those reached under a name of the inventory. */
  of(host: string): readonly Machine[] {
    return [...this.#all.values()].filter((machine) => machine.host === host);
  }

  get all(): readonly Machine[] {
    return [...this.#all.values()];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all.values()].map((machine) => machine.close()));
  }
}
