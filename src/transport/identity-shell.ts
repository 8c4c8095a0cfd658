import { randomBytes } from 'node:crypto';

import { OrchError } from '../lib/errors.ts';
import { quote } from '../lib/shell.ts';
import type { Identity, Part, Reply } from '../model/transport.ts';
import { asks, elevation, shellCommand } from './become.ts';
import { elevate } from './elevate.ts';
import { endScript } from './end-script.ts';
import { encodeTrip, PREAMBLE, ReplyDecoder } from './frame.ts';
import type { Line, Pipe } from './pipe.ts';
import { interrupted, noShell, torn } from './shell-errors.ts';
import { taker } from './taker.ts';
import { END_LIMIT, watchTrip } from './trip-watch.ts';

/** Bytes that went each way, counted where they pass. */
export interface Tally {
  trips: number;
  bytesOut: number;
  bytesIn: number;
}

/** One long-lived `sh` on a host, as one user. Not for two trips at once: its owner queues them. */
export class IdentityShell {
  readonly #line: Line;
  readonly #identity: Identity;
  readonly #tally: Tally;
  #pipe: Pipe | undefined;
  #sink: ((stream: 'stdout' | 'stderr', chunk: Buffer) => void) | undefined;
  /** The login shell gives no shell to keep: each trip starts one of its own. */
  #plain = false;

  constructor(line: Line, identity: Identity, tally: Tally) {
    this.#line = line;
    this.#identity = identity;
    this.#tally = tally;
  }

  /** One trip. Rejects with LINE_BROKEN, BECOME_FAILED, LOGIN_REFUSED (the account has no usable shell) or INTERRUPTED. */
  async run(parts: readonly Part[], signal?: AbortSignal): Promise<readonly Reply[]> {
    const used = this.#pipe !== undefined;
    const reply = await this.#attempt(parts, signal);
    if (reply) return reply;
    // A shell that was idle ended by itself and never greeted this trip: nothing of it ran.
    const again = used || this.#plain ? await this.#attempt(parts, signal) : undefined;
    if (again) return again;
    throw new OrchError(
      'LINE_BROKEN',
      `${this.#line.label}: the shell on the host ended before it did anything`,
    );
  }

  /** Lets the shell on the host end. */
  close(): void {
    this.#pipe?.stdin.end();
    this.#pipe = undefined;
  }

  /** Has a last part run and does not wait for it, where the shell reads on until its input ends. */
  async leave(part: Part): Promise<void> {
    if (this.#plain) {
      await this.run([part]);
      return;
    }
    const pipe = this.#pipe;
    // It must not say a word: nobody may be there to hear it, and SIGPIPE would end it.
    pipe?.stdin.end(`( eval ${quote(` ${part.script.text}`)} ) </dev/null >/dev/null 2>&1\n`);
    if (this.#line.overtakes) await pipe?.closed;
  }

  /** The replies; nothing when a shell that had been used before was found ended. */
  async #attempt(
    parts: readonly Part[],
    signal?: AbortSignal,
  ): Promise<readonly Reply[] | undefined> {
    const used = this.#pipe !== undefined;
    const nonce = randomBytes(12).toString('hex');
    const pipe = this.#pipe ?? (await this.#open(nonce, signal));
    const late = new Set<number>();
    const taking = taker(parts, pipe);
    const decoder = new ReplyDecoder(nonce, parts, taking?.take);
    this.#tally.trips += 1;
    const watch = watchTrip({
      ...{ pipe, parts, decoder, signal, late },
      label: this.#line.label,
      sent: (bytes) => (this.#tally.bytesOut += bytes),
      listen: (sink) => (this.#sink = sink),
      end: (pid, whole) => this.#end(pid, whole),
      ...(taking ? { failed: taking.failed } : {}),
    });
    this.#write(pipe, this.#preamble(used) + encodeTrip(nonce, parts));
    if (this.#plain && !parts.some(({ input }) => input)) pipe.stdin.end();
    const ended = await watch;
    if (ended === undefined || ended === 'lost') {
      await taking?.settled();
      if (ended === 'lost' || this.#plain) this.#drop(pipe);
      return decoder.replies(late);
    }
    this.#drop(pipe);
    if (ended instanceof OrchError) throw ended;
    if (ended === 'aborted') throw interrupted(this.#line);
    if (ended === 'cut')
      throw torn(this.#line, ended, { at: decoder.at, count: parts.length, sent: true });
    if (decoder.pid !== undefined || this.#line.broken)
      throw torn(this.#line, ended, { at: decoder.at, count: parts.length, sent: true });
    if (used && ended !== 'silent') return undefined;
    if (this.#refused(ended)) return undefined;
    throw noShell(this.#line, this.#identity, ended, decoder.preface);
  }

  /** Whether a login shell that would not `exec sh` may still start a `sh`; asked once. */
  #refused(ended: 'silent' | { readonly code: number | undefined }): boolean {
    const other =
      !this.#plain &&
      elevation(this.#identity, this.#line.user) === undefined &&
      ended !== 'silent' &&
      ended.code !== undefined;
    if (other) this.#plain = true;
    return other;
  }

  /** A shell for one trip ends with it: what wants to know who is still there is told. */
  #preamble(used: boolean): string {
    if (used) return '';
    return this.#plain ? `${PREAMBLE}orch_plain=1\n` : PREAMBLE;
  }

  #write(pipe: Pipe, text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.#tally.bytesOut += bytes.length;
    pipe.stdin.write(bytes);
  }

  #drop(pipe: Pipe): void {
    pipe.destroy();
    if (this.#pipe === pipe) this.#pipe = undefined;
  }

  /** Ends what a shell runs, through a shell of its own; true when that shell said it did. */
  async #end(pid: number, whole: boolean): Promise<boolean> {
    const second = new IdentityShell(this.#line, this.#identity, {
      trips: 0,
      bytesOut: 0,
      bytesIn: 0,
    });
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), END_LIMIT);
    try {
      const giveUp = new Promise<undefined>((resolve) => {
        limit.signal.addEventListener('abort', () => resolve(undefined));
      });
      const replies = await Promise.race([second.run([{ script: endScript(pid, whole) }]), giveUp]);
      return replies?.[0]?.exit === 0;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
      second.close();
    }
  }

  async #open(token: string, signal?: AbortSignal): Promise<Pipe> {
    if (signal?.aborted) throw interrupted(this.#line);
    const become = elevation(this.#identity, this.#line.user);
    const pipe = await this.#line.open(this.#plain ? 'sh' : shellCommand(become, token));
    this.#pipe = pipe;
    const ended = (): void => {
      if (this.#pipe === pipe) this.#pipe = undefined;
    };
    void pipe.closed.then(ended);
    const hear = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
      this.#tally.bytesIn += chunk.length;
      if (this.#pipe === pipe) this.#sink?.(stream, chunk); // not what a shell that was dropped still says
    };
    pipe.stdout.on('data', hear('stdout'));
    pipe.stderr.on('data', hear('stderr'));
    if (!become || !asks(become)) return pipe;
    try {
      await elevate(become, token, {
        ...{ pipe, signal },
        line: this.#line,
        listen: (sink) => (this.#sink = sink),
      });
    } catch (error) {
      this.#drop(pipe);
      throw error;
    }
    return pipe;
  }
}
