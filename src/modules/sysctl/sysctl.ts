import type { FromSchema } from 'json-schema-to-ts';
import {
  type ParamsSchema,
  type Problem,
  Refusal,
  type Seen,
  type StateModule,
} from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { sysctlResource } from './resource.ts';
import { dotted, squeezed, type SysctlFacts, type SysctlScope, type SysctlState } from './state.ts';

const params = {
  type: 'object',
  description:
    'A kernel parameter: in a file that sets it at boot, and in the running kernel. Both are compared, so a value that ' +
    'somebody changed since is put right.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9_]+([./][A-Za-z0-9_.:@-]+)+$',
      'x-says': 'the name of a kernel parameter',
      description: 'Its name, with dots or slashes: net.ipv4.ip_forward.',
      'x-aliases': ['key'],
    },
    value: {
      type: ['string', 'number', 'boolean'],
      description: 'Its value; true and false are 1 and 0. Needed unless state: absent.',
      'x-aliases': ['val'],
    },
    state: {
      enum: ['present', 'absent'],
      default: 'present',
      description: 'absent: no line in the file; the running value stays as it is.',
    },
    sysctl_file: {
      type: 'string',
      pattern: '^/',
      'x-says': 'an absolute path',
      default: '/etc/sysctl.conf',
      description:
        'The file; one of its own in /etc/sysctl.d, such as /etc/sysctl.d/90-k3s.conf, is easier to find again.',
    },
    reload: {
      type: 'boolean',
      default: true,
      description:
        'Set the running value too. Only this parameter is set: other lines of the file are not applied.',
    },
    sysctl_set: {
      type: 'boolean',
      default: false,
      description: 'Set the running value even with reload: false.',
    },
    ignoreerrors: {
      type: 'boolean',
      default: false,
      description: 'A parameter that the kernel does not know is only written to the file.',
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of sysctl, defaults filled in. */
export type SysctlParams = FromSchema<typeof params>;

/** A kernel parameter, now and after a reboot. */
export const sysctl: StateModule<SysctlParams, SysctlScope, SysctlState, SysctlFacts> = {
  kind: 'state',
  name: 'sysctl',
  params,
  example: `- name: Packets are passed on
  sysctl:
    name: net.ipv4.ip_forward
    value: "1"
    sysctl_file: /etc/sysctl.d/90-k3s.conf
`,
  resource: sysctlResource,
  scope: ({ name, sysctl_file }) => ({ name: dotted(name), file: sysctl_file }),
  problems,
  desired,
};

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given) || given['state'] === 'absent' || 'value' in given) return [];
  if (given['state'] !== undefined && given['state'] !== 'present') return [];
  return [{ pointer: '', message: 'value is missing', hint: 'Give value, or set state: absent.' }];
}

function desired(
  { state, facts }: Seen<SysctlState, SysctlFacts>,
  wanted: SysctlParams,
): SysctlState | Refusal {
  const name = dotted(wanted.name);
  const file = wanted.sysctl_file;
  if (facts.folders?.includes(file))
    return new Refusal(`${file} is a directory`, {
      pointer: '/sysctl_file',
      hint: 'Name a file in it.',
    });
  const text = state.files[file] ?? null;
  if (wanted.state === 'absent') {
    return { ...state, files: { ...state.files, [file]: without(text, name) } };
  }
  const value = squeezed(spelled(wanted.value));
  const files = { ...state.files, [file]: withLine(text, name, value) };
  if (!wanted.reload && !wanted.sysctl_set) return { ...state, files };
  if ((state.runtime[name] ?? null) === null) {
    if (wanted.ignoreerrors) return { ...state, files };
    return new Refusal(`the kernel has no parameter ${name}`, {
      code: 'NOT_ON_HOST',
      pointer: '/name',
      hint: 'Load the module that brings it first (net.bridge.* needs br_netfilter: module modprobe), or set ignoreerrors: true.',
    });
  }
  return { files, runtime: { ...state.runtime, [name]: value } };
}

const spelled = (value: SysctlParams['value']): string =>
  typeof value === 'boolean' ? String(Number(value)) : String(value ?? '');

/** The parameter a line sets; a leading minus means that its absence is no error. */
const nameIn = (line: string): string | undefined => {
  const found = /^\s*-?\s*([^#;=\s][^=]*?)\s*=/.exec(line)?.[1];
  return found === undefined ? undefined : dotted(found);
};

const valueIn = (line: string): string => squeezed(line.slice(line.indexOf('=') + 1));

/** The last line that sets it counts, so it is the one that is changed; others that set it are taken away. */
function withLine(text: string | null, name: string, value: string): string {
  const rows = (text ?? '').split('\n');
  const mine = rows.flatMap((row, i) => (nameIn(row) === name ? [i] : []));
  const last = mine.at(-1);
  if (last === undefined) {
    const body = text === null || text === '' || text.endsWith('\n') ? (text ?? '') : `${text}\n`;
    return `${body}${name} = ${value}\n`;
  }
  if (mine.length === 1 && valueIn(rows[last] ?? '') === value) return text ?? '';
  return rows
    .flatMap((row, i) => (i === last ? [`${name} = ${value}`] : mine.includes(i) ? [] : [row]))
    .join('\n');
}

function without(text: string | null, name: string): string | null {
  const rows = (text ?? '').split('\n');
  const rest = rows.filter((row) => nameIn(row) !== name);
  return rest.length === rows.length ? text : rest.join('\n');
}
