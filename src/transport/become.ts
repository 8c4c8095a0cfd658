import { OrchError } from '../lib/errors.ts';
import type { Identity } from '../model/transport.ts';
import type { Line } from './pipe.ts';

/** Another user to become, and how. */
export type Become = NonNullable<Identity['become']>;

/** The become of an identity that really needs it: root as root needs none. */
export function elevation(identity: Identity, loginUser: string): Become | undefined {
  const { become } = identity;
  return become && become.user !== loginUser ? become : undefined;
}

/** Whether there may be a question for a password, so that the shell has to say when it is there. */
export const asks = ({ method, password }: Become): boolean =>
  method === 'su' || (method === 'sudo' && password !== undefined);

/** What is the same to sh, bash, zsh, fish and tcsh without quotes. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * The command that starts the one shell of an identity. Understood alike by sh, bash, zsh, fish and tcsh.
 * Where a password may be asked for the question is `token`'s, and the shell says `token` when it is there.
 */
export function shellCommand(become: Become | undefined, token: string): string {
  if (!become) return 'exec sh';
  const { method } = become;
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(become.user)) {
    throw new OrchError(
      'BECOME_FAILED',
      `become_user ${JSON.stringify(become.user)} is not a user name`,
      { hint: 'Letters, digits, "_", "." and "-"; it may not start with "-" or ".".' },
    );
  }
  const user = become.user.replace('$', '\\$');
  const exe = word('become_exe', become.exe) ?? method;
  const flags = become.flags?.split(/\s+/).flatMap((flag) => word('become_flags', flag) ?? []);
  const there = `'echo here-${token}; exec sh'`;
  switch (method) {
    case 'sudo': {
      // What orch says itself: never a prompt of sudo's own, never a terminal.
      const own = (flags ?? ['-H']).filter((flag) => !['-S', '-n'].includes(flag)).join(' ');
      return become.password
        ? `exec ${exe} -S -p ask-${token}: ${own} -u ${user} -- sh -c ${there}`
        : `exec ${exe} -n ${own} -u ${user} -- sh`;
    }
    case 'su':
      return `exec ${exe} ${(flags ?? ['-s', '/bin/sh']).join(' ')} -c ${there} ${user}`;
    case 'doas':
      return `exec ${exe} -n ${(flags ?? []).join(' ')} -u ${user} sh`;
    case 'run0':
      return `exec ${exe} ${(flags ?? ['--no-ask-password']).join(' ')} --user=${user} -- sh`;
  }
}

function word(what: string, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (PLAIN.test(text)) return text;
  throw new OrchError('BECOME_FAILED', `${what} ${JSON.stringify(text)} is refused`, {
    hint: 'Letters, digits and _ @ % + = : , . / - only: it is put before the login shell of the host.',
  });
}

/** What stopped it, from what it said. The table is read from the top. */
const CAUSES: readonly (readonly [
  RegExp,
  (become: Become, by: string) => readonly [string, string?],
])[] = [
  [
    /incorrect password|Sorry, try again|no password was provided|authentication failure|Authentication service cannot/i,
    ({ method }, by) => [
      `${method} refused the password of ${by}; it was tried once`,
      'Check ansible_become_password, or give it with -K.',
    ],
  ],
  [
    /a password is required|a terminal is required to (read|authenticate)|a tty is required|Authentication required|Interactive authentication required/i,
    (become, by) => passwordNeeded(become, by),
  ],
  [
    /must have a tty|no tty present|must be run from a terminal/i,
    ({ method }, by) => [
      `${method} on the host wants a terminal (requiretty), and orch has none`,
      method === 'sudo'
        ? `Add to sudoers on the host: Defaults:${by} !requiretty`
        : 'Use become_method: sudo.',
    ],
  ],
  [
    /not in the sudoers|is not allowed to|may not run sudo|not permitted|Permission denied|Access denied/i,
    ({ method, user }, by) => [
      `${method} does not allow ${by} to become ${user}`,
      method === 'sudo'
        ? `Add to sudoers on the host: ${by} ALL=(ALL) ALL; see \`sudo -l\` there.`
        : method === 'doas'
          ? `Add to /etc/doas.conf on the host: permit nopass ${by}`
          : `Check on the host who may use ${method}.`,
    ],
  ],
  [
    /unknown user|no passwd entry|user \S+ does not exist|unknown target user/i,
    ({ user }) => [`there is no user ${user} on the host`, 'Check become_user.'],
  ],
  [
    /(effective uid is not 0|must be setuid|must be owned by uid 0|no new privileges|not installed setuid|must be suid)/i,
    ({ method }) => [
      `${method} on the host cannot change the user (it is not setuid root there)`,
      `Mend ${method} on the host: chmod 4755, no \`nosuid\` mount, no "no new privileges" in sshd's unit.`,
    ],
  ],
  [
    /(sudo|su|doas|run0): ?(command )?not found|unknown command:? ['"]?(sudo|su|doas|run0)|(sudo|su|doas|run0): No such file|command not found:? (sudo|su|doas|run0)|inaccessible or not found|sudo: inaccessible/i,
    ({ method }, by) => [
      `there is no ${method} on the host, and ${by} is not root`,
      `Install ${method} on the host, take another become_method, or log in as root: ansible_user: root.`,
    ],
  ],
  [
    /account (has )?expired|account validation failure/i,
    ({ method }, by) => [
      `${method} says that the account of ${by} has expired`,
      'Check `chage -l` on the host.',
    ],
  ],
  [
    /doas is not enabled|doas\.conf/i,
    (_, by) => [
      'doas is not set up on the host',
      `Write /etc/doas.conf there: permit nopass ${by}`,
    ],
  ],
  [
    /(syntax|parse) error/i,
    ({ method }) =>
      method === 'doas'
        ? [
            '/etc/doas.conf on the host has an error',
            'Check it on the host: doas -C /etc/doas.conf.',
          ]
        : ['the sudoers file on the host has an error', 'Check it on the host: visudo -c.'],
  ],
];

function passwordNeeded(
  { method, password, user }: Become,
  by: string,
): readonly [string, string?] {
  if (method === 'sudo' || method === 'su') {
    return [
      `${method} asks ${by} for a password and none was given`,
      method === 'sudo'
        ? `Set ansible_become_password (in a vault), give it with -K, or allow it in sudoers: ${by} ALL=(ALL) NOPASSWD: ALL`
        : `Set ansible_become_password to the password of ${user} (in a vault), or give it with -K.`,
    ];
  }
  return [
    `${method} asks ${by} for a password${password ? ', which it takes from a terminal only' : ''}`,
    method === 'doas'
      ? `Allow it without: permit nopass ${by} in /etc/doas.conf; or use become_method: sudo, which takes a password.`
      : 'Allow it by a polkit rule on the host, or use become_method: sudo, which takes a password.',
  ];
}

/** Why there is no shell as the other user. `said` is what the method and the login shell wrote. */
export function becomeError(become: Become, line: Line, said: string): OrchError {
  const text = said.replace(/ask-[0-9a-f]+: ?/g, '').trim();
  const found = CAUSES.find(([pattern]) => pattern.test(text));
  const last = lastLine(text);
  const [sentence, hint] = found
    ? found[1](become, line.user)
    : [`${become.method} to ${become.user} failed${last ? `: ${last}` : ''}`, undefined];
  return new OrchError('BECOME_FAILED', `${line.label}: ${sentence}`, {
    hint: hint ?? `Try on the host as ${line.user}: ${become.method} -u ${become.user} true`,
    stderr: text.slice(0, 2000) || undefined,
  });
}

/** The last line that says something, short and without control characters. */
export const lastLine = (text: string): string =>
  (text.trim().split('\n').at(-1) ?? '').replace(/\p{Cc}/gu, '').slice(0, 200);
