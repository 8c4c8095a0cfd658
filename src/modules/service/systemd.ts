import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, StateModule } from '../../model/module.ts';
import { desiredUnits, unitResult, unitTold } from './desired.ts';
import { SYSTEMD_PARAMS } from './params.ts';
import { units } from './resource.ts';
import { unitOf, unitProblems, wishOf } from './unit-wish.ts';
import type { UnitScope, UnitsFacts, UnitsState } from './state.ts';

const params = {
  type: 'object',
  description:
    'A unit of systemd: whether it runs, starts at boot, may start at all, and whether systemd has read its files.',
  properties: {
    ...SYSTEMD_PARAMS,
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of systemd, defaults filled in. */
export type SystemdParams = FromSchema<typeof params>;

/** A unit of systemd. */
export const systemd: StateModule<SystemdParams, UnitScope, UnitsState, UnitsFacts> = {
  kind: 'state',
  name: 'systemd',
  params,
  example: `- name: A timer that was just written runs
  systemd:
    name: backup.timer
    daemon_reload: true
    enabled: true
    state: started
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
