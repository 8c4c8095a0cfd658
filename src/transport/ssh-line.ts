import type { Duplex } from 'node:stream';

import type { Client, ClientChannel } from 'ssh2';

import { OrchError } from '../lib/errors.ts';
import type { Target } from '../model/transport.ts';
import { KEEPALIVE } from './ssh-login.ts';
import { DRAIN_LIMIT, type Ending, type Line, type Pipe } from './pipe.ts';

/** One login on the way to a host. */
export interface Hop {
  readonly client: Client;
  /** What the client runs over. */
  readonly stream: Duplex;
  /** Connections it took. */
  readonly attempts: number;
}

/** Logins through jump hosts, first one first; at least one. */
export interface Chain {
  readonly hops: readonly Hop[];
  readonly user: string;
}

/** Seconds a host is silent until it is taken for dead. */
export const silence = ({ keepalive = KEEPALIVE }: Target): number =>
  keepalive.seconds * (keepalive.count + 1);

/** The host opens no (further) channel on a connection. */
class Refused extends Error {}

/**
 * A line over clients that are logged in: the last one is the host, those before are jump hosts. Where sshd allows no
 * further channel on the connection (MaxSessions), `again` logs in once more for it.
 */
export function sshLine(target: Target, chain: Chain, again: () => Promise<Chain>): Line {
  const label = `${target.name} (${target.address}:${target.port})`;
  const main = new Connection(target, chain);
  const more = new Set<Connection>();
  let handshakes = main.handshakes;
  let closed: Promise<void> | undefined;
  const broken = (why: string, cause?: unknown): OrchError =>
    new OrchError('LINE_BROKEN', `${label}: ${why}; nothing was sent`, { cause });

  /** A channel of a connection of its own, which ends with it. */
  async function apart(command: string, why: string): Promise<Pipe> {
    const refused = `the host opened no channel (${why})`;
    const one = await again().then(
      (other) => new Connection(target, other),
      (cause: unknown) => {
        const words = cause instanceof Error ? cause.message : String(cause);
        throw broken(`${refused}, and no second connection: ${words}`, cause);
      },
    );
    handshakes += one.handshakes;
    more.add(one);
    const end = (): void => {
      more.delete(one);
      void one.close();
    };
    try {
      const pipe = await one.start(command);
      void pipe.closed.then(end);
      return pipe;
    } catch (cause) {
      end();
      throw broken(refused, cause);
    }
  }

  return {
    label,
    user: chain.user,
    get handshakes() {
      return handshakes;
    },
    get broken() {
      return main.broken;
    },
    open: async (command) => {
      try {
        return await main.start(command);
      } catch (error) {
        const why = error instanceof Error ? error.message : 'error';
        if (main.broken === undefined && error instanceof Refused) return apart(command, why);
        throw broken(main.broken ?? `the host opened no channel (${why})`, error);
      }
    },
    close: () =>
      (closed ??= Promise.all([main, ...more].map((one) => one.close())).then(() => undefined)),
  };
}

/** A login that stands, with those of the jump hosts before it. */
class Connection {
  readonly #hops: readonly Hop[];
  readonly #host: Hop;
  readonly #gone: Promise<void>;
  /** Why it is gone; nothing while it stands. */
  broken: string | undefined;

  constructor(target: Target, { hops }: Chain) {
    this.#hops = hops;
    this.#host = last(hops);
    const { client } = this.#host;
    this.#gone = new Promise<void>((resolve) => {
      // Whatever goes wrong from here on is told by the trips; an `error` nobody hears would end the process.
      client.on('error', (error: Error) => {
        this.broken ??= /keepalive/i.test(error.message)
          ? `the host did not answer for ${silence(target)} s`
          : `the connection broke (${error.message})`;
      });
      client.once('close', () => {
        this.broken ??= 'the host closed the connection';
        resolve();
      });
    });
  }

  get handshakes(): number {
    return this.#hops.reduce((sum, { attempts }) => sum + attempts, 0);
  }

  /** Starts a command. Rejects with `Refused` when the host opens no channel for it. */
  start(command: string): Promise<Pipe> {
    return new Promise((resolve, reject) => {
      void this.#gone.then(() => reject(new Error('closed')));
      try {
        this.#host.client.exec(command, (error, channel) => {
          if (!error) resolve(pipeOf(channel, this.#gone));
          else reject('reason' in error ? new Refused(error.message) : error);
        });
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Hangs up. What was written last still arrives. */
  async close(): Promise<void> {
    const { client, stream } = this.#host;
    const open = this.broken === undefined;
    this.broken ??= 'the session is closed';
    // What sshd takes to hang up as well is not waited for: all that was to be said has left.
    const said = new Promise<void>((resolve) => stream.once('finish', resolve));
    // sshd drops what it has not passed on when it is told goodbye, and to say it costs a cipher of its own; the end of the
    // stream alone lets it finish.
    if (open) stream.end();
    else client.end();
    const patience = setTimeout(() => client.destroy(), 2_000);
    if (open) await Promise.race([this.#gone, said]);
    clearTimeout(patience);
    for (const jump of this.#hops.slice(0, -1)) {
      if (open) jump.stream.end();
      else jump.client.end();
    }
  }
}

function last(hops: readonly Hop[]): Hop {
  const hop = hops.at(-1);
  if (!hop) throw new OrchError('INTERNAL', 'a line needs a login');
  return hop;
}

function pipeOf(channel: ClientChannel, gone: Promise<void>): Pipe {
  channel.on('error', () => undefined); // told by `closed`
  const closed = new Promise<Ending>((resolve) => {
    let ending: Ending = { code: undefined, signal: undefined };
    channel.once('exit', (code: number | null, signal?: string) => {
      ending = { code: code ?? undefined, signal: signal ?? undefined };
      setTimeout(() => resolve(ending), DRAIN_LIMIT);
    });
    channel.once('close', () => resolve(ending));
    void gone.then(() => resolve(ending));
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    closed,
    destroy: () => channel.close(),
  };
}
