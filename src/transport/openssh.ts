import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

import { OrchError } from '../lib/errors.ts';
import type { Session, Target } from '../model/transport.ts';
import { openPassword, type PasswordDoor } from './askpass.ts';
import { DRAIN_LIMIT, type Ending, type Line, type Pipe } from './pipe.ts';
import { opensshError } from './openssh-errors.ts';
import { ShellSession } from './shell-session.ts';
import { unreachable } from './ssh-errors.ts';
import { now } from '../lib/clock.ts';

const ATTEMPTS = 5;
/** Milliseconds within which a master follows a client that ended because of it. */
const WAKE = 300;

/** A master that is up. */
interface Master {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Settles with its last words when it ended. */
  readonly gone: Promise<string>;
}

/**
 * Opens a session by the system's ssh: one master for the host, everything over it. For what ssh2 does not know:
 * certificates, FIDO and PKCS#11 keys, GSSAPI, ProxyCommand. Rejects as `Connect` says.
 */
export async function openssh(target: Target, signal?: AbortSignal): Promise<Session> {
  const dir = await mkdtemp(join(tmpdir(), 'orch-ssh-'));
  const socket = join(dir, 'c');
  const door = target.password && (await openPassword(dir, target.password));
  try {
    const { master, attempts } = await enter(target, { socket, door, signal });
    return new ShellSession(lineOver(target, { master, attempts, socket, dir }));
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
    const master = start(target, way);
    const ready = await Promise.race([
      up(master),
      master.gone,
      after(Math.max(0, until - now())),
      aborted(way.signal),
    ]);
    if (ready === UP) return { master, attempts };
    master.child.kill('SIGKILL');
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
const LATE = Symbol('late');
const ABORTED = Symbol('aborted');

const up = ({ child }: Master): Promise<symbol> =>
  new Promise((resolve) => child.stdout?.once('data', () => resolve(UP)));

const after = (ms: number): Promise<symbol> =>
  new Promise((resolve) => setTimeout(() => resolve(LATE), ms).unref());

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

function lineOver(
  target: Target,
  {
    master,
    attempts,
    socket,
    dir,
  }: {
    readonly master: Master;
    readonly attempts: number;
    readonly socket: string;
    readonly dir: string;
  },
): Line {
  const label = `${target.name} (${target.address}:${target.port})`;
  let broken: string | undefined;
  const gone = master.gone.then((said) => {
    broken ??= /Timeout, server .* not responding/.test(said)
      ? `the host did not answer for ${(target.keepalive?.seconds ?? 12) * ((target.keepalive?.count ?? 3) + 1)} s`
      : 'the host closed the connection';
  });
  const tidy = (): Promise<void> => rm(dir, { recursive: true, force: true });
  void gone.then(tidy);
  return {
    label,
    user: target.user ?? userInfo().username,
    overtakes: true,
    handshakes: attempts,
    get broken() {
      return broken;
    },
    open: (command) =>
      broken === undefined
        ? Promise.resolve(client(target, socket, command, gone))
        : Promise.reject(
            new OrchError('LINE_BROKEN', `${label}: ${broken}; what was to be done was not sent`),
          ),
    close: async () => {
      broken ??= 'the session is closed';
      master.child.kill('SIGTERM');
      await Promise.race([gone, after(2_000)]);
      await tidy();
    },
  };
}

/** One program over the master. Without a master it must not dial by itself, so its way out is `false`. */
function client(target: Target, socket: string, command: string, gone: Promise<void>): Pipe {
  const child = spawn(
    'ssh',
    [
      ...['-T', '-S', socket, '-o', 'ControlMaster=no', '-o', 'BatchMode=yes'],
      ...['-o', 'ProxyJump=none', '-o', 'ProxyCommand=false', '-o', 'LogLevel=ERROR'],
      ...['--', target.alias ?? target.address, command],
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: { ...env, LC_ALL: 'C' } },
  );
  const closed = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => {
      const ending = { code: code ?? undefined, signal: signal ?? undefined };
      const settle = (): void => {
        // 255 is ssh's own: the master may be about to follow.
        if (code === 255)
          void Promise.race([gone, after(WAKE)]).then(() =>
            resolve({ code: undefined, signal: undefined }),
          );
        else
          resolve(code !== null && code > 128 && code < 160 ? { code, signal: undefined } : ending);
      };
      child.once('close', settle);
      setTimeout(settle, DRAIN_LIMIT);
    });
    child.once('error', () => resolve({ code: 127, signal: undefined }));
  });
  child.stdin.on('error', () => undefined); // told by `closed`
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    closed,
    destroy: () => {
      child.kill('SIGTERM');
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}
