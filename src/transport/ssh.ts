import { Socket } from 'node:net';
import { userInfo } from 'node:os';
import { env } from 'node:process';
import type { Duplex } from 'node:stream';

import type { Client } from 'ssh2';

import type { Session, Target } from '../model/transport.ts';
import { dial } from './dial.ts';
import { hostKeysOf } from './host-key.ts';
import { loginsFor } from './logins.ts';
import { ShellSession } from './shell-session.ts';
import { unreachable } from './ssh-errors.ts';
import { type Chain, type Hop, sshLine } from './ssh-line.ts';
import { Dropped, login, stopped, type Way } from './ssh-login.ts';
import { now } from '../lib/clock.ts';

const ATTEMPTS = 5;

/**
 * Opens a session by ssh, through the jump hosts of the target. `dialled` is a socket to its first host that may
 * be used for the first attempt. Rejects as `Connect` says.
 */
export async function ssh(
  target: Target,
  signal?: AbortSignal,
  dialled?: Socket,
): Promise<Session> {
  const again = (): Promise<Chain> => chain(target, undefined, undefined);
  return new ShellSession(sshLine(target, await chain(target, signal, dialled), again));
}

/** Logs in to all hosts on the way, one after the other. */
async function chain(
  target: Target,
  signal: AbortSignal | undefined,
  dialled: Socket | undefined,
): Promise<Chain> {
  const hops: Hop[] = [];
  try {
    for (const hop of [...(target.jumps ?? []), target]) {
      const via = hops.at(-1)?.client;
      hops.push(await enter(hop, { via, dialled: via ? undefined : dialled }, signal));
    }
  } catch (error) {
    dialled?.destroy();
    for (const { client } of hops) client.end();
    throw error;
  }
  return { hops, user: loginUser(target) };
}

const loginUser = (target: Target): string => target.user ?? userInfo().username;

/** Logs in to one host; only the login is tried again, when sshd drops it. */
async function enter(
  target: Target,
  { via, dialled }: { readonly via: Client | undefined; readonly dialled: Socket | undefined },
  signal: AbortSignal | undefined,
): Promise<Hop> {
  const until = now() + target.connectTimeout;
  const user = loginUser(target);
  const keys = hostKeysOf(target);
  const logins = loginsFor(target, user, env['SSH_AUTH_SOCK']);
  const way: Way = { target, user, keys, logins, until, signal };
  for (let attempts = 1; ; attempts++) {
    try {
      const stream = via
        ? await forward(via, target)
        : attempts === 1
          ? fresh(target, dialled)
          : dial(target);
      const client = await login(way, stream, stream instanceof Socket && stream.connecting);
      // From here on errors are told by the trips; one that nobody hears would end the process.
      client.on('error', () => undefined);
      await keys.remember();
      return { client, stream, attempts };
    } catch (error) {
      if (!(error instanceof Dropped)) throw error;
      const pause = 100 * 2 ** attempts * (0.5 + Math.random());
      if (attempts >= ATTEMPTS || now() + pause > until) {
        throw unreachable(target, { dropped: attempts, said: error.message });
      }
      await rest(pause, way);
    }
  }
}

/** The socket that was dialled ahead; a new one when it failed meanwhile, which then fails where it is heard. */
const fresh = (target: Target, dialled: Socket | undefined): Socket =>
  dialled && !dialled.destroyed ? dialled : dial(target);

/** A stream to a host from the jump host before it. */
function forward(via: Client, target: Target): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    via.forwardOut('127.0.0.1', 0, target.address, target.port, (error, channel) => {
      if (error) reject(unreachable(target, { forward: error.message }));
      else resolve(channel);
    });
  });
}

function rest(ms: number, { signal, target }: Way): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(stopped(target));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
