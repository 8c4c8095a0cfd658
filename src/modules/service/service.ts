import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, Problem, StateModule } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { desiredUnits, unitResult } from './desired.ts';
import { UNIT_PARAMS } from './params.ts';
import { units } from './resource.ts';
import { type UnitScope, unitName, type UnitsFacts, type UnitsState } from './state.ts';

const params = {
  type: 'object',
  description: 'A service: whether it runs, and whether it starts at boot. By systemd.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9:_.\\\\@-]+$',
      'x-says': 'the name of a service',
      description: 'Its name, such as firewalld or k3s-agent.service.',
    },
    ...UNIT_PARAMS,
    use: {
      type: 'string',
      description: 'Accepted for playbooks of Ansible; it is always systemd.',
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of service. */
export type ServiceParams = FromSchema<typeof params>;

/** A service that runs or does not. */
export const service: StateModule<ServiceParams, UnitScope, UnitsState, UnitsFacts> = {
  kind: 'state',
  name: 'service',
  params,
  example: `- name: firewalld runs, after a reboot too
  service:
    name: firewalld
    state: started
    enabled: true
`,
  resource: units,
  scope: ({ name }) => ({ unit: unitName(name), manager: 'system' }),
  problems: (given) => wishless(given, ['state', 'enabled']),
  desired: (current, { name, ...wish }) => desiredUnits(current, { ...wish, unit: unitName(name) }),
  once: ({ state }) => state === 'restarted' || state === 'reloaded',
  result: (_before, after, { name, ...wish }) =>
    unitResult(after, { ...wish, unit: unitName(name) }),
};

/** A task that wants nothing was not meant. */
export function wishless(given: unknown, keys: readonly string[]): readonly Problem[] {
  if (!isMap(given) || keys.some((key) => key in given)) return [];
  const last = keys.at(-1) ?? '';
  return [
    {
      pointer: '',
      message: `nothing is asked for: ${keys.slice(0, -1).join(', ')} or ${last} is missing`,
    },
  ];
}
