import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { env } from 'node:process';

import { OrchError } from '../lib/errors.ts';
import type { Target } from '../model/transport.ts';
import { DRAIN_LIMIT, type Ending, type Line, type Pipe } from './pipe.ts';

/** Milliseconds within which a master follows a client that ended because of it. */
const WAKE = 300;
/** Milliseconds the host may take to say whether it opens one more session. */
const PROBE = 10_000;

/** A master of the system's ssh that is up. */
export interface Master {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Settles with its last words when it ended. */
  readonly gone: Promise<string>;
}

/** A master, the logins it took, its socket and the folder that goes with it. */
export interface Mastered {
  readonly master: Master;
  readonly attempts: number;
  readonly socket: string;
  readonly dir: string;
}

/** Resolves after so many milliseconds, to something that nothing else is. */
export const after = (ms: number): Promise<symbol> =>
  new Promise((resolve) => setTimeout(() => resolve(LATE), ms).unref());

const LATE = Symbol('late');

/**
 * A line over a master. Where sshd allows no further session on its connection (MaxSessions), `again` brings up another
 * master for it.
 */
export function opensshLine(target: Target, main: Mastered, again: () => Promise<Mastered>): Line {
  const label = `${target.name} (${target.address}:${target.port})`;
  let broken: string | undefined;
  let handshakes = main.attempts;
  let open = 0;
  const more = new Set<Mastered>();
  const gone = main.master.gone.then((said) => {
    broken ??= /Timeout, server .* not responding/.test(said)
      ? `the host did not answer for ${(target.keepalive?.seconds ?? 12) * ((target.keepalive?.count ?? 3) + 1)} s`
      : 'the host closed the connection';
  });
  void gone.then(() => tidy(main));
  const tidy = ({ dir }: Mastered): Promise<void> => rm(dir, { recursive: true, force: true });
  const end = async (one: Mastered): Promise<void> => {
    more.delete(one);
    one.master.child.kill('SIGTERM');
    await Promise.race([one.master.gone, after(2_000)]);
    await tidy(one);
  };
  const refused = (why: string, cause?: unknown): OrchError =>
    new OrchError('LINE_BROKEN', `${label}: ${why}; what was to be done was not sent`, { cause });

  /** A session of a master of its own, which ends with it. */
  async function apart(command: string): Promise<Pipe> {
    const one = await again().catch((cause: unknown) => {
      const words = cause instanceof Error ? cause.message : String(cause);
      throw refused(`the host opens no further session, and no second connection: ${words}`, cause);
    });
    handshakes += one.attempts;
    more.add(one);
    const pipe = client(target, one.socket, command, one.master.gone);
    void pipe.closed.then(() => end(one));
    return pipe;
  }

  return {
    label,
    user: target.user ?? userInfo().username,
    overtakes: true,
    get handshakes() {
      return handshakes;
    },
    get broken() {
      return broken;
    },
    open: async (command) => {
      if (broken !== undefined) throw refused(broken);
      if (open > 0 && !(await grants(target, main.socket))) return apart(command);
      const pipe = client(target, main.socket, command, gone);
      open += 1;
      void pipe.closed.then(() => (open -= 1));
      return pipe;
    },
    close: async () => {
      broken ??= 'the session is closed';
      await Promise.all([main, ...more].map(end));
    },
  };
}

/** Whether the host opens one more session for a master: what a client says when it does not is no reply of the host. */
async function grants(target: Target, socket: string): Promise<boolean> {
  const probe = spawn('ssh', clientWords(target, socket, 'exit 0'), {
    stdio: ['ignore', 'ignore', 'ignore'],
    detached: true,
  });
  const code = await Promise.race([
    new Promise<number | null>((resolve) => {
      probe.once('exit', resolve);
      probe.once('error', () => resolve(127));
    }),
    after(PROBE),
  ]);
  if (typeof code === 'symbol') probe.kill('SIGKILL');
  return code !== 255;
}

const clientWords = (target: Target, socket: string, command: string): readonly string[] => [
  ...['-T', '-S', socket, '-o', 'ControlMaster=no', '-o', 'BatchMode=yes'],
  ...['-o', 'ProxyJump=none', '-o', 'ProxyCommand=false', '-o', 'LogLevel=ERROR'],
  ...['--', target.alias ?? target.address, command],
];

/** One program over the master. Without a master it must not dial by itself, so its way out is `false`. */
function client(target: Target, socket: string, command: string, gone: Promise<unknown>): Pipe {
  const child = spawn('ssh', clientWords(target, socket, command), {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...env, LC_ALL: 'C' },
  });
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
