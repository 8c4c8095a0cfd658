import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { OrchError } from '../lib/errors.ts';
import { quote } from '../lib/shell.ts';
import type { Target } from '../model/transport.ts';
import {
  entriesFor,
  fingerprint,
  type HostKeyAlgorithm,
  hostKeyOrder,
  judge,
  type KnownHost,
  keyType,
  knownName,
  parseKnownHosts,
} from './known-hosts.ts';

/** What is known of the keys of one host, and the judge of the one it shows. */
export interface HostKeys {
  /** Algorithms to offer, known ones first. */
  readonly algorithms: readonly HostKeyAlgorithm[];
  /** Nothing when the key is good, else HOST_KEY_UNKNOWN or HOST_KEY_CHANGED. */
  check(key: Buffer): OrchError | undefined;
  /** Writes a key that `accept-new` took into known_hosts. Called after the key exchange proved it. */
  remember(): Promise<void>;
}

/** Reads the known_hosts files of a target. Files that are not there are empty. */
export function hostKeysOf(target: Target): HostKeys {
  const all = entriesNear(target);
  const { name, port } = knownAs(target);
  let fresh: string | undefined;
  const file = knownHostsFileOf(target);
  return {
    algorithms: hostKeyOrder(entriesFor(all, name, port)),
    check: (key) => {
      if (target.hostKeyChecking === 'off') return undefined;
      const verdict = judge(all, name, port, key);
      if (verdict.kind === 'known') return undefined;
      if (verdict.kind === 'unknown' && target.hostKeyChecking === 'accept-new') {
        fresh = entryText(target, key);
        return undefined;
      }
      if (verdict.kind === 'changed') return changed(target, key, verdict.entry);
      if (verdict.kind === 'revoked') return revoked(target, key, verdict.entry);
      return unknown(target, key, file, {
        other: verdict.kind === 'other-type' ? verdict.entry : undefined,
        authority: entriesFor(all, name, port).find(({ marker }) => marker === 'cert-authority'),
      });
    },
    remember: async () => {
      if (fresh === undefined) return;
      const { addKnownHosts } = await import('./write-known-hosts.ts');
      await addKnownHosts(file, [fresh]);
    },
  };
}

/** The line that trusts an authority for a host which is known by no key of its own; nothing when there is none. */
export function authorityOf(target: Target): string | undefined {
  if (target.hostKeyChecking === 'off') return undefined;
  const { name, port } = knownAs(target);
  const all = entriesNear(target);
  if (!all.some(({ marker }) => marker === 'cert-authority')) return undefined;
  const mine = entriesFor(all, name, port);
  if (mine.some(({ marker }) => marker === undefined)) return undefined;
  const authority = mine.find(({ marker }) => marker === 'cert-authority');
  return authority && place(authority);
}

/** The file that new keys of a host go to. */
export const knownHostsFileOf = (target: Target): string =>
  target.knownHostsFiles?.[0] ?? join(homedir(), '.ssh/known_hosts');

/** What known_hosts says of a key that a host showed; a key of a type that is not known yet is unknown. */
export function verdictOf(
  target: Target,
  key: Buffer,
): 'known' | 'unknown' | 'changed' | 'revoked' {
  const { name, port } = knownAs(target);
  const all = entriesNear(target);
  const { kind } = judge(all, name, port, key);
  return kind === 'other-type' ? 'unknown' : kind;
}

const defaultFiles = (): readonly string[] => [
  join(homedir(), '.ssh/known_hosts'),
  join(homedir(), '.ssh/known_hosts2'),
  '/etc/ssh/ssh_known_hosts',
  '/etc/ssh/ssh_known_hosts2',
];

/** The lines that may be about a target; a file may have thousands about others. */
function entriesNear(target: Target): readonly KnownHost[] {
  const { name, port } = knownAs(target);
  const names = new Set([knownName(name, port), name.toLowerCase()]);
  return (target.knownHostsFiles ?? defaultFiles()).flatMap((file) => {
    const { plain, others } = readEntries(file);
    const exact = new Set([...names].flatMap((one) => plain.get(one) ?? []));
    return [...exact, ...others].sort((a, b) => a.line - b.line);
  });
}

/** Lines of one file. */
interface Entries {
  /** Those that list names as they are, by name. */
  readonly plain: ReadonlyMap<string, readonly KnownHost[]>;
  /** Those with patterns or hashes. */
  readonly others: readonly KnownHost[];
}

function readEntries(file: string): Entries {
  const stamp = stampOf(file);
  const last = parsed.get(file);
  if (stamp !== '' && last?.stamp === stamp) return last.entries;
  const entries = byName(parseKnownHosts(readText(file), file));
  parsed.set(file, { stamp, entries });
  return entries;
}

function byName(list: readonly KnownHost[]): Entries {
  const plain = new Map<string, KnownHost[]>();
  const others: KnownHost[] = [];
  for (const entry of list) {
    if (/[|*?!]/.test(entry.names)) {
      others.push(entry);
      continue;
    }
    for (const name of entry.names.toLowerCase().split(',')) {
      const known = plain.get(name);
      if (known) known.push(entry);
      else plain.set(name, [entry]);
    }
  }
  return { plain, others };
}

/** Differs when a file was written; hosts share their files, which are read again only then. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return [ino, size, mtimeMs, ctimeMs].join();
  } catch {
    // Reading it tells what is wrong.
    return '';
  }
}

/** What each file held when it was last read. */
const parsed = new Map<string, { readonly stamp: string; readonly entries: Entries }>();

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new OrchError(
      'FILE_UNREADABLE',
      `cannot read the known_hosts file ${file}: ${code ?? 'error'}`,
      {
        cause,
      },
    );
  }
}

/** The name in known_hosts; an alias stands for address and port alike, as in ssh. */
const knownAs = ({ hostKeyAlias, address, port }: Target): { name: string; port: number } =>
  hostKeyAlias === undefined ? { name: address, port } : { name: hostKeyAlias, port: 22 };

/** How known_hosts names a host: `host`, `[host]:port`, or its alias. */
export const nameOf = (target: Target): string => {
  const { name, port } = knownAs(target);
  return knownName(name, port);
};

const entryText = (target: Target, key: Buffer): string =>
  `${nameOf(target)} ${keyType(key)} ${key.toString('base64')}`;

const place = ({ file, line }: KnownHost): string => `${file}:${line}`;

function unknown(
  target: Target,
  key: Buffer,
  file: string,
  seen: { readonly other: KnownHost | undefined; readonly authority: KnownHost | undefined },
): OrchError {
  const name = nameOf(target);
  const why = seen.other
    ? ` The host is known by a ${seen.other.type} key (${place(seen.other)}), which it did not show.`
    : seen.authority
      ? ` ${place(seen.authority)} trusts a certificate authority for it, but the built-in ssh knows no host certificates.`
      : '';
  return new OrchError(
    'HOST_KEY_UNKNOWN',
    `${target.name}: the host key of ${name} is not in ${file}: ${keyType(key)} ${fingerprint(key)}.${why}`,
    {
      hint: `Compare the fingerprint with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub there), then: echo ${quote(entryText(target, key))} >> ${quote(file)}`,
    },
  );
}

function changed(target: Target, key: Buffer, entry: KnownHost): OrchError {
  const name = nameOf(target);
  return new OrchError(
    'HOST_KEY_CHANGED',
    `${target.name}: ${name} shows another host key than ${place(entry)} has: ${keyType(key)} ${fingerprint(key)} instead of ${fingerprint(Buffer.from(entry.key, 'base64'))}. Nothing was sent to it.`,
    {
      hint: `If the host was reinstalled: ssh-keygen -R ${quote(name)} -f ${quote(entry.file)}, then add the new key. Else somebody may be listening.`,
    },
  );
}

const revoked = (target: Target, key: Buffer, entry: KnownHost): OrchError =>
  new OrchError(
    'HOST_KEY_CHANGED',
    `${target.name}: the host key of ${nameOf(target)} (${keyType(key)} ${fingerprint(key)}) is marked @revoked at ${place(entry)}. Nothing was sent to it.`,
    {
      hint: 'Somebody may be using a stolen key. Give the host a new key, or remove that line if it is wrong.',
    },
  );
