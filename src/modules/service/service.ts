import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, StateModule } from '../../model/module.ts';
import { desiredUnits, unitResult, unitTold } from './desired.ts';
import { SYSTEMD_PARAMS } from './params.ts';
import { unitOf, unitProblems, wishOf } from './unit-wish.ts';
import { units } from './resource.ts';
import type { UnitScope, UnitsFacts, UnitsState } from './state.ts';

const ignored = {
  type: ['string', 'integer'],
  description: 'Accepted for playbooks of Ansible, as there: systemd has no use for it.',
} as const;
/** What other managers of services have a use for. */
const IGNORED = {
  pattern: ignored,
  sleep: ignored,
  runlevel: ignored,
  arguments: { ...ignored, 'x-aliases': ['args'] },
} as const;

const params = {
  type: 'object',
  description: 'A service: whether it runs, and whether it starts at boot. By systemd.',
  properties: {
    ...SYSTEMD_PARAMS,
    use: {
      type: 'string',
      description: 'Accepted for playbooks of Ansible; it is always systemd.',
    },
    ...IGNORED,
  },
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
  scope: (given) => ({
    unit: unitOf(given),
    manager: given.scope,
    ...(given.no_block ? { hasty: true as const } : {}),
  }),
  problems: unitProblems,
  desired: (current, given) => desiredUnits(current, wishOf(given)),
  once: ({ state, daemon_reexec: anew }) => state === 'restarted' || state === 'reloaded' || anew,
  result: (_before, after, given) => unitResult(after, wishOf(given)),
  told: (shown, given) => unitTold(shown, wishOf(given)),
};
