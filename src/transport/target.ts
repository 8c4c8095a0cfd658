import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';

import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Target } from '../model/transport.ts';
import type { Secret } from '../model/value.ts';
import { authorityOf } from './host-key.ts';
import { readSshArgs } from './ssh-args.ts';
import type { Given } from './ssh-config.ts';
import type { SshOptions } from './ssh-options.ts';
import {
  ADDRESS,
  checkName,
  checkingOf,
  connectionOf,
  type Lookup,
  PATH,
  portOf,
  type Read,
  reader,
  secret,
  shown,
  stripped,
  timeoutOf,
  USER,
} from './target-checks.ts';

/** What the command line and ssh's own configuration say; variables of the host win over all of it. */
export interface ReachOptions {
  /** Home of whoever runs orch, for `~/`. */
  readonly home: string;
  readonly user?: string | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly connection?: string | undefined;
  readonly password?: Secret | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
  /** `--ssh-common-args`. */
  readonly sshCommonArgs?: string | undefined;
  /** `--ssh-extra-args`. */
  readonly sshExtraArgs?: string | undefined;
  readonly hostKeyChecking?: Target['hostKeyChecking'] | undefined;
  /** ~/.ssh/config for a host name: `sshOptionsFor`. */
  readonly sshConfig?: ((name: string, given: Given) => SshOptions) | undefined;
  /** Hears of ssh options that are not honoured, of hosts that need the system's ssh, of host keys nobody checks. */
  readonly warn?: ((text: string) => void) | undefined;
}

/**
 * Where a host is and how to log in, from its variables, the command line, ssh arguments and ~/.ssh/config,
 * in this order. Throws INVENTORY_INVALID, at the place of the variable where `place` knows it, when a value makes no
 * sense or could be taken for shell or an option.
 */
export function targetOf(
  name: string,
  lookup: Lookup,
  options: ReachOptions,
  place?: (variable: string) => Source | undefined,
): Target {
  const heard: (readonly [variable: string, text: string])[] = [];
  const read = reader(name, lookup, (variable, text) => heard.push([variable, text]));
  try {
    return found(name, { lookup, read }, options);
  } catch (error) {
    if (!(error instanceof OrchError) || error.source) throw error;
    const [variable] =
      heard.findLast(([, text]) => error.message.includes(shown(stripped(text)))) ?? [];
    throw error.at(variable === undefined ? undefined : place?.(variable));
  }
}

function found(
  name: string,
  { lookup, read }: { readonly lookup: Lookup; readonly read: Read },
  options: ReachOptions,
): Target {
  const connection = connectionOf(name, read(['ansible_connection']) ?? options.connection);
  const alias = stripped(read(['ansible_host', 'ansible_ssh_host']) ?? name);
  const password = secret(lookup, ['ansible_password', 'ansible_ssh_password', 'ansible_ssh_pass']);
  if (connection === 'local') {
    const user = read(['ansible_user', 'ansible_ssh_user']) ?? options.user;
    return {
      ...targetFrom(name, { hostName: 'localhost', ...(user && { user }) }, options),
      connection,
    };
  }
  checkName(name, 'address', alias, ADDRESS);
  const { ssh: own, words, keyFile } = settings(name, read, options);
  const { user, port } = own;
  const ssh = { hostName: alias, ...options.sshConfig?.(alias, { user, port }), ...own };
  const target = targetFrom(name, ssh, options);
  const beyond = [
    ...beyondOf(ssh, keyFile ?? ssh.identityFiles?.[0], options.home),
    ...vouchedFor(target, ssh),
  ];
  const kind = beyond.length > 0 ? 'openssh' : connection;
  if (kind !== connection)
    options.warn?.(
      `${name}: reached by the system's ssh, which its configuration needs: ${beyond[0]}`,
    );
  const jumps = kind === 'openssh' ? undefined : jumpsOf(name, ssh, options);
  if (target.hostKeyChecking === 'off')
    options.warn?.('host key checking is off: whoever answers at an address is taken for the host');
  if (keyFile !== undefined) checkName(name, 'key file', keyFile, PATH);
  return {
    ...target,
    connection: kind,
    privateKeyFile: keyFile && expanded(keyFile, target, options.home),
    password: password ?? options.password,
    ...(jumps ? { jumps } : {}),
    ...(kind === 'openssh' ? { alias, sshArgs: words } : {}),
  };
}

/** What only the system's ssh can do for a host, each as it was written. */
function beyondOf(ssh: SshOptions, key: string | undefined, home: string): readonly string[] {
  const path = key?.replace(/^~(?=\/)/, home);
  return [
    ...(ssh.beyond ?? []),
    ...(path !== undefined && existsSync(`${path}-cert.pub`)
      ? [`certificate ${key}-cert.pub`]
      : []),
    ...(path !== undefined && /_sk$/.test(path) ? [`FIDO key ${key}`] : []),
  ];
}

/** The authority that alone vouches for a host, which only the system's ssh can ask. */
function vouchedFor(target: Target, { jump }: SshOptions): readonly string[] {
  const authority = jump === undefined ? authorityOf(target) : undefined;
  return authority === undefined ? [] : [`@cert-authority at ${authority}`];
}

/** What variables and command line say, in ssh's terms; stronger than ~/.ssh/config. */
function settings(
  name: string,
  read: Read,
  options: ReachOptions,
): {
  readonly ssh: SshOptions;
  readonly words: readonly string[];
  readonly keyFile: string | undefined;
} {
  const args = readSshArgs(
    [
      read(['ansible_ssh_common_args']) ?? options.sshCommonArgs ?? '',
      read(['ansible_ssh_extra_args']) ?? options.sshExtraArgs ?? '',
    ].join(' '),
  );
  if (args.ignored.length > 0) {
    options.warn?.(`${name}: not honoured by the built-in ssh: ${args.ignored.join(', ')}`);
  }
  const checking =
    checkingOf(read(['ansible_ssh_host_key_checking', 'ansible_host_key_checking'])) ??
    args.options.hostKeyChecking ??
    options.hostKeyChecking;
  const ssh = withoutGaps({
    ...args.options,
    user: read(['ansible_user', 'ansible_ssh_user']) ?? options.user ?? args.options.user,
    port: read(['ansible_port', 'ansible_ssh_port']) ?? args.options.port,
    hostKeyChecking: checking,
    connectTimeout:
      read(['ansible_ssh_timeout', 'ansible_timeout']) ??
      options.timeout?.toString() ??
      args.options.connectTimeout,
  });
  const keyFile =
    read(['ansible_ssh_private_key_file', 'ansible_private_key_file']) ??
    options.privateKeyFile ??
    args.options.identityFiles?.[0];
  return { ssh, words: args.words, keyFile };
}

/** The options that are set; one that is not must not hide a weaker one. */
function withoutGaps(options: {
  readonly [K in keyof SshOptions]: SshOptions[K] | undefined;
}): SshOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** A target from finished ssh options, every value checked. */
function targetFrom(name: string, ssh: SshOptions, { home }: ReachOptions): Target {
  const address = stripped(ssh.hostName ?? name);
  checkName(name, 'address', address, ADDRESS);
  if (ssh.user !== undefined) checkName(name, 'user', ssh.user, USER);
  const files = (ssh.identityFiles ?? []).filter((file) => file !== 'none');
  for (const file of files) checkName(name, 'key file', file, PATH);
  const to = { address, port: portOf(name, ssh.port ?? '22'), user: ssh.user };
  const path = (text: string): string => expanded(text, to, home);
  const { knownHostsFiles: own, globalKnownHostsFiles: all } = ssh;
  return {
    name,
    connection: 'ssh',
    ...to,
    privateKeyFile: undefined,
    password: undefined,
    knownHostsFiles:
      own || all
        ? [
            ...(own ?? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']).map(path),
            ...(all ?? ['/etc/ssh/ssh_known_hosts']).map(path),
          ]
        : undefined,
    hostKeyChecking: ssh.hostKeyChecking ?? 'strict',
    connectTimeout: timeoutOf(name, ssh.connectTimeout),
    ...(ssh.identityFiles ? { identityFiles: files.map(path) } : {}),
    ...(ssh.identitiesOnly === undefined ? {} : { identitiesOnly: ssh.identitiesOnly }),
    ...(ssh.identityAgent === undefined || ssh.identityAgent === 'SSH_AUTH_SOCK'
      ? {}
      : { agent: path(ssh.identityAgent) }),
    ...(ssh.hostKeyAlias === undefined ? {} : { hostKeyAlias: ssh.hostKeyAlias }),
    ...keepaliveOf(ssh),
  };
}

/** How often a silent host is asked whether it is there. 0 is what ssh says when nobody said anything. */
function keepaliveOf({ aliveInterval, aliveCount }: SshOptions): Pick<Target, 'keepalive'> {
  const number = (text: string | undefined, usual: number): number =>
    text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : usual;
  if (number(aliveInterval, 0) === 0) return {};
  return { keepalive: { seconds: number(aliveInterval, 0), count: number(aliveCount, 3) } };
}

/** A path with `~` and ssh's tokens. */
function expanded(
  path: string,
  { address, port, user }: Pick<Target, 'address' | 'port' | 'user'>,
  home: string,
): string {
  const local = (): string => userInfo().username;
  const tokens: Readonly<Record<string, () => string>> = {
    '%': () => '%',
    d: () => home,
    h: () => address,
    n: () => address,
    p: () => String(port),
    r: () => user ?? local(),
    u: local,
  };
  return path
    .replace(/^~(?=\/|$)/, home)
    .replace(/%([%dhnpru])/g, (whole, token: string) => tokens[token]?.() ?? whole);
}

/** The jump hosts of `ProxyJump user@bastion:22,next`, each by its own part of ~/.ssh/config, as ssh does. */
function jumpsOf(
  host: string,
  ssh: SshOptions,
  options: ReachOptions,
): readonly Target[] | undefined {
  if (ssh.jump === undefined || ssh.jump === 'none') return undefined;
  return ssh.jump.split(',').map((text) => {
    const [, user, bracketed, plain, port] =
      /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:@]+))(?::(\d+))?\/?$/.exec(text.trim()) ?? [];
    const alias = bracketed ?? plain ?? '';
    checkName(host, 'jump host', alias || text, ADDRESS);
    const own = { hostName: alias, ...options.sshConfig?.(alias, { user, port }) };
    const { knownHostsFiles, hostKeyChecking, connectTimeout } = ssh;
    return targetFrom(
      `${host} (jump host ${alias})`,
      {
        ...withoutGaps({ knownHostsFiles, hostKeyChecking, connectTimeout }),
        ...own,
        ...withoutGaps({ user, port }),
      },
      options,
    );
  });
}

/** The sudo password of a host, when its variables hold one. */
export const becomePassword = (lookup: Lookup): Secret | undefined =>
  secret(lookup, ['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass']);
