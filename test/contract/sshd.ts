import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as tcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Target } from '../../src/model/transport.ts';

/** A real sshd on loopback with keys of its own; gone with `stop`. */
export interface Sshd {
  readonly dir: string;
  readonly port: number;
  readonly pid: number;
  /** Known, with the right key; change what a test is about. */
  target(more?: Partial<Target>): Target;
  /** The public host key of a type, as in known_hosts: `ssh-ed25519 AAAA`. */
  hostKey(type: 'ed25519' | 'rsa'): string;
  stop(): void;
}

/** How an sshd of a test is started, besides its configuration. */
export interface SshdOptions {
  /** It has a /run of its own, as every machine has: runs of other tests hold leases in theirs. */
  readonly ownRun?: true;
  /** Words to start it with: `strace -D ...`. */
  readonly under?: readonly string[];
}

const OWN_RUN = [
  ...['unshare', '--mount', 'sh', '-c'],
  'mount -t tmpfs -o mode=755 orch-run /run && mkdir /run/sshd && exec "$@"',
  'sh',
];

/** A port nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** One for all servers of a process: it costs more than all that tests do with them. */
let rsaKey: { readonly secret: string; readonly shown: string } | undefined;

function makeRsaKey(): NonNullable<typeof rsaKey> {
  const dir = mkdtempSync(join(tmpdir(), 'orch-rsa-'));
  const file = join(dir, 'key');
  keygen('rsa', file);
  const made = { secret: readFileSync(file, 'utf8'), shown: readFileSync(`${file}.pub`, 'utf8') };
  rmSync(dir, { recursive: true });
  return made;
}

const keygen = (type: string, file: string): void =>
  void execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);

/** Starts sshd with more lines for its sshd_config. What it says goes to `log` in its folder. */
export async function startSshd(
  config: readonly string[] = [],
  options: SshdOptions = {},
): Promise<Sshd> {
  const dir = mkdtempSync(join(tmpdir(), 'orch-sshd-'));
  mkdirSync('/run/sshd', { recursive: true });
  for (const file of ['host_ed25519', 'key']) keygen('ed25519', join(dir, file));
  rsaKey ??= makeRsaKey();
  writeFileSync(join(dir, 'host_rsa'), rsaKey.secret, { mode: 0o600 });
  writeFileSync(join(dir, 'host_rsa.pub'), rsaKey.shown);
  writeFileSync(join(dir, 'authorized_keys'), readFileSync(join(dir, 'key.pub')));
  const { port, child } = await serve(dir, config, options);
  const hostKey = (type: 'ed25519' | 'rsa'): string =>
    readFileSync(join(dir, `host_${type}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
  writeFileSync(join(dir, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey('ed25519')}\n`);
  return {
    dir,
    port,
    pid: child.pid ?? 0,
    hostKey,
    target: (more) => ({
      name: 'web1',
      connection: 'ssh',
      address: '127.0.0.1',
      port,
      user: 'root',
      privateKeyFile: join(dir, 'key'),
      password: undefined,
      knownHostsFiles: [join(dir, 'known_hosts')],
      hostKeyChecking: 'strict',
      connectTimeout: 8_000,
      ...more,
    }),
    stop: () => {
      child.kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Starts it on a free port; on another when somebody was quicker. */
async function serve(
  dir: string,
  config: readonly string[],
  { ownRun, under = [] }: SshdOptions,
): Promise<{ port: number; child: ChildProcess }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const lines = [
      ...config,
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${dir}/host_ed25519`,
      `HostKey ${dir}/host_rsa`,
      `AuthorizedKeysFile ${dir}/authorized_keys`,
      `PidFile ${dir}/pid`,
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'UseDNS no',
    ];
    // bash reads ~/.bashrc for sshd only below a second level: the developer's rc files stay out.
    if (!config.some((line) => line.startsWith('SetEnv'))) lines.push('SetEnv SHLVL=2');
    writeFileSync(join(dir, 'sshd_config'), `${lines.join('\n')}\n`);
    const sshd = ['/usr/sbin/sshd', '-D', '-E', join(dir, 'log'), '-f', join(dir, 'sshd_config')];
    const [program = '', ...words] = [...(ownRun ? OWN_RUN : []), ...under, ...sshd];
    const child = spawn(program, words, { stdio: 'ignore' });
    try {
      await listening(port, child);
      return { port, child };
    } catch (error) {
      child.kill();
      if (tries === 3) throw error;
    }
  }
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = tcp(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error('sshd does not listen');
}
