import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as tcp, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { freePort, type Sshd, startSshd } from '../contract/sshd.ts';

/** One fault: injects it, and throws when it was not survived. What it returns is shown in the table. */
export interface Case {
  readonly id: string;
  readonly fault: string;
  /** What surviving means. */
  readonly bar: string;
  run(): Promise<string>;
  /** It is tried once, however often others are: it is many trials itself. */
  readonly once?: true;
  /** Milliseconds it may take; left out: three minutes. */
  readonly limit?: number;
  /** Why it cannot be tried on this machine. */
  readonly impossible?: () => string | undefined;
}

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A host as far as runs are concerned: an sshd with a /run of its own. */
export const startHost = (config: readonly string[] = []): Promise<Sshd> =>
  startSshd(config, { ownRun: true });

/** Fails a case in plain words. */
export function must(holds: boolean, words: string): asserts holds {
  if (!holds) throw new Error(words);
}

const rooms: string[] = [];
process.once('exit', () => {
  for (const dir of rooms) rmSync(dir, { recursive: true, force: true });
});

/** A new folder, which goes when this process ends. */
export function room(): string {
  const dir = mkdtempSync(join(tmpdir(), 'orch-fault-'));
  rooms.push(dir);
  return dir;
}

/** Waits until something holds; false when it never did. */
export async function until(holds: () => boolean, ms = 40_000): Promise<boolean> {
  const end = performance.now() + ms;
  while (!holds() && performance.now() < end) await pause(30);
  return holds();
}

/** Whether a command line with these words runs on this machine. */
export const runs = (words: string): boolean =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8', maxBuffer: 1e8 })
    .split('\n')
    .some((line) => line.trim() === words);

/** A host of an inventory: an sshd, and what is different about it. */
export interface Named {
  readonly sshd: Sshd;
  readonly port?: number;
  readonly vars?: Readonly<Record<string, string | number>>;
}

/** Writes inventory and playbook; gives the words of a run. */
export function project(
  hosts: Readonly<Record<string, Named>>,
  tasks: string,
  head = '',
): { readonly dir: string; readonly args: readonly string[] } {
  const dir = room();
  const lines = Object.entries(hosts).map(([name, { sshd, port = sshd.port, vars = {} }]) => {
    const all = {
      ansible_host: '127.0.0.1',
      ansible_port: port,
      ansible_user: 'root',
      ansible_ssh_private_key_file: join(sshd.dir, 'key'),
      ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHosts(dir, name, sshd, port)}`,
      ...vars,
    };
    return `    ${name}: ${JSON.stringify(all)}`;
  });
  writeFileSync(join(dir, 'hosts.yml'), `all:\n  hosts:\n${lines.join('\n')}\n`);
  writeFileSync(
    join(dir, 'site.yml'),
    `- hosts: all\n  gather_facts: false\n${head}  tasks:\n${tasks}`,
  );
  return { dir, args: ['run', join(dir, 'site.yml'), '-i', join(dir, 'hosts.yml')] };
}

function knownHosts(dir: string, name: string, sshd: Sshd, port: number): string {
  const file = join(dir, `known_${name}`);
  writeFileSync(file, `[127.0.0.1]:${port} ${sshd.hostKey('ed25519')}\n`);
  return file;
}

/** A run of the built program that is under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly state: string;
  readonly out: () => string;
  readonly ended: Promise<Ended>;
}

/** What a run left behind. */
export interface Ended {
  readonly exit: number | null;
  readonly out: string;
  /** Seconds from its start. */
  readonly seconds: number;
  /** Most memory it ever had, in MiB. */
  readonly peak: number;
}

/** Starts `orch`, as built. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  before: readonly string[] = [],
): Running {
  const state = env['ORCH_STATE_DIR'] ?? room();
  const words = [...before, process.execPath, join(ROOT, 'dist/main.js'), ...args];
  const begun = performance.now();
  const child = spawn(words[0] ?? '', words.slice(1), {
    env: { ...process.env, NO_COLOR: '1', ORCH_STATE_DIR: state, SSH_AUTH_SOCK: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let peak = 0;
  const hear = (bytes: Buffer): void => void (out += bytes.toString('latin1'));
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const watch = setInterval(() => (peak = Math.max(peak, highWater(child.pid))), 50);
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (exit) => {
      clearInterval(watch);
      resolve({ exit, out, seconds: (performance.now() - begun) / 1000, peak });
    });
  });
  return { child, state, out: () => out, ended };
}

/** Runs `orch` to its end. */
export const orch = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  start(args, env).ended;

function highWater(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The events in the journal of the only run of a state folder; a last line that was cut off is left out. */
export function journal(state: string): readonly Record<string, unknown>[] {
  const runs = join(state, 'runs');
  const [run = ''] = existsSync(runs) ? readdirSync(runs) : [];
  const text = readFileSync(join(runs, run, 'events.ndjson'), 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A proxy between orch and a host: delays, throttles, freezes. */
export interface Proxy {
  readonly port: number;
  /** From now on nothing passes, and nobody is told. */
  freeze(): void;
  /** Passes again; connections from before are reset, as by a host that was restarted. */
  reset(): void;
  /** Turns that the client had to wait for, counted by who speaks. */
  turns(): number;
  close(): void;
}

/** Bytes of a packet, and the least time TCP waits before it sends one again. */
const PACKET = 1448;
const AGAIN = 200;

/**
 * Passes bytes to a port after `delay` ms each way and at most `rate` bytes a second. Of all packets a part, `loss`, is
 * lost: what TCP makes of that is that all behind it waits until it was sent again, each time twice as long.
 */
export async function proxy(
  to: number,
  {
    delay = 0,
    rate = Infinity,
    loss = 0,
  }: { readonly delay?: number; readonly rate?: number; readonly loss?: number } = {},
): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let frozen = false;
  let turns = 0;
  let last: 'client' | 'host' = 'host';
  const pass = (from: Socket, into: Socket, who: 'client' | 'host'): void => {
    let free = 0;
    // One timer at a time: two that fall due together may come in any order.
    const queue: { readonly due: number; readonly chunk: Buffer | undefined }[] = [];
    const pump = (): void => {
      const first = queue[0];
      if (!first) return;
      setTimeout(
        () => {
          queue.shift();
          if (!frozen && !into.destroyed) {
            if (first.chunk) into.write(first.chunk);
            else into.end();
          }
          pump();
        },
        Math.max(0, first.due - performance.now()),
      );
    };
    const put = (chunk: Buffer | undefined): void => {
      if (frozen) return;
      free = Math.max(performance.now(), free) + ((chunk?.length ?? 0) / rate) * 1000;
      for (let left = chunk?.length ?? 0; left > 0; left -= PACKET) {
        for (let wait = Math.max(AGAIN, 2 * delay); Math.random() < loss; wait *= 2) free += wait;
      }
      queue.push({ due: free + delay, chunk });
      if (queue.length === 1) pump();
    };
    from.on('data', (chunk: Buffer) => {
      if (who === 'client' && last === 'host') turns += 1;
      last = who;
      put(chunk);
    });
    from.on('end', () => put(undefined));
    from.on('error', () => into.destroy());
    from.on('close', () => sockets.delete(from));
  };
  const server: Server = createServer({ allowHalfOpen: true }, (client) => {
    const host = tcp({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, host]) {
      sockets.add(socket);
      socket.setNoDelay(true);
    }
    pass(client, host, 'client');
    pass(host, client, 'host');
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    freeze: () => void (frozen = true),
    reset: () => {
      frozen = false;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    turns: () => turns,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The processes of an sshd that serve logins. */
export function served(sshd: Sshd): readonly number[] {
  const pairs = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return pairs
    .filter(([, parent, name]) => parent === String(sshd.pid) && name === 'sshd')
    .map(([pid]) => Number(pid));
}
