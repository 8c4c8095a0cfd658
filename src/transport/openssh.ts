import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

import { OrchError } from '../lib/errors.ts';
import type { Session, Target } from '../model/transport.ts';
import { openPassword, type PasswordDoor } from './askpass.ts';
import { after, type Master, type Mastered, opensshLine } from './openssh-line.ts';
import { opensshError } from './openssh-errors.ts';
import { ShellSession } from './shell-session.ts';
import { unreachable } from './ssh-errors.ts';
import { now } from '../lib/clock.ts';

const ATTEMPTS = 5;

/**
 * Opens a session by the system's ssh: one master for the host, everything over it. For what ssh2 does not know:
 * certificates, FIDO and PKCS#11 keys, GSSAPI, ProxyCommand. Rejects as `Connect` says.
 */
export async function openssh(target: Target, signal?: AbortSignal): Promise<Session> {
  const again = (): Promise<Mastered> => master(target, undefined);
  return new ShellSession(opensshLine(target, await master(target, signal), again));
}

/** A master that is up, in a folder of its own. */
async function master(target: Target, signal: AbortSignal | undefined): Promise<Mastered> {
  const dir = await mkdtemp(join(tmpdir(), 'orch-ssh-'));
  const socket = join(dir, 'c');
  const door = target.password && (await openPassword(dir, target.password));
  try {
    return { ...(await enter(target, { socket, door, signal })), socket, dir };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  } finally {
    await door?.close();
  }
}

interface Way {
  readonly socket: string;
  readonly door: PasswordDoor | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Brings a master up; only the login is tried again, when sshd drops it. */
async function enter(target: Target, way: Way): Promise<{ master: Master; attempts: number }> {
  const until = now() + target.connectTimeout;
  for (let attempts = 1; ; attempts++) {
    const begun = start(target, way);
    const ready = await Promise.race([
      up(begun),
      begun.gone,
      after(Math.max(0, until - now())),
      aborted(way.signal),
    ]);
    if (ready === UP) return { master: begun, attempts };
    begun.child.kill('SIGKILL');
    if (typeof ready === 'string') {
      const dropped =
        /kex_exchange_identification|Connection (closed|reset) by .* port \d+\s*$/.test(ready);
      const pause = 100 * 2 ** attempts * (0.5 + Math.random());
      if (dropped && attempts < ATTEMPTS && now() + pause < until) {
        await new Promise((resolve) => setTimeout(resolve, pause));
        continue;
      }
      throw opensshError(target, ready, attempts);
    }
    if (ready === ABORTED)
      throw new OrchError('INTERRUPTED', `${target.name}: interrupted while connecting`);
    throw unreachable(target, { timeout: 'login' });
  }
}

const UP = Symbol('up');
const ABORTED = Symbol('aborted');

const up = ({ child }: Master): Promise<symbol> =>
  new Promise((resolve) => child.stdout?.once('data', () => resolve(UP)));

const aborted = (signal: AbortSignal | undefined): Promise<symbol> =>
  new Promise((resolve) => {
    if (signal?.aborted) resolve(ABORTED);
    signal?.addEventListener('abort', () => resolve(ABORTED), { once: true });
  });

function start(target: Target, { socket, door }: Way): Master {
  const child = spawn('ssh', masterArgs(target, socket), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C at the terminal is orch's to pass on.
    detached: true,
    env: { ...env, LC_ALL: 'C', ...door?.env },
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said = (said + bytes.toString()).slice(-8192)));
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? 'ssh: not found' : error.message),
    );
    child.once('close', () => resolve(said || 'ssh ended'));
  });
  return { child, said: () => said, gone };
}

/** Everything the system's ssh is told; what the user wrote comes before what orch would say by itself. */
export function masterArgs(target: Target, socket: string): readonly string[] {
  const { keepalive = { seconds: 12, count: 3 } } = target;
  const seconds = Math.max(1, Math.round(target.connectTimeout / 1000));
  const option = (key: string, value: string): readonly string[] => ['-o', `${key}=${value}`];
  return [
    ...['-M', '-N', '-T', '-S', socket],
    ...option('ControlPersist', 'no'),
    ...option('PermitLocalCommand', 'yes'),
    ...option('LocalCommand', 'echo up'),
    ...(target.password
      ? [...option('BatchMode', 'no'), ...option('NumberOfPasswordPrompts', '1')]
      : option('BatchMode', 'yes')),
    ...(target.sshArgs ?? []),
    ...option('ConnectTimeout', String(seconds)),
    ...option('ServerAliveInterval', String(keepalive.seconds)),
    ...option('ServerAliveCountMax', String(keepalive.count)),
    ...option(
      'StrictHostKeyChecking',
      { strict: 'yes', 'accept-new': 'accept-new', off: 'no' }[target.hostKeyChecking],
    ),
    ...(target.knownHostsFiles
      ? option('UserKnownHostsFile', target.knownHostsFiles.map((file) => `"${file}"`).join(' '))
      : []),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    ...(target.port === 22 ? [] : ['-p', String(target.port)]),
    ...(target.privateKeyFile === undefined
      ? []
      : ['-i', target.privateKeyFile, ...option('IdentitiesOnly', 'yes')]),
    ...(target.alias !== undefined && target.alias !== target.address
      ? option('HostName', target.address.replaceAll('%', '%%'))
      : []),
    '--',
    target.alias ?? target.address,
  ];
}
