import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import {
  type ParamsSchema,
  type Plan,
  type Problem,
  Refusal,
  type Resource,
  type Seen,
  type StateModule,
  type Step,
} from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { sections, SHOW, shown, unchanged, writeFile } from '../system/text-file.ts';

const params = {
  type: 'object',
  description:
    'Whether SELinux enforces its rules: now, as far as that goes without a reboot, and after one.',
  properties: {
    state: {
      enum: ['enforcing', 'permissive', 'disabled'],
      description:
        'disabled is only reached by a reboot: until then it is permissive. From disabled to the others needs one too.',
    },
    policy: {
      type: 'string',
      pattern: '^[a-z0-9_-]+$',
      'x-says': 'the name of a policy',
      description: 'Which rules, such as targeted. Needed unless state: disabled.',
    },
    configfile: {
      type: 'string',
      pattern: '^/',
      'x-says': 'an absolute path',
      default: '/etc/selinux/config',
      description: 'Where the host has what holds after a reboot.',
      'x-aliases': ['conf', 'file'],
    },
  },
  required: ['state'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of selinux, defaults filled in. */
export type SelinuxParams = FromSchema<typeof params>;

/** SELinux now and after a reboot. */
export interface SelinuxState {
  readonly runtime: 'enforcing' | 'permissive' | 'disabled';
  /** Text of its configuration, null where there is none. */
  readonly config: string | null;
}

type Now = Seen<SelinuxState, { readonly file: string }>;

const resource: Resource<string, SelinuxState, { readonly file: string }> = {
  name: 'selinux',
  key: (file) => `selinux:${file}`,
  observe: ([file = '/etc/selinux/config']) => ({
    script: lines([
      SHOW,
      raw(
        'echo \'=enforce\'; [ ! -r /sys/fs/selinux/enforce ] || { read -r e </sys/fs/selinux/enforce || :; echo " $e"; }',
      ),
      sh`[ ! -e ${file} ] || { echo '=config'; show ${file}; }; echo '=end'`,
    ]),
    parse({ stdout, stderr, exit }) {
      const found = sections(stdout.toString('utf8'));
      if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
        throw new OrchError('REPLY_UNREADABLE', 'the host did not tell how SELinux is set', {
          stderr: stderr.toString('utf8').slice(0, 2000),
        });
      }
      const enforce = found.get('enforce')?.[0]?.trim();
      const config = found.get('config');
      return {
        state: {
          runtime:
            enforce === '1' ? 'enforcing' : enforce === undefined ? 'disabled' : 'permissive',
          config: config ? shown(config) : null,
        },
        facts: { file },
      };
    },
  }),
  plan,
  footprints: (file) => ({
    reads: [`file:${file}`, 'package:/'],
    writes: [`file:${file}`, 'selinux:/'],
  }),
};

function plan({ state, facts: { file } }: Now, desired: SelinuxState): Plan {
  const steps: Step[] = [];
  if (state.runtime !== desired.runtime) {
    const set = (mode: SelinuxState['runtime']) =>
      sh`setenforce ${mode === 'enforcing' ? '1' : '0'}`;
    steps.push({
      name: `SELinux ${desired.runtime}`,
      do: set(desired.runtime),
      inverse: set(state.runtime),
      stage: 'runtime',
      disruption: 'none',
    });
  }
  if (state.config !== desired.config && desired.config !== null)
    steps.push({
      name: `SELinux in ${file}`,
      do: writeFile(file, desired.config),
      inverse: writeFile(file, state.config ?? ''),
      stage: 'persistent',
      disruption: 'none',
    });
  return { guard: unchanged(file, state.config), steps };
}

/** The text with a setting; its line is kept where it is. */
const set = (text: string, key: string, value: string): string => {
  const pattern = new RegExp(`^${key}=.*$`, 'm');
  if (pattern.test(text)) return text.replace(pattern, `${key}=${value}`);
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${key}=${value}\n`;
};

const settingIn = (text: string | null, key: string): string =>
  new RegExp(`^${key}=(\\S*)`, 'm').exec(text ?? '')?.[1] ?? '';

/** Whether SELinux enforces its rules. */
export const selinux: StateModule<SelinuxParams, string, SelinuxState, { readonly file: string }> =
  {
    kind: 'state',
    name: 'selinux',
    params,
    example: `- name: SELinux only says what it would forbid
  selinux:
    policy: targeted
    state: permissive
`,
    resource,
    scope: ({ configfile }) => configfile,
    problems,
    desired({ state }, { state: wanted, policy, configfile }) {
      if (state.config === null) {
        if (wanted === 'disabled' && state.runtime === 'disabled') return state;
        return new Refusal(`the host has no ${configfile}: SELinux is not installed`, {
          code: 'NOT_ON_HOST',
          pointer: '/state',
          hint: 'Its package is selinux-policy-targeted on RHEL and selinux-basics on Debian.',
        });
      }
      const lowered = wanted === 'disabled' ? 'permissive' : wanted;
      const typed = policy === undefined ? state.config : set(state.config, 'SELINUXTYPE', policy);
      return {
        runtime: state.runtime === 'disabled' ? 'disabled' : lowered,
        config: set(typed, 'SELINUX', wanted),
      };
    },
    result(_before, { state }, { state: wanted, configfile }) {
      const reboot = (state.runtime === 'disabled') !== (wanted === 'disabled');
      return {
        data: {
          ...{ state: wanted, configfile, policy: settingIn(state.config, 'SELINUXTYPE') },
          reboot_required: reboot,
        },
        notes: [],
        warnings: reboot ? [`SELinux is ${wanted} only after a reboot`] : [],
      };
    },
  };

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given) || given['policy'] !== undefined) return [];
  const { state } = given;
  return state === 'enforcing' || state === 'permissive'
    ? [{ pointer: '', message: 'policy is missing', hint: 'It is targeted nearly everywhere.' }]
    : [];
}
