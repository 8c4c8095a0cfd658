import type { FromSchema } from 'json-schema-to-ts';
import {
  type ParamsSchema,
  type Problem,
  Refusal,
  type Seen,
  type StateModule,
} from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { plainOf } from './observe.ts';
import { accounts } from './plan.ts';
import type { AccountScope, AccountsFacts, AccountsState, UserState } from './state.ts';

const NAME = '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$';

const params = {
  type: 'object',
  description: 'A local user, with groups, home, shell and password.',
  properties: {
    name: {
      type: 'string',
      pattern: NAME,
      maxLength: 32,
      'x-says': 'the name of a user',
      description: 'Its name.',
      'x-aliases': ['user'],
    },
    state: { enum: ['present', 'absent'], default: 'present', description: 'Whether it is there.' },
    uid: {
      type: 'integer',
      minimum: 0,
      maximum: 4294967294,
      description: 'Its number; left out: the host chooses.',
    },
    group: {
      type: 'string',
      pattern: NAME,
      'x-says': 'the name of a group',
      description: 'Its primary group, which must exist; a new user gets one of its own name.',
    },
    groups: {
      anyOf: [
        { type: 'string', description: 'Names with commas between.' },
        { type: 'array', items: { type: 'string' }, description: 'A list of names.' },
      ],
      description:
        'Its other groups; all of them, unless append is set. An empty list takes it out of all.',
    },
    append: {
      type: 'boolean',
      default: false,
      description: 'Stay in the groups it is in besides.',
    },
    comment: {
      type: 'string',
      pattern: '^[^:\\n]*$',
      'x-says': 'one line without colon',
      description: 'Its full name or purpose.',
    },
    shell: {
      type: 'string',
      pattern: '^(/[^:\\n]*)?$',
      'x-says': 'a path',
      description: 'Its login shell.',
    },
    home: {
      type: 'string',
      pattern: '^/[^:\\n]*$',
      'x-says': 'a path',
      description: 'Its home; a new user gets /home/NAME.',
    },
    create_home: {
      type: 'boolean',
      default: true,
      description: 'Make the home where it is missing.',
      'x-aliases': ['createhome'],
    },
    move_home: {
      type: 'boolean',
      default: false,
      description:
        'Accepted for playbooks of Ansible: what is in the old home always comes along when home changes.',
    },
    password: {
      type: 'string',
      pattern: '^[^:\\n]*$',
      'x-says': 'a hash',
      description:
        'Hash of its password, as the filter password_hash makes it; keep it in a vault.',
      'x-secret': true,
    },
    update_password: {
      enum: ['always', 'on_create'],
      default: 'always',
      description: 'on_create: only a new user gets the password.',
    },
    password_lock: { type: 'boolean', description: 'Whether logins by password are locked.' },
    system: {
      type: 'boolean',
      default: false,
      description: 'A new user gets a number below 1000.',
    },
    remove: {
      type: 'boolean',
      default: false,
      description: 'With state: absent, its home and mail go too.',
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of user, defaults filled in. */
export type UserParams = FromSchema<typeof params>;

/** A local user. */
export const user: StateModule<UserParams, AccountScope, AccountsState, AccountsFacts> = {
  kind: 'state',
  name: 'user',
  params,
  example: `- name: Operators log in by key and may look into the journal
  user:
    name: ops
    groups: [systemd-journal]
    append: true
    shell: /bin/bash
`,
  resource: accounts,
  scope: ({ name, password }) => ({
    kind: 'user',
    name,
    ...(password === undefined ? {} : { password }),
  }),
  problems,
  desired,
  result: (_before, { state }, { name, state: wanted }) => {
    const is = state.users[name] ?? null;
    return {
      data: {
        name,
        state: wanted,
        ...(is ? { uid: is.uid, group: is.group, home: is.home, shell: is.shell } : {}),
      },
      notes: [],
      warnings: [],
    };
  },
};

/** What is no hash would be stored as it is, and nobody could log in with it. */
function problems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  const { password } = given;
  if (
    typeof password !== 'string' ||
    password === '' ||
    /^([$!*_]|[A-Za-z0-9./]{13}$)/.test(password)
  )
    return [];
  return [
    {
      pointer: '/password',
      message: 'password is no hash',
      hint: 'Give it as "{{ plain | password_hash(\'sha512\') }}", with the plain text from a vault.',
    },
  ];
}

function desired(
  { state, facts }: Seen<AccountsState, AccountsFacts>,
  wanted: UserParams,
): AccountsState | Refusal {
  const { name } = wanted;
  const now = state.users[name] ?? null;
  if (wanted.state === 'absent') {
    const purged =
      now && wanted.remove ? [...new Set([...state.purged, name])].sort() : state.purged;
    return { ...state, users: { ...state.users, [name]: null }, purged };
  }
  const asked = wanted.groups === undefined ? undefined : listOf(wanted.groups);
  const missing = [...(asked ?? []), ...(wanted.group === undefined ? [] : [wanted.group])].filter(
    (one) => !facts.groupNames.includes(one) && !state.groups[one],
  );
  if (missing.length > 0) {
    return new Refusal(`the host has no group ${missing.join(', ')}`, {
      code: 'NOT_ON_HOST',
      pointer: wanted.group !== undefined && missing.includes(wanted.group) ? '/group' : '/groups',
      hint: 'Make it first, with the module group.',
    });
  }
  const next = now ? changed(now, wanted, asked, facts) : made(wanted, asked, facts);
  return { ...state, users: { ...state.users, [name]: next } };
}

const listOf = (groups: NonNullable<UserParams['groups']>): readonly string[] =>
  (typeof groups === 'string' ? groups.split(',') : groups)
    .map((one) => one.trim())
    .filter((one) => one !== '');

const sorted = (words: readonly string[]): readonly string[] => [...new Set(words)].sort();

const given = ({ password }: UserParams, { passwords }: AccountsFacts): string | undefined => {
  if (password === undefined) return undefined;
  const at = passwords.findIndex((one) => plainOf(one) === plainOf(password));
  return `given ${at + 1}`;
};

function made(wanted: UserParams, groups: readonly string[] = [], facts: AccountsFacts): UserState {
  const group = wanted.group ?? wanted.name;
  const password = given(wanted, facts) ?? 'none';
  return {
    uid: wanted.uid ?? null,
    group,
    groups: sorted(groups.filter((one) => one !== group)),
    comment: wanted.comment ?? '',
    home: wanted.home ?? `/home/${wanted.name}`,
    homeMade: wanted.create_home,
    shell: wanted.shell ?? '',
    password,
    locked: wanted.password_lock ?? password === 'none',
    system: wanted.system,
  };
}

function changed(
  now: UserState,
  wanted: UserParams,
  groups: readonly string[] | undefined,
  facts: AccountsFacts,
): UserState {
  const group = wanted.group ?? now.group;
  const all =
    groups === undefined ? now.groups : wanted.append ? [...now.groups, ...groups] : groups;
  const password = wanted.update_password === 'always' ? given(wanted, facts) : undefined;
  return {
    ...now,
    uid: wanted.uid ?? now.uid,
    group,
    groups: sorted(all.filter((one) => one !== group)),
    comment: wanted.comment ?? now.comment,
    home: wanted.home ?? now.home,
    homeMade: wanted.create_home || now.homeMade,
    shell: wanted.shell ?? now.shell,
    password: password ?? now.password,
    locked:
      wanted.password_lock ??
      (password !== undefined && password !== now.password ? false : now.locked),
  };
}
