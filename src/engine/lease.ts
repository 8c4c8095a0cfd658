import { OrchError } from '../lib/errors.ts';
import { visible } from '../lib/visible.ts';
import type { Identity, Part, Reply } from '../model/transport.ts';
import type { RunInput } from './input.ts';
import { type Answer, type Told, readTaken, releaseScript, takeScript } from './lease-script.ts';

/** Seconds a lease lasts unless it is renewed. */
const LASTS = 60;
/** Milliseconds after which it is renewed. */
export const RENEW = 20_000;
/** Milliseconds the host has to answer. */
const DEADLINE = 30_000;

/** Others held the host when a change was about to be made, and it was waited for them: what was seen before is old. */
export class Waited extends Error {}

/** The lease of one machine, as this run holds it: one for each user it changes something as. */
export class Lease {
  readonly #input: RunInput;
  readonly #host: string;
  readonly #held = new Map<string, { readonly identity: Identity; session: object; at: number }>();
  /** Runs whose process is known to be gone. */
  readonly #dead = new Set<string>();

  constructor(input: RunInput, host: string) {
    this.#input = input;
    this.#host = host;
  }

  /** Users that hold it, and how each gives it back. */
  get farewells(): readonly { readonly identity: Identity; readonly part: Part }[] {
    const part = { script: releaseScript(this.#input.run), deadline: DEADLINE };
    return [...this.#held.values()].map(({ identity }) => ({ identity, part }));
  }

  /** Whether a trip as this user takes or renews it. */
  due(identity: Identity, session: object | undefined, changes = false): boolean {
    const mine = this.#held.get(keyOf(identity));
    if (!mine) return changes;
    return changes || mine.session !== session || this.#input.now() - mine.at >= RENEW;
  }

  /** Takes or renews it; all else of a trip that changes needs this part. */
  part(): Part {
    const { run, lease } = this.#input;
    const { owner = '', process = '-' } = lease ?? {};
    const tenant = { run, owner, seconds: LASTS, process };
    return { script: takeScript(tenant, [...this.#dead]), deadline: DEADLINE };
  }

  /** Notes what the host said. */
  heard(reply: Reply | undefined, identity: Identity, session: object): Answer {
    const answer: Answer = reply ? readTaken(reply) : { kind: 'none' };
    const key = keyOf(identity);
    if (answer.kind === 'ours') {
      this.#held.set(key, { identity, session, at: this.#input.now() });
      if (answer.over !== undefined)
        this.#warn(`took over the lease of ${nameOf(answer.over)}, which is over`);
    } else this.#held.delete(key);
    return answer;
  }

  /** The line is gone: whatever was held is over when the host notices, and is taken anew. */
  forget(): void {
    this.#held.clear();
  }

  /** Asks again and again until the host is ours. Rejects with LEASE_HELD when time is over, or INTERRUPTED. */
  async wait(by: Told, ask: () => Promise<Answer>): Promise<void> {
    const { lease, now, sleep, stop } = this.#input;
    const seconds = lease?.seconds ?? 0;
    const until = now() + seconds * 1000;
    let holder = by;
    let told: string | undefined;
    for (let pause = 500; ; pause = Math.min(pause * 1.5, 3000)) {
      if (!this.#learnsOf(holder)) {
        const words = `${holder.run} ${holder.work?.pid ?? ''}`;
        if (told !== words && seconds > 0) this.#warn(`waits for ${sentence(holder)}`);
        told = words;
        if (now() >= until) break;
        await sleep(Math.min(pause * (0.75 + Math.random() / 2), until - now() + 1));
        if (stop?.aborted) throw new OrchError('INTERRUPTED', `${this.#host}: interrupted`);
      }
      const answer = await ask();
      if (answer.kind !== 'held') return;
      holder = answer.by;
    }
    throw new OrchError(
      'LEASE_HELD',
      `${this.#host} is held by ${sentence(holder)}${seconds > 0 ? `; waited ${seconds} s` : ''}; nothing was changed`,
      { hint: cureFor(this.#host, holder) },
    );
  }

  /** Notes a run of this machine whose process is gone, which no host can know yet; true when that is new. */
  #learnsOf({ run, process }: Told): boolean {
    if (this.#dead.has(run) || this.#input.lease?.isGone?.(process) !== true) return false;
    this.#dead.add(run);
    return true;
  }

  #warn(message: string): void {
    this.#input.emit({ type: 'warned', host: this.#host, message });
  }
}

const keyOf = ({ become }: Identity): string => (become ? `${become.method} ${become.user}` : '');

/** The holder of a lease in words: `run 2026… of alice@laptop (for 3 min)`, and what a run that is gone left at work. */
export function sentence({ run, owner, age, work }: Told): string {
  const held = `${nameOf(`${run} ${owner}`)} (for ${lasting(age)})`;
  if (!work) return held;
  const name = visible(work.name);
  return `${held}, which is gone but left process ${work.pid} (${name}, for ${lasting(work.age)}) running there`;
}

const cureFor = (host: string, { work }: Told): string =>
  work
    ? `Let it end, or end it on ${host}: kill ${work.pid}; then run again. orch unlock ${host} --force takes the host while it runs.`
    : `Let that run end, or wait longer: --lock-timeout 600. See who holds what: orch unlock ${host}; --force takes it from a run that is known to be dead.`;

const nameOf = (text: string): string => {
  const [run = '', ...owner] = visible(text).split(' ');
  return `run ${run}${owner.length > 0 ? ` of ${owner.join(' ')}` : ''}`;
};

/** Seconds as people say them. */
const lasting = (seconds: number): string =>
  seconds < 120
    ? `${seconds} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`;
