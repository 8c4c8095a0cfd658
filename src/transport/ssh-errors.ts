import { existsSync } from 'node:fs';

import { OrchError } from '../lib/errors.ts';
import type { Target } from '../model/transport.ts';

/** Why no connection came about. */
export type Trouble =
  | { readonly error: Error & { code?: unknown; errors?: unknown } }
  | { readonly timeout: 'tcp' | 'banner' | 'login' }
  | { readonly dropped: number; readonly said: string }
  | { readonly protocol: string }
  /** The jump host could not open the way. */
  | { readonly forward: string };

const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: [
    'refused the connection: nothing listens there',
    'Check ansible_port, and that sshd runs on the host.',
  ],
  EHOSTUNREACH: [
    'cannot be reached: no route to host',
    'Check that the host is up, its address, and the firewall on the way.',
  ],
  ENETUNREACH: [
    'cannot be reached: no route to its network',
    'Check the address, and `ip route` here.',
  ],
  ETIMEDOUT: [
    'did not answer',
    'Check that the host is up, its address, and the firewall on the way.',
  ],
  ECONNRESET: [
    'closed the connection at once',
    'Check sshd on the host, and what filters on the way.',
  ],
  EPERM: [
    'cannot be reached: the firewall of this machine forbids it',
    'Check the local firewall.',
  ],
  EACCES: [
    'cannot be reached: the system forbids it',
    'Check the address: is it a broadcast address?',
  ],
};

const STAGES = {
  tcp: 'did not answer',
  banner: 'accepted the connection but did not speak ssh to the end',
  login: 'did not finish the login',
} as const;

/** HOST_UNREACHABLE in plain words, with address, port and time. */
export function unreachable(target: Target, trouble: Trouble): OrchError {
  const place = `${target.address}:${target.port}`;
  const [what, hint] = words(target, trouble);
  const cause = 'error' in trouble ? trouble.error : undefined;
  return new OrchError('HOST_UNREACHABLE', `${target.name}: ${place} ${what}`, { hint, cause });
}

function words(target: Target, trouble: Trouble): readonly [string, string | undefined] {
  if ('timeout' in trouble) {
    return [
      `${STAGES[trouble.timeout]} within ${target.connectTimeout / 1000} s`,
      trouble.timeout === 'tcp'
        ? 'Check that the host is up, its address, and the firewall on the way.'
        : 'Check the load of the host and its sshd; a slow DNS on the host delays logins (UseDNS no).',
    ];
  }
  if ('dropped' in trouble) {
    return [
      `closed the connection before the login, ${trouble.dropped} times${trouble.said ? `: ${trouble.said}` : ''}`,
      'sshd may be overloaded or ban this address: check MaxStartups, PerSourcePenalties and fail2ban on the host.',
    ];
  }
  if ('forward' in trouble) {
    return [
      `cannot be reached from the jump host: ${trouble.forward.replace(/^\(SSH\) /, '')}`,
      'Check the address as the jump host sees it, and AllowTcpForwarding in its sshd_config.',
    ];
  }
  if ('protocol' in trouble) {
    const none = /no matching/i.test(trouble.protocol);
    return [
      `speaks no ssh that orch understands: ${trouble.protocol}`,
      none
        ? 'Its sshd allows only algorithms the built-in ssh does not have: see KexAlgorithms, HostKeyAlgorithms, Ciphers in its sshd_config.'
        : 'Check ansible_port: is that really sshd?',
    ];
  }
  const code = codeOf(trouble.error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return [
      code === 'ENOTFOUND'
        ? 'has an address that DNS does not know'
        : 'could not be looked up: DNS does not answer',
      'Check ansible_host, or set it to an IP address.',
    ];
  }
  return WORDS[code] ?? [`cannot be reached: ${trouble.error.message}`, undefined];
}

function codeOf(error: { code?: unknown; errors?: unknown }): string {
  if (typeof error.code === 'string') return error.code;
  const first: unknown = Array.isArray(error.errors) ? error.errors[0] : undefined;
  return typeof first === 'object' && first !== null && 'code' in first ? String(first.code) : '';
}

/** LOGIN_REFUSED with the user and everything that was tried. */
export function loginRefused(
  target: Target,
  user: string,
  seen: {
    readonly tried: readonly string[];
    readonly passedOver: readonly string[];
    readonly said: string;
  },
): OrchError {
  const tried =
    seen.tried.length > 0
      ? `tried ${seen.tried.join(', ')}`
      : 'there was no key and no password to try';
  const over = seen.passedOver.length > 0 ? `; not usable: ${seen.passedOver.join(', ')}` : '';
  const many = /too many/i.test(seen.said);
  const said = /All configured/.test(seen.said) ? '' : ` (${seen.said})`;
  const key = target.privateKeyFile;
  const hint = many
    ? 'The host counts every key: name the right one with ansible_ssh_private_key_file or --private-key.'
    : key && existsSync(`${key}-cert.pub`)
      ? `${key}-cert.pub is there, but the built-in ssh knows no certificates: add the plain key to authorized_keys.`
      : seen.tried.length === 0
        ? 'Give a key (ansible_ssh_private_key_file, --private-key), load one into ssh-agent, or set ansible_password.'
        : undefined;
  return new OrchError(
    'LOGIN_REFUSED',
    `${target.name}: ${target.address}:${target.port} refused the login of ${user}: ${tried}${over}${said}`,
    {
      hint,
    },
  );
}
