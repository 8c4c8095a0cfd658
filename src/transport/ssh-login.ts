import type { Duplex } from 'node:stream';

import { type AnyAuthMethod, Client } from 'ssh2';

import { OrchError } from '../lib/errors.ts';
import type { Target } from '../model/transport.ts';
import type { HostKeys } from './host-key.ts';
import type { Logins } from './logins.ts';
import { loginRefused, unreachable } from './ssh-errors.ts';
import { now } from '../lib/clock.ts';

/** A peer that is dead is found within 60 s: three questions without an answer, and the time of one more. */
export const KEEPALIVE = { seconds: 12, count: 3 };
const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
] as const;

/** Everything one login needs, gathered once for all attempts. */
export interface Way {
  readonly target: Target;
  readonly user: string;
  readonly keys: HostKeys;
  readonly logins: Logins;
  /** When the connect timeout passes, on the monotonic clock. */
  readonly until: number;
  readonly signal: AbortSignal | undefined;
}

/** sshd closed the connection before it knew who comes: it is busy (MaxStartups), another try may succeed. */
export class Dropped extends Error {}

/** How far an attempt came. */
interface Progress {
  stage: 'tcp' | 'banner' | 'login';
  /** What the host said before its ssh banner. */
  greeting: string;
  readonly tried: string[];
  /** What is wrong with the host key. */
  refusal: OrchError | undefined;
}

/**
 * One attempt over a stream to sshd: host key, then login. Rejects with `Dropped` when another try makes sense,
 * else as `Connect` says.
 */
export function login(way: Way, stream: Duplex, connecting: boolean): Promise<Client> {
  const { target, signal } = way;
  const progress: Progress = {
    stage: connecting ? 'tcp' : 'banner',
    greeting: '',
    tried: [],
    refusal: undefined,
  };
  return new Promise((resolve, reject) => {
    const client = new Client();
    let done = false;
    const settle = (error?: Error): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (!error) {
        resolve(client);
        return;
      }
      client.destroy();
      stream.destroy();
      reject(error);
    };
    const onAbort = (): void => settle(stopped(target));
    const timer = setTimeout(
      () => settle(unreachable(target, { timeout: progress.stage })),
      Math.max(0, way.until - now()),
    );
    stream.once('connect', () => (progress.stage = 'banner'));
    // ssh2 tells a greeting only when a banner follows it; a busy sshd says why and hangs up.
    stream.once('data', (chunk: Buffer) => (progress.greeting = firstLine(chunk)));
    client.once('handshake', () => (progress.stage = 'login'));
    client.once('ready', () => settle());
    client.on('error', (error: Error & { level?: string }) => {
      // ssh2 goes on with the next way to log in when the agent fails
      if (error.level !== 'agent') settle(reason(way, progress, error));
    });
    client.once('close', () =>
      settle(reason(way, progress, new Error('the host closed the connection'))),
    );
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    else start(client, way, stream, progress);
  });
}

/** The error of a connection that was cut short from outside. */
export const stopped = (target: Target): OrchError =>
  new OrchError('INTERRUPTED', `${target.name}: interrupted while connecting`);

function reason(way: Way, progress: Progress, error: Error & { level?: string }): Error {
  const { target, user, logins } = way;
  if (progress.refusal) return progress.refusal;
  if (progress.stage === 'tcp') return unreachable(target, { error });
  if (progress.stage === 'login') {
    const { tried } = progress;
    return loginRefused(target, user, {
      tried,
      passedOver: logins.passedOver,
      said: error.message,
    });
  }
  const lost = error.level === 'protocol' && error.message.includes('lost');
  return error.level === 'handshake' || (error.level === 'protocol' && !lost)
    ? unreachable(target, { protocol: error.message })
    : new Dropped(progress.greeting || error.message);
}

function start(
  client: Client,
  { target, user, keys, logins }: Way,
  stream: Duplex,
  progress: Progress,
): void {
  const ways = [...logins.ways];
  const { seconds, count } = target.keepalive ?? KEEPALIVE;
  client.connect({
    sock: stream,
    username: user,
    readyTimeout: 0, // one clock for all attempts: the caller's
    keepaliveInterval: seconds * 1000,
    keepaliveCountMax: count,
    algorithms: { kex: [...KEX], serverHostKey: [...keys.algorithms] },
    // Left out, ssh2 would take any key.
    hostVerifier: (key: Buffer) => {
      progress.refusal = keys.check(key);
      return progress.refusal === undefined;
    },
    authHandler: (left: readonly string[] | null, _partial, next) => {
      let way = ways.shift();
      while (way && left && !left.includes(wireName(way.method.type))) way = ways.shift();
      if (way) progress.tried.push(way.label);
      // ssh2 takes `false` for "no more ways"; its types do not know.
      next((way?.method ?? false) as AnyAuthMethod);
    },
  });
}

/** What is said instead of an ssh banner; nothing when it is one. */
function firstLine(chunk: Buffer): string {
  const line = chunk.toString('utf8', 0, 200).split('\n')[0] ?? '';
  return line.startsWith('SSH-') ? '' : line.replace(/\p{Cc}/gu, '');
}

const wireName = (type: string): string => (type === 'agent' ? 'publickey' : type);
