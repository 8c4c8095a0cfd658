import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Plan, Resource, Seen, Step } from '../../model/module.ts';
import { observeAccounts } from './observe.ts';
import { plainOf } from './plain.ts';
import type { AccountScope, AccountsFacts, AccountsState, GroupState, UserState } from './state.ts';
import { keySteps } from './user-key.ts';

/** Local users and groups, by the tools of shadow: useradd, usermod, groupadd and their kin. */
export const accounts: Resource<AccountScope, AccountsState, AccountsFacts> = {
  name: 'accounts',
  key: () => 'accounts',
  observe: observeAccounts,
  plan,
  recall: {
    partial: true,
    // Passwords are never read, and a home that was made holds what its user put there since.
    state: ({ state }) => ({
      ...state,
      users: Object.fromEntries(
        Object.entries(state.users).map(([name, user]) => [name, user && lasting(user)]),
      ),
    }),
    scopes: (_, paths) =>
      paths.map(([what, name = '']) => ({ kind: what === 'groups' ? 'group' : 'user', name })),
    idle: ['purged', 'forced'],
    lost: ([what], before, after) =>
      what === 'keys'
        ? 'an SSH key that was made may be in use'
        : what === 'users' && before !== null && after === null
          ? 'a user who went had a password and files'
          : undefined,
  },
  footprints: ({ kind, name }) => ({
    reads: ['account:/'],
    writes: ['account:/', ...(kind === 'user' ? ['file:/home', `file:/var/mail/${name}`] : [])],
  }),
};

/** A user as it can be made again: what is left out stays as it is. */
function lasting(user: UserState): UserState {
  const { password: _, homeMade: __, ...rest } = user;
  return rest as UserState;
}

/** Groups are made before the users in them, and go after them. */
function plan({ state, facts }: Seen<AccountsState, AccountsFacts>, desired: AccountsState): Plan {
  const groups = Object.entries(desired.groups);
  const users = Object.entries(desired.users);
  const was = (name: string): UserState | null => state.users[name] ?? null;
  // Groups of this plan are there before its users.
  const there = groups.flatMap(([name, to]) => (to ? [name] : []));
  const met = { ...facts, groupNames: [...facts.groupNames, ...there] };
  return {
    steps: [
      ...groups.flatMap(([name, to]) =>
        to ? groupSteps(name, state.groups[name] ?? null, to) : [],
      ),
      ...users.flatMap(([name, to]) => (to ? userSteps(name, was(name), to, met) : [])),
      ...keySteps(state, desired, facts),
      ...users.flatMap(([name, to]) => (!to && was(name) ? [gone(name, desired)] : [])),
      ...groups.flatMap(([name, to]) => {
        const before = state.groups[name] ?? null;
        return !to && before ? [noGroup(name, before)] : [];
      }),
    ],
  };
}

const step = (name: string, script: Shell, inverse?: Shell): Step => ({
  name,
  do: needs(script),
  ...(inverse ? { inverse } : {}),
  stage: 'persistent',
  disruption: 'none',
});

const needs = (script: Shell): Shell =>
  lines([
    raw(
      "command -v useradd >/dev/null || { echo 'the host has no useradd (package shadow, passwd or shadow-utils)' >&2; exit 1; }",
    ),
    script,
  ]);

const gidWords = ({ gid, system }: GroupState): readonly string[] => [
  ...(gid === null ? [] : ['-g', String(gid)]),
  ...(system ? ['-r'] : []),
];

function groupSteps(name: string, from: GroupState | null, to: GroupState): readonly Step[] {
  if (!from)
    return [
      step(`group ${name}`, sh`groupadd ${gidWords(to)} -- ${name}`, sh`groupdel -- ${name}`),
    ];
  if (from.gid === to.gid || to.gid === null) return [];
  const set = (gid: number | null): Shell => sh`groupmod -g ${String(gid)} -- ${name}`;
  return [step(`gid of group ${name}`, set(to.gid), set(from.gid))];
}

const noGroup = (name: string, { gid }: GroupState): Step =>
  step(`no group ${name}`, sh`groupdel -- ${name}`, sh`groupadd -g ${String(gid)} -- ${name}`);

const gone = (name: string, { purged, forced }: AccountsState): Step => {
  const words = [
    ...(forced.includes(name) ? ['-f'] : []),
    ...(purged.includes(name) ? ['-r'] : []),
  ];
  return step(`no user ${name}`, sh`userdel ${words} -- ${name}`);
};

function userSteps(
  name: string,
  from: UserState | null,
  to: UserState,
  facts: AccountsFacts,
): readonly Step[] {
  const steps: Step[] = [];
  if (!from)
    steps.push(
      step(
        `user ${name}`,
        sh`useradd ${newWords(name, to, facts)} -- ${name}`,
        sh`userdel -- ${name}`,
      ),
    );
  else {
    const words = changedWords(from, to);
    if (words.length > 0) {
      const back = changedWords(to, from);
      steps.push(
        step(
          `${what(from, to)} of user ${name}`,
          sh`usermod ${words} -- ${name}`,
          sh`usermod ${back} -- ${name}`,
        ),
      );
    }
    if (!from.homeMade && to.homeMade) steps.push(home(name, to.home));
  }
  const hash = facts.passwords[Number(/^given (\d+)$/.exec(to.password)?.[1] ?? 0) - 1];
  if (to.password !== from?.password && hash !== undefined)
    // By its input: arguments show in the list of processes.
    steps.push(
      step(
        `password of user ${name}`,
        sh`printf '%s\n' ${`${name}:${plainOf(hash)}`} | chpasswd -e`,
      ),
    );
  const locked = from?.locked ?? to.password === 'none';
  if (to.locked !== locked || (to.locked && to.password !== from?.password)) {
    const set = (on: boolean): Shell => sh`usermod ${on ? '-L' : '-U'} -- ${name}`;
    if (from || to.locked)
      steps.push(
        step(
          `${to.locked ? 'locked' : 'unlocked'} password of user ${name}`,
          set(to.locked),
          set(!to.locked),
        ),
      );
  }
  return steps;
}

/** A group of the user's own name that exists already must be named: useradd would refuse to make it. */
function newWords(name: string, to: UserState, { groupNames }: AccountsFacts): readonly string[] {
  const own = to.group === name && !groupNames.includes(name);
  return [
    ...(to.uid === null ? [] : ['-u', String(to.uid)]),
    ...(own ? [] : ['-g', to.group]),
    ...(to.groups.length === 0 ? [] : ['-G', to.groups.join(',')]),
    ...(to.comment === '' ? [] : ['-c', to.comment]),
    ...['-d', to.home],
    to.homeMade ? '-m' : '-M',
    ...(to.shell === '' ? [] : ['-s', to.shell]),
    ...(to.system ? ['-r'] : []),
    ...(to.expires === null ? [] : ['-e', dayOf(to.expires)]),
  ];
}

/** The day as useradd takes it; empty: never. */
const dayOf = (days: number | null): string =>
  days === null ? '' : new Date(days * 86_400_000).toISOString().slice(0, 10);

const changedWords = (from: UserState, to: UserState): readonly string[] => [
  ...(from.uid === to.uid || to.uid === null ? [] : ['-u', String(to.uid)]),
  ...(from.group === to.group ? [] : ['-g', to.group]),
  ...(from.groups.join() === to.groups.join() ? [] : ['-G', to.groups.join(',')]),
  ...(from.comment === to.comment ? [] : ['-c', to.comment]),
  ...(from.home === to.home
    ? []
    : ['-d', to.home, ...(from.homeMade && to.homeMade ? ['-m'] : [])]),
  ...(from.shell === to.shell ? [] : ['-s', to.shell]),
  ...((from.expires ?? null) === (to.expires ?? null) ? [] : ['-e', dayOf(to.expires)]),
];

const what = (from: UserState, to: UserState): string =>
  (['uid', 'group', 'groups', 'comment', 'home', 'shell', 'expires'] as const)
    .filter((key) => String(from[key]) !== String(to[key]))
    .join(', ');

/** Its parent belongs to root: the user cannot put anything in the way. */
const home = (name: string, path: string): Step =>
  step(
    `home of user ${name}`,
    sh`mkdir -p -- ${path} && cp -R /etc/skel/. ${path} && chown -hR ${`${name}:`} ${path} && chmod 700 ${path}`,
    sh`rm -rf -- ${path}`,
  );
