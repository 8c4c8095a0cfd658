import { Client } from 'ssh2';

import { OrchError } from '../lib/errors.ts';
import type { Target } from '../model/transport.ts';
import { dial } from './dial.ts';
import { nameOf, verdictOf } from './host-key.ts';
import { fingerprint, type HostKeyAlgorithm, keyType } from './known-hosts.ts';
import { unreachable } from './ssh-errors.ts';

/** A host key that a host showed, and what known_hosts says of it. */
export interface ShownKey {
  readonly name: string;
  readonly type: string;
  readonly fingerprint: string;
  /** As in known_hosts. */
  readonly line: string;
  readonly verdict: 'known' | 'unknown' | 'changed' | 'revoked';
}

/** One kind of each family: what ssh-keyscan asks for, without RSA with SHA-1. */
const ASKED: readonly HostKeyAlgorithm[] = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512'];

/** Asks a host for its keys, without logging in. Rejects with HOST_UNREACHABLE when it shows none. */
export async function scanKeys(target: Target): Promise<readonly ShownKey[]> {
  if (target.jumps?.length) {
    throw new OrchError(
      'HOST_UNREACHABLE',
      `${target.name}: is behind a jump host, through which keys cannot be scanned`,
      { hint: 'Run ssh-keyscan on the jump host, compare, and add the lines to known_hosts.' },
    );
  }
  const found = await Promise.allSettled(ASKED.map((algorithm) => shown(target, algorithm)));
  const keys = found.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
  if (keys.length > 0) return keys.map((key) => described(target, key));
  const refused = found.find((one) => one.status === 'rejected');
  throw refused?.status === 'rejected' && refused.reason instanceof OrchError
    ? refused.reason
    : unreachable(target, { protocol: 'it shows no host key' });
}

const described = (target: Target, key: Buffer): ShownKey => ({
  name: nameOf(target),
  type: keyType(key),
  fingerprint: fingerprint(key),
  line: `${nameOf(target)} ${keyType(key)} ${key.toString('base64')}`,
  verdict: verdictOf(target, key),
});

/** The key of one algorithm; nothing when the host has none of that kind. */
function shown(target: Target, algorithm: HostKeyAlgorithm): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const socket = dial(target);
    let connected = false;
    socket.once('connect', () => (connected = true));
    const timer = setTimeout(
      () => end(() => reject(unreachable(target, { timeout: connected ? 'banner' : 'tcp' }))),
      target.connectTimeout,
    );
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
      client.destroy();
      socket.destroy();
    };
    client.on('error', (error: Error & { level?: string }) =>
      end(() => (connected ? resolve(undefined) : reject(unreachable(target, { error })))),
    );
    client.once('close', () => end(() => resolve(undefined)));
    client.connect({
      sock: socket,
      username: 'nobody',
      readyTimeout: 0,
      algorithms: { serverHostKey: [algorithm] },
      // Only looked at, never taken: the connection ends here.
      hostVerifier: (key: Buffer) => {
        end(() => resolve(key));
        return false;
      },
    });
  });
}
