import { createHash, createHmac } from 'node:crypto';

/** One line of a known_hosts file. */
export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  readonly names: string;
  readonly type: string;
  /** The key as in the file: base64. */
  readonly key: string;
}

/** What known_hosts says about a key that a host showed. */
export type Verdict =
  | { readonly kind: 'known' | 'unknown' }
  /** Known by keys of other types only: not this one. */
  | { readonly kind: 'other-type' | 'changed' | 'revoked'; readonly entry: KnownHost };

/** The lines of one known_hosts file; what is no such line is left out, as ssh does. */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
  return text.split('\n').flatMap((line, i) => {
    const words = line.trim().split(/\s+/);
    if (line.trim() === '' || line.trimStart().startsWith('#')) return [];
    const first = words[0] ?? '';
    const marker =
      first === '@revoked' ? 'revoked' : first === '@cert-authority' ? 'cert-authority' : undefined;
    if (first.startsWith('@')) {
      if (!marker) return [];
      words.shift();
    }
    const [names, type, key] = words;
    return names && type && key ? [{ file, line: i + 1, marker, names, type, key }] : [];
  });
}

/** The name a host has in known_hosts: `host`, or `[host]:port` away from port 22. */
export const knownName = (address: string, port: number): string =>
  port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;

/** The entries for a host, as `ssh-keygen -F` finds them. Away from port 22, keys of the bare name count too. */
export function entriesFor(
  all: readonly KnownHost[],
  address: string,
  port: number,
): readonly KnownHost[] {
  return all.filter(({ names }) => matches(names, knownName(address, port)));
}

/** Judges the key that a host showed (its wire form). */
export function judge(
  all: readonly KnownHost[],
  address: string,
  port: number,
  shown: Buffer,
): Verdict {
  const key = shown.toString('base64');
  const type = keyType(shown);
  const mine = entriesFor(all, address, port);
  const bare = port === 22 ? [] : all.filter(({ names }) => matches(names, address.toLowerCase()));
  const revoked = [...mine, ...bare].find(
    (entry) => entry.marker === 'revoked' && entry.key === key,
  );
  if (revoked) return { kind: 'revoked', entry: revoked };
  const plain = mine.filter(({ marker }) => marker === undefined);
  if (plain.some((entry) => entry.key === key)) return { kind: 'known' };
  const same = plain.find((entry) => entry.type === type);
  if (same) return { kind: 'changed', entry: same };
  if (plain[0]) return { kind: 'other-type', entry: plain[0] };
  return { kind: bare.some((entry) => !entry.marker && entry.key === key) ? 'known' : 'unknown' };
}

/** The type a key in wire form says it has: `ssh-ed25519`. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.toString('latin1', 4, 4 + length);
}

/** `SHA256:…` as ssh and ssh-keygen show it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** Host key algorithms to offer, those first whose keys are known: else a host known by RSA alone looks changed. */
export function hostKeyOrder(known: readonly KnownHost[]): readonly HostKeyAlgorithm[] {
  const types = new Set(known.filter(({ marker }) => !marker).map(({ type }) => type));
  const has = (algorithm: string): boolean =>
    types.has(algorithm.startsWith('rsa-sha2') ? 'ssh-rsa' : algorithm);
  return [...ALGORITHMS.filter(has), ...ALGORITHMS.filter((algorithm) => !has(algorithm))];
}

/** Best first; RSA with SHA-1 is not among them. */
const ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** A host key algorithm that orch offers. */
export type HostKeyAlgorithm = (typeof ALGORITHMS)[number];

function matches(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = names.split('|');
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  return matchesList(names.toLowerCase().split(','), name);
}

/** ssh's pattern lists: `*`, `?`, and a `!pattern` that matches refuses the whole list. */
export function matchesList(patterns: readonly string[], name: string): boolean {
  let found = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (!matchesOne(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** Most patterns are plain names, and a file may have thousands. */
const matchesOne = (pattern: string, name: string): boolean =>
  /[*?]/.test(pattern) ? glob(pattern).test(name) : pattern === name;

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
