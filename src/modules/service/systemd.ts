import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, Problem, StateModule } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { desiredUnits, unitResult, type Wish } from './desired.ts';
import { UNIT_PARAMS } from './params.ts';
import { units } from './resource.ts';
import { wishless } from './service.ts';
import { type UnitScope, unitName, type UnitsFacts, type UnitsState } from './state.ts';

const params = {
  type: 'object',
  description:
    'A unit of systemd: whether it runs, starts at boot, may start at all, and whether systemd has read its files.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9:_.\\\\@-]+$',
      'x-says': 'the name of a unit',
      description:
        'Its name; without a type (.timer, .socket) it is a service. Left out only with daemon_reload.',
      'x-aliases': ['service', 'unit'],
    },
    ...UNIT_PARAMS,
    masked: {
      type: 'boolean',
      description: 'Whether it may not start at all, by hand or for another unit.',
    },
    daemon_reload: {
      type: 'boolean',
      default: false,
      description:
        'systemd reads its files again before anything else, if they changed since it read them.',
      'x-aliases': ['daemon-reload'],
    },
    scope: {
      enum: ['system', 'user', 'global'],
      default: 'system',
      description: "The machine's units, those of the login user, or of all users.",
    },
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
  scope: (given) => ({ unit: unitOf(given), manager: given.scope }),
  problems,
  desired: (current, given) => desiredUnits(current, wishOf(given)),
  once: ({ state }) => state === 'restarted' || state === 'reloaded',
  result: (_before, after, given) => unitResult(after, wishOf(given)),
};

const unitOf = ({ name }: SystemdParams): string => (name === undefined ? '*' : unitName(name));

const wishOf = (given: SystemdParams): Wish => ({ ...given, unit: unitOf(given) });

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  const needs = ['state', 'enabled', 'masked'].filter((key) => key in given);
  if (!('name' in given) && needs.length > 0)
    return [{ pointer: '', message: `name is missing: ${needs.join(' and ')} of what?` }];
  return wishless(given, ['state', 'enabled', 'masked', 'daemon_reload']);
}
