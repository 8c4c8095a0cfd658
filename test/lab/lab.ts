import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Firewall, parseFirewall, READ_FIREWALL } from './read-firewall.ts';

/** How hosts are made; see lab.sh. */
export interface LabOptions {
  readonly base?: 'bullseye' | 'bookworm' | 'trixie' | (string & {});
  readonly firewalld?: boolean;
  readonly nics?: 1 | 2;
  readonly defaultRoute?: boolean;
  /** Also a user `asker`, whose sudo asks for the password `lab-password`. */
  readonly sudoPassword?: boolean;
  /** Sessions pass through a counter, so that `turns` is known. */
  readonly count?: boolean;
}

/** What a command left behind. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** What the host itself saw since counting began. */
export interface Counts {
  /** SSH logins accepted. */
  readonly logins: number;
  /** Commands asked for over SSH. */
  readonly sessions: number;
  /** How often the client waited for the host: commands, and inputs after an answer. -1: hosts made without `count`. */
  readonly turns: number;
  /** Processes and threads started on the host, those of sshd included. */
  readonly processes: number;
}

/** Real hosts on this machine, numbered from 1. Methods are for use inside tests, block, and throw what lab.sh says when it fails. */
export interface Lab {
  /** Number of hosts. */
  readonly size: number;
  keyFile(): string;
  knownHostsFile(): string;
  /** Address on eth0. */
  address(host: number): string;
  /** YAML inventory of the lab, groups servers and agents. */
  inventory(user?: 'root' | 'deploy' | 'asker'): string;
  /** Runs a command as root inside a host, not over SSH; input is its standard input. */
  exec(host: number, command: readonly string[], input?: string | Buffer): Ran;
  /** Standard output of a shell script run as root inside a host; throws when it fails. */
  shell(host: number, script: string): string;
  /** Writes a file on a host, with its folders. */
  write(host: number, path: string, content: string | Buffer, mode?: string): void;
  /** The firewall as firewall-cmd tells it. */
  firewall(host: number): Firewall;
  /** Hosts as they were first started. */
  reset(...hosts: number[]): void;
  /** Restarts hosts with the files they have. */
  reboot(...hosts: number[]): void;
  countFromHere(host: number): void;
  counts(host: number): Counts;
}

const script = fileURLToPath(new URL('lab.sh', import.meta.url));

/** Environment that tells lab.sh which lab is meant. */
type Room = Readonly<Record<string, string>>;

function run(room: Room, args: readonly string[], input: string | Buffer = ''): Ran {
  const { stdout, stderr, status, error } = spawnSync('bash', [script, ...args], {
    input,
    maxBuffer: 1 << 28,
    env: { ...process.env, ...room },
  });
  if (error) throw error;
  return { stdout: stdout.toString(), stderr: stderr.toString(), exit: status ?? -1 };
}

function must(room: Room, args: readonly string[], input?: string | Buffer): string {
  const { stdout, stderr, exit } = run(room, args, input);
  if (exit !== 0) throw new Error(`lab.sh ${args.join(' ')}: exit ${exit}\n${stderr}${stdout}`);
  return stdout;
}

function pairs(text: string): Record<string, string> {
  const of = (line: string): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  };
  return Object.fromEntries(text.trim().split('\n').map(of));
}

/**
 * For a mocha suite: fresh hosts before all its tests. With no options, the hosts of the lab that ORCH_LAB names are
 * taken, reset and left up (npm run test:integration makes one); else a lab of the suite's own is made and taken down.
 */
export function withLab(size: number, options: LabOptions = {}): Lab {
  const shared = process.env['ORCH_LAB'] !== undefined && Object.keys(options).length === 0;
  let room: Room = {};
  before(function () {
    this.timeout(300_000);
    if (!shared) room = pairs(must({}, ['room', '--for', String(process.pid)]));
    must(room, ['up', String(size), ...flags(options)]);
    if (shared) must(room, ['reset', ...Array.from({ length: size }, (_, i) => String(i + 1))]);
  });
  after(function () {
    this.timeout(60_000);
    if (room['ORCH_LAB'] !== undefined) must(room, ['down']);
  });
  return openLab(size, () => room);
}

/** A lab outside mocha, and what takes it down. */
export function upLab(size: number, options: LabOptions = {}): { lab: Lab; down: () => void } {
  const room = pairs(must({}, ['room', '--for', String(process.pid)]));
  must(room, ['up', String(size), ...flags(options)]);
  return { lab: openLab(size, () => room), down: () => void must(room, ['down']) };
}

function flags(options: LabOptions): string[] {
  return [
    ...(options.base === undefined ? [] : ['--base', options.base]),
    ...(options.firewalld === false ? ['--no-firewalld'] : []),
    ...(options.nics === 1 ? ['--nics', '1'] : []),
    ...(options.defaultRoute === false ? ['--no-default-route'] : []),
    ...(options.sudoPassword ? ['--sudo-password'] : []),
    ...(options.count ? ['--count'] : []),
  ];
}

function openLab(size: number, room: () => Room): Lab {
  const door = (args: readonly string[], input?: string | Buffer): string =>
    must(room(), args, input);
  const folder = (): string => room()['ORCH_LAB'] ?? process.env['ORCH_LAB'] ?? '/tmp/orch-lab';
  const shell: Lab['shell'] = (host, text) => door(['exec', String(host), 'sh', '-euc', text]);
  return {
    size,
    keyFile: () => `${folder()}/key`,
    knownHostsFile: () => `${folder()}/known_hosts`,
    address: (host) => door(['addr', String(host)]).trim(),
    inventory: (user = 'root') =>
      door(['inventory', '--yaml', '--user', user, '--hosts', `1-${size}`]),
    exec: (host, command, input) => run(room(), ['exec', String(host), ...command], input),
    shell,
    write(host, path, content, mode = '644') {
      const text = 'mkdir -p "$(dirname "$1")"; cat > "$1"; chmod "$2" "$1"';
      door(['exec', String(host), 'sh', '-euc', text, 'sh', path, mode], content);
    },
    firewall: (host) => parseFirewall(shell(host, READ_FIREWALL)),
    reset: (...hosts) => void door(['reset', ...hosts.map(String)]),
    reboot: (...hosts) => void door(['reboot', ...hosts.map(String)]),
    countFromHere: (host) => void door(['count', String(host), 'start']),
    counts(host) {
      const { logins, sessions, turns, processes } = pairs(door(['count', String(host), 'read']));
      return {
        logins: Number(logins),
        sessions: Number(sessions),
        turns: Number(turns),
        processes: Number(processes),
      };
    },
  };
}
