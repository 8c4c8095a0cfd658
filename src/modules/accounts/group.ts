import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, StateModule } from '../../model/module.ts';
import { Unknown } from '../../model/value.ts';
import { accounts } from './plan.ts';
import type { AccountScope, AccountsFacts, AccountsState } from './state.ts';

const params = {
  type: 'object',
  description: 'A local group.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$',
      maxLength: 32,
      'x-says': 'the name of a group',
      description: 'Its name.',
    },
    gid: {
      type: 'integer',
      minimum: 0,
      maximum: 4294967294,
      description: 'Its number; left out: the host chooses.',
    },
    state: { enum: ['present', 'absent'], default: 'present', description: 'Whether it is there.' },
    system: {
      type: 'boolean',
      default: false,
      description: 'A new group gets a number below 1000; a group that exists is left as it is.',
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of group, defaults filled in. */
export type GroupParams = FromSchema<typeof params>;

/** A local group. */
export const group: StateModule<GroupParams, AccountScope, AccountsState, AccountsFacts> = {
  kind: 'state',
  name: 'group',
  params,
  example: `- name: Operators have a group
  group:
    name: operators
    gid: 2000
`,
  resource: accounts,
  scope: ({ name }) => ({ kind: 'group', name }),
  desired({ state }, { name, gid, state: wanted, system }) {
    const now = state.groups[name] ?? null;
    const next =
      wanted === 'absent' ? null : { system: now?.system ?? system, gid: gid ?? now?.gid ?? null };
    return { ...state, groups: { ...state.groups, [name]: next } };
  },
  result: (_before, { state }, { name, state: wanted, system }) => ({
    data: {
      name,
      state: wanted,
      ...(wanted === 'absent'
        ? {}
        : {
            system,
            gid:
              state.groups[name]?.gid ?? new Unknown('the host chooses it when the group is made'),
          }),
    },
    notes: [],
    warnings: [],
  }),
  told: ({ state }, { name }) => {
    const is = state.groups[name];
    return is ? { gid: is.gid } : {};
  },
};
