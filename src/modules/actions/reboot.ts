import type { FromSchema } from 'json-schema-to-ts';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema } from '../../model/module.ts';

const params = {
  type: 'object',
  description:
    'Starts the host anew and waits until it is back: the proof is that it tells another boot id over a new connection. ' +
    'Tasks behind it look at the host afresh.',
  properties: {
    pre_reboot_delay: {
      type: 'integer',
      default: 0,
      description: 'Seconds before it goes down; shutdown counts in minutes, less than 60 is 0.',
      'x-aliases': ['pre_reboot_delay_sec'],
    },
    post_reboot_delay: {
      type: 'integer',
      default: 0,
      description: 'Seconds to wait before the host is asked the first time.',
      'x-aliases': ['post_reboot_delay_sec'],
    },
    reboot_timeout: {
      type: 'integer',
      default: 600,
      description: 'Seconds to wait for another boot id, and again for test_command.',
      'x-aliases': ['reboot_timeout_sec'],
    },
    connect_timeout: {
      type: 'integer',
      description: 'Seconds for one connection while it is waited for.',
      'x-aliases': ['connect_timeout_sec'],
    },
    test_command: {
      type: 'string',
      default: 'whoami',
      description: 'A command line that must succeed on the host before the play goes on.',
    },
    msg: {
      type: 'string',
      default: 'Reboot initiated by orch',
      description: 'What those who are logged in are told.',
    },
    search_paths: {
      type: 'array',
      items: { type: 'string' },
      default: ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'],
      description: 'Where the program that reboots is looked for.',
    },
    boot_time_command: {
      type: 'string',
      default: 'cat /proc/sys/kernel/random/boot_id',
      description: 'A command line that prints something else after each start.',
    },
    reboot_command: {
      type: 'string',
      description: 'A command line instead of shutdown; its program is looked for in search_paths.',
    },
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of reboot, defaults filled in. */
export type RebootParams = FromSchema<typeof params>;

/** A host started anew. */
export const reboot: ActionModule<RebootParams> = {
  kind: 'action',
  name: 'reboot',
  params,
  example: `- name: Into the new kernel
  reboot:
    reboot_timeout: 900
    test_command: systemctl is-active k3s
`,
  reads: () => false,
  disrupts: () => ({ disruption: 'reboot', reason: 'the host is started anew' }),
  script: (given) => {
    const { reboot_command: command, search_paths: paths } = given;
    return lines([
      sh`orch_find() { case $1 in /*) printf %s "$1"; return;; esac
for d in ${paths}; do [ ! -x "$d/$1" ] || { printf %s "$d/$1"; return; }; done
return 1; }`,
      command === undefined ? shutdown(given) : own(command, paths),
    ]);
  },
  parse: () => ({ changed: true, data: { changed: true, rebooted: true } }),
  foresees: () => ({
    script: raw(':'),
    parse: () => ({ changed: true, data: { changed: true, elapsed: 0, rebooted: true } }),
  }),
  line: (given) => ({
    proof: started(given.boot_time_command),
    test: started(given.test_command),
    delay: Math.max(given.post_reboot_delay, 0),
    sleep: 1,
    connectTimeout: given.connect_timeout,
    timeout: given.reboot_timeout,
  }),
};

const started = (command: string): Shell => sh`exec sh -c ${command}`;

/** Hosts without shutdown (Alpine) have reboot, which knows no delay. */
function shutdown({ pre_reboot_delay: delay, msg }: RebootParams): Shell {
  const wait = Math.max(delay, 0);
  return sh`if p=$(orch_find shutdown); then exec "$p" -r ${Math.floor(wait / 60)} ${msg}
elif p=$(orch_find reboot); then sleep ${wait}; exec "$p"
else echo 'Unable to find command "shutdown" in search paths' >&2; exit 127; fi`;
}

function own(command: string, paths: readonly string[]): Shell {
  const [program = '', ...rest] = command.trim().split(' ');
  const words = rest.length === 0 ? '' : ` ${rest.join(' ')}`;
  return sh`p=$(orch_find ${program}) || { echo ${`Unable to find command "${program}" in search paths: ${paths.join(', ')}`} >&2; exit 127; }
exec sh -c ${`"$0"${words}`} "$p"`;
}
