/** What orch takes from ssh options, wherever they were written; values as written, `~` and all. */
export interface SshOptions {
  readonly hostName?: string;
  readonly port?: string;
  readonly user?: string;
  /** All of them, in the order they are tried. */
  readonly identityFiles?: readonly string[];
  readonly identitiesOnly?: boolean;
  readonly identityAgent?: string;
  readonly hostKeyAlias?: string;
  readonly knownHostsFiles?: readonly string[];
  readonly globalKnownHostsFiles?: readonly string[];
  readonly hostKeyChecking?: 'strict' | 'accept-new' | 'off';
  /** Seconds. */
  readonly connectTimeout?: string;
  /** Seconds, and how often. */
  readonly aliveInterval?: string;
  readonly aliveCount?: string;
  /** `ProxyJump` as written: `user@bastion:22,other`. */
  readonly jump?: string;
  readonly proxyCommand?: string;
  /** What only the system's ssh can do for this host, as it was written: `CertificateFile ~/.ssh/id-cert.pub`. */
  readonly beyond?: readonly string[];
}

/** An option and its value: `['Port', '2222']`. */
export type Pair = readonly [key: string, value: string];

const READERS: Readonly<Record<string, (value: string) => SshOptions>> = {
  hostname: (hostName) => ({ hostName }),
  port: (port) => ({ port }),
  user: (user) => ({ user: unquoted(user) }),
  identitiesonly: (value) => ({ identitiesOnly: yes(value) }),
  identityagent: (agent) => ({ identityAgent: unquoted(agent) }),
  hostkeyalias: (hostKeyAlias) => ({ hostKeyAlias }),
  userknownhostsfile: (files) => ({ knownHostsFiles: paths(files) }),
  globalknownhostsfile: (files) => ({ globalKnownHostsFiles: paths(files) }),
  stricthostkeychecking: (value) => ({
    hostKeyChecking: /^(no|off|false)$/i.test(value)
      ? 'off'
      : /^accept-new$/i.test(value)
        ? 'accept-new'
        : 'strict',
  }),
  connecttimeout: (connectTimeout) => ({ connectTimeout }),
  serveraliveinterval: (aliveInterval) => ({ aliveInterval }),
  serveralivecountmax: (aliveCount) => ({ aliveCount }),
};

/** Options of which several count. */
const LISTS: Readonly<Record<string, (value: string, before: SshOptions) => SshOptions>> = {
  identityfile: (file, { identityFiles = [] }) => ({
    identityFiles: [...identityFiles, unquoted(file)],
  }),
  // The first of the two that is set decides how the host is reached.
  proxyjump: (jump, before) =>
    before.proxyCommand === undefined && before.jump === undefined ? { jump } : {},
  proxycommand: (proxyCommand, before) =>
    before.jump === undefined && before.proxyCommand === undefined ? { proxyCommand } : {},
};

/** Options that the built-in ssh cannot honour, and when they ask for something. */
const BEYOND: Readonly<Record<string, (value: string) => boolean>> = {
  proxycommand: (value) => value !== 'none',
  certificatefile: (value) => value !== 'none',
  pkcs11provider: (value) => value !== 'none',
  securitykeyprovider: (value) => value !== 'internal',
  hostbasedauthentication: (value) => yes(value),
};

const yes = (value: string): boolean => /^(yes|true)$/i.test(value);

const paths = (files: string): readonly string[] =>
  files === 'none' ? [] : (files.match(/"[^"]*"|\S+/g) ?? []).map(unquoted);

/** Options that do not change which host is reached or who is let in: nothing is lost without them. */
const HARMLESS = new Set(
  (
    'controlmaster controlpath controlpersist loglevel batchmode compression ' +
    'tcpkeepalive preferredauthentications passwordauthentication kbdinteractiveauthentication pubkeyauthentication ' +
    'gssapiauthentication updatehostkeys requesttty forwardagent forwardx11 hashknownhosts checkhostip sendenv identityagent addkeystoagent'
  ).split(' '),
);

/** Options from pairs, the first of each kind wins as in ssh; and the keys that orch does not honour. */
export function readOptions(pairs: readonly Pair[]): {
  readonly options: SshOptions;
  readonly ignored: readonly string[];
} {
  let options: SshOptions = {};
  const ignored: string[] = [];
  const beyond: string[] = [];
  for (const [key, value] of pairs) {
    const name = key.toLowerCase();
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    const list = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
    const asks = Object.hasOwn(BEYOND, name) ? BEYOND[name] : undefined;
    if (reader) options = { ...reader(value), ...options };
    else if (list) options = { ...options, ...list(value, options) };
    else if (!asks && !HARMLESS.has(name)) ignored.push(`${key}=${value}`);
    if (asks?.(value) && (name !== 'proxycommand' || options.proxyCommand === value))
      beyond.push(`${key} ${value}`);
  }
  return { options: beyond.length > 0 ? { ...options, beyond } : options, ignored };
}

const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1');
