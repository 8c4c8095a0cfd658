import { OrchError } from '../lib/errors.ts';
import type { Target } from '../model/transport.ts';
import { lastLine } from './become.ts';

type Read = readonly [
  RegExp,
  'HOST_KEY_UNKNOWN' | 'HOST_KEY_CHANGED' | 'LOGIN_REFUSED' | 'HOST_UNREACHABLE',
  (target: Target) => string,
  string?,
];

const where = ({ address, port }: Target): string => `${address}:${port}`;

/** What the system's ssh says, in orch's words. Read from the top. */
const READ: readonly Read[] = [
  [
    /ssh: not found/,
    'HOST_UNREACHABLE',
    () => 'this machine has no ssh program, which `connection: openssh` drives',
    'Install openssh-client here.',
  ],
  [
    /revoked/i,
    'HOST_KEY_CHANGED',
    (target) => `the host key of ${where(target)} is marked @revoked. Nothing was sent to it.`,
    'Somebody may be using a stolen key. Give the host a new key.',
  ],
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    'HOST_KEY_CHANGED',
    (target) =>
      `${where(target)} shows another host key than known_hosts has. Nothing was sent to it.`,
  ],
  [
    /Host key verification failed|host key is known for/,
    'HOST_KEY_UNKNOWN',
    (target) => `the host key of ${where(target)} is not in known_hosts`,
    'Compare its fingerprint and add it: orch hosts trust HOST.',
  ],
  [
    /Permission denied|Too many authentication failures|No supported authentication/,
    'LOGIN_REFUSED',
    (target) => `${where(target)} refused the login${target.user ? ` of ${target.user}` : ''}`,
  ],
  [
    /Connection refused/,
    'HOST_UNREACHABLE',
    (target) => `${where(target)} refused the connection: nothing listens there`,
    'Check ansible_port, and that sshd runs on the host.',
  ],
  [
    /Could not resolve hostname/,
    'HOST_UNREACHABLE',
    (target) => `${where(target)} has an address that DNS does not know`,
    'Check ansible_host, or set it to an IP address.',
  ],
  [
    /timed out|No route to host|Network is unreachable/,
    'HOST_UNREACHABLE',
    (target) => `${where(target)} did not answer`,
    'Check that the host is up, its address, and the firewall on the way.',
  ],
];

/** Why the system's ssh did not get in. */
export function opensshError(target: Target, said: string, attempts: number): OrchError {
  const found = READ.find(([pattern]) => pattern.test(said));
  const last = lastLine(said);
  const times = attempts > 1 ? `, ${attempts} times` : '';
  if (!found) {
    return new OrchError(
      'HOST_UNREACHABLE',
      `${target.name}: ${where(target)} cannot be reached by ssh${times}: ${last}`,
      { hint: `Try it by hand: ssh -v ${target.alias ?? target.address}` },
    );
  }
  const [, code, words, hint] = found;
  return new OrchError(code, `${target.name}: ${words(target)} (ssh: ${last})`, {
    hint,
    stderr: said.slice(0, 2000),
  });
}
