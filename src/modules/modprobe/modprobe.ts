import type { FromSchema } from 'json-schema-to-ts';
import { type ParamsSchema, Refusal, type Seen, type StateModule } from '../../model/module.ts';
import {
  kernelModule,
  loadFile,
  type ModuleFacts,
  type ModuleScope,
  type ModuleState,
  optionsFile,
} from './resource.ts';

const params = {
  type: 'object',
  description: 'A kernel module: loaded now, and, where asked for, at every boot.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_-]*$',
      'x-says': 'the name of a kernel module',
      description: 'Its name, such as br_netfilter or dummy.',
    },
    params: {
      type: 'string',
      default: '',
      pattern: '^[^\\n]*$',
      'x-says': 'one line',
      description:
        'Parameters it is loaded with; those of a module that is loaded already stay as they are.',
    },
    state: {
      enum: ['present', 'absent'],
      default: 'present',
      description: 'Whether it is loaded now.',
    },
    persistent: {
      enum: ['disabled', 'present', 'absent'],
      default: 'disabled',
      description:
        'present: loaded at boot, by /etc/modules-load.d/NAME.conf and, with params, /etc/modprobe.d/NAME.conf. ' +
        'absent: not, those files go. disabled: the files are left as they are.',
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of modprobe, defaults filled in. */
export type ModprobeParams = FromSchema<typeof params>;

/** A kernel module, now and after a reboot. */
export const modprobe: StateModule<ModprobeParams, ModuleScope, ModuleState, ModuleFacts> = {
  kind: 'state',
  name: 'modprobe',
  params,
  example: `- name: Bridged packets meet the firewall, after a reboot too
  modprobe:
    name: br_netfilter
    persistent: present
`,
  resource: kernelModule,
  scope: ({ name, params: words }) => ({ name, params: words }),
  desired,
};

function desired(
  { state, facts }: Seen<ModuleState, ModuleFacts>,
  wanted: ModprobeParams,
): ModuleState | Refusal {
  const { name } = wanted;
  const loaded = wanted.state === 'present';
  if (loaded && !state.loaded && !facts.known) {
    return new Refusal(`the kernel of this host has no module ${name}`, {
      code: 'NOT_ON_HOST',
      pointer: '/name',
      hint: 'Check its name; some come with a package of their own, such as kernel-modules-extra.',
    });
  }
  if (!loaded && facts.builtIn) {
    return new Refusal(`${name} is part of the kernel of this host and cannot be taken out`, {
      pointer: '/state',
    });
  }
  if (wanted.persistent === 'disabled') return { ...state, loaded };
  const isKept = wanted.persistent === 'present';
  return {
    ...state,
    loaded,
    files: {
      ...state.files,
      [loadFile(name)]: isKept ? `${name}\n` : null,
      ...(isKept && wanted.params === ''
        ? {}
        : { [optionsFile(name)]: isKept ? `options ${name} ${wanted.params}\n` : null }),
    },
  };
}
