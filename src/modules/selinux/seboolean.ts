import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import { type ParamsSchema, Refusal, type Resource, type StateModule } from '../../model/module.ts';
import { sections } from '../system/text-file.ts';

const params = {
  type: 'object',
  description: 'A switch of the rules of SELinux, now and, where asked for, after a reboot.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9_]+$',
      'x-says': 'the name of a boolean',
      description: 'Its name, such as httpd_can_network_connect.',
    },
    state: { type: 'boolean', description: 'On or off.' },
    persistent: {
      type: 'boolean',
      default: false,
      description: 'After a reboot too.',
    },
    ignore_selinux_state: {
      type: 'boolean',
      default: false,
      description: 'Accepted for playbooks of Ansible, which use it in chroots.',
    },
  },
  required: ['name', 'state'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of seboolean, defaults filled in. */
export type SebooleanParams = FromSchema<typeof params>;

/** Switches by name: as they are, and as somebody set them for the next boot; null: nobody did. */
export interface SwitchesState {
  readonly runtime: Readonly<Record<string, boolean | null>>;
  readonly kept: Readonly<Record<string, boolean | null>>;
}

/** Whether SELinux runs at all. */
export interface SwitchesFacts {
  readonly on: boolean;
}

/** The kernel shows a switch as a file, and those kept are lines of one: no process is started. */
const switches: Resource<string, SwitchesState, SwitchesFacts> = {
  name: 'selinux_booleans',
  key: () => 'selinux_booleans',
  observe: (names) => {
    const wanted = [...new Set(names)].sort();
    return {
      script: lines([
        raw("echo '=on'; [ ! -d /sys/fs/selinux/booleans ] || echo ' yes'\necho '=runtime'"),
        sh`for n in ${wanted}; do [ ! -r "/sys/fs/selinux/booleans/$n" ] || { read -r v p <"/sys/fs/selinux/booleans/$n" || :; echo " $n $v"; }; done`,
        raw(`echo '=kept'; for f in /etc/selinux/*/active/booleans.local /var/lib/selinux/*/active/booleans.local; do
  [ ! -r "$f" ] || while IFS='=' read -r n v; do case $n in \\#*) ;; *) echo " $n $v" ;; esac; done <"$f"; done`),
        raw("echo '=end'"),
      ]),
      parse({ stdout, stderr, exit }) {
        const found = sections(stdout.toString('utf8'));
        if (exit !== 0 || !found.has('end')) {
          throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its switches of SELinux', {
            stderr: stderr.toString('utf8').slice(0, 2000),
          });
        }
        const of = (section: string): Record<string, boolean | null> => {
          const told = new Map(
            (found.get(section) ?? []).map((row) => row.trim().split(' ') as [string, string]),
          );
          return Object.fromEntries(
            wanted.map((name) => [name, told.has(name) ? told.get(name)?.trim() === '1' : null]),
          );
        };
        return {
          state: { runtime: of('runtime'), kept: of('kept') },
          facts: { on: found.get('on')?.[0] === ' yes' },
        };
      },
    };
  },
  plan: ({ state }, desired) => ({
    steps: Object.keys(desired.runtime).flatMap((name) => {
      const [to, kept] = [desired.runtime[name] ?? null, desired.kept[name] ?? null];
      const was = state.runtime[name] ?? null;
      const lasts = kept !== (state.kept[name] ?? null);
      if (to === null || (to === was && !lasts)) return [];
      const set = (on: boolean) =>
        sh`setsebool ${lasts ? ['-P'] : []} ${name} ${on ? 'on' : 'off'}`;
      return [
        {
          name: `SELinux switch ${name} ${to ? 'on' : 'off'}`,
          do: set(to),
          ...(was === null ? {} : { inverse: set(was) }),
          stage: lasts ? ('persistent' as const) : ('runtime' as const),
          disruption: 'none' as const,
          // The whole policy is built anew.
          ...(lasts ? { patience: 300 } : {}),
        },
      ];
    }),
  }),
  footprints: (name) => ({
    reads: [`selinux:/${name}`, 'package:/'],
    writes: [`selinux:/${name}`],
  }),
};

/** A switch of the rules of SELinux. */
export const seboolean: StateModule<SebooleanParams, string, SwitchesState, SwitchesFacts> = {
  kind: 'state',
  name: 'seboolean',
  params,
  example: `- name: The web server may reach what is behind it
  seboolean:
    name: httpd_can_network_connect
    state: true
    persistent: true
`,
  resource: switches,
  scope: ({ name }) => name,
  desired({ state, facts }, { name, state: on, persistent }) {
    if (!facts.on)
      return new Refusal('SELinux is disabled on this host.', {
        hint: "Skip the task there: when: ansible_selinux.status == 'enabled'.",
      });
    if ((state.runtime[name] ?? null) === null)
      return new Refusal(`SELinux boolean ${name} does not exist.`, {
        code: 'NOT_ON_HOST',
        pointer: '/name',
        hint: 'Check its name with `getsebool -a`; the package with its rules may be missing.',
      });
    return {
      runtime: { ...state.runtime, [name]: on },
      kept: persistent ? { ...state.kept, [name]: on } : state.kept,
    };
  },
};
