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

/** A line over clients that are logged in: the last one is the host, those before are jump hosts. */
export function sshLine(target: Target, { hops, user }: Chain): Line {
  const { client, stream } = last(hops);
  const label = `${target.name} (${target.address}:${target.port})`;
  let broken: string | undefined;
  const gone = new Promise<void>((resolve) => {
    // Whatever goes wrong from here on is told by the trips; an `error` nobody hears would end the process.
    client.on('error', (error: Error) => {
      broken ??= /keepalive/i.test(error.message)
        ? `the host did not answer for ${silence(target)} s`
        : `the connection broke (${error.message})`;
    });
    client.once('close', () => {
      broken ??= 'the host closed the connection';
      resolve();
    });
  });
  let closed: Promise<void> | undefined;
  const goodbye = async (spoken: boolean): Promise<void> => {
    const open = broken === undefined;
    broken ??= 'the session is closed';
    // What sshd takes to hang up as well is not waited for: all that was to be said has left.
    const said = new Promise<void>((resolve) => stream.once('finish', resolve));
    // sshd drops what it has not passed on when it is told goodbye; the end of the stream alone lets it finish.
    if (spoken && open) stream.end();
    else client.end();
    const patience = setTimeout(() => client.destroy(), 2_000);
    if (open) await Promise.race([gone, said]);
    clearTimeout(patience);
    for (const jump of hops.slice(0, -1)) {
      if (spoken && open) jump.stream.end();
      else jump.client.end();
    }
  };
  return {
    label,
    user,
    handshakes: hops.reduce((sum, { attempts }) => sum + attempts, 0),
    get broken() {
      return broken;
    },
    open: (command) =>
      new Promise((resolve, reject) => {
        const refuse = (why: string): void =>
          reject(
            new OrchError(
              'LINE_BROKEN',
              `${label}: ${broken ?? `the host opened no channel (${why})`}; nothing was sent`,
            ),
          );
        void gone.then(() => refuse('closed'));
        try {
          client.exec(command, (error, channel) => {
            if (error) refuse(error.message);
            else resolve(pipeOf(channel, gone));
          });
        } catch (error) {
          refuse(error instanceof Error ? error.message : 'error');
        }
      }),
    close: (spoken = false) => (closed ??= goodbye(spoken)),
  };
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
