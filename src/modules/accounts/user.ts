import { type Problem, Refusal, type Seen, type StateModule } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { plainOf } from './plain.ts';
import { accounts } from './plan.ts';
import type { AccountScope, AccountsFacts, AccountsState, UserState } from './state.ts';
import { keyId } from './user-key.ts';
import { keyFileOf, keyWishOf, USER_PARAMS, type UserParams } from './user-params.ts';
import { shownOf, userResult } from './user-result.ts';

/** A local user. */
export const user: StateModule<UserParams, AccountScope, AccountsState, AccountsFacts> = {
  kind: 'state',
  name: 'user',
  params: USER_PARAMS,
  example: `- name: Operators log in by key and may look into the journal
  user:
    name: ops
    groups: [systemd-journal]
    append: true
    shell: /bin/bash
`,
  resource: accounts,
  scope: (wanted) => ({
    kind: 'user',
    name: wanted.name,
    ...(wanted.password === undefined ? {} : { password: wanted.password }),
    ...(wanted.generate_ssh_key ? { key: keyWishOf(wanted) } : {}),
  }),
  problems,
  desired,
  result: (before, after, wanted) => ({
    data: userResult(before, after, wanted),
    notes: [],
    warnings: [],
  }),
  told: shownOf,
};

/** What is no hash would be stored as it is, and nobody could log in with it. */
function problems(given: unknown): readonly Problem[] {
  if (!isMap(given)) return [];
  if (given['generate_ssh_key'] === true && given['force'] === true)
    return [
      {
        pointer: '/force',
        message: 'force would make the key anew in every run',
        hint: 'Remove the old key by a task of its own, with the module file.',
      },
    ];
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
    const forced =
      now && wanted.force ? [...new Set([...state.forced, name])].sort() : state.forced;
    return { ...state, users: { ...state.users, [name]: null }, purged, forced };
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
  const keys = wanted.generate_ssh_key
    ? { ...state.keys, [keyId(name, keyFileOf(wanted))]: true }
    : state.keys;
  return { ...state, users: { ...state.users, [name]: next }, keys };
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

/** Days since 1970; nothing for never. */
const daysOf = (seconds: number | undefined): number | undefined =>
  seconds === undefined || seconds < 0 ? undefined : Math.floor(seconds / 86_400);

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
    expires: daysOf(wanted.expires) ?? null,
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
    expires: wanted.expires === undefined ? now.expires : (daysOf(wanted.expires) ?? null),
    password: password ?? now.password,
    locked:
      wanted.password_lock ??
      (password !== undefined && password !== now.password ? false : now.locked),
  };
}
