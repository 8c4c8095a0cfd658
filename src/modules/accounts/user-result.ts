import type { Result, Seen } from '../../model/module.ts';
import { Unknown, type Value } from '../../model/value.ts';
import type { AccountsFacts, AccountsState, UserState } from './state.ts';
import { keyId } from './user-key.ts';
import { keyFileOf, type UserParams } from './user-params.ts';

type Now = Seen<AccountsState, AccountsFacts>;

/** What `register` sees of a user, under the names of Ansible. */
export function userResult(before: AccountsState, after: Now, given: UserParams): Result['data'] {
  const { name, state } = given;
  const was = before.users[name] ?? null;
  if (state === 'absent')
    return { name, state, ...(was ? { force: given.force, remove: given.remove } : {}) };
  const made = { system: given.system, create_home: given.create_home };
  return {
    name,
    state,
    ...(was ? { append: given.append, move_home: given.move_home } : made),
    ...(given.password === undefined ? {} : { password: 'NOT_LOGGING_PASSWORD' }),
    ...(given.groups === undefined ? {} : { groups: [given.groups].flat().join(',') }),
    ...shownOf(after, given),
  };
}

const LATER = 'the host chooses it when the user is made';

/** What the host says of the user: its number only when it is there. */
export function shownOf({ state, facts }: Now, given: UserParams): Result['data'] {
  const is = state.users[given.name];
  if (!is) return {};
  return { ...entryOf(is, facts), ...keyOf(facts, given) };
}

const entryOf = (is: UserState, { gids }: AccountsFacts): Result['data'] => ({
  uid: is.uid ?? new Unknown(LATER),
  group: Object.hasOwn(gids, is.group) ? (gids[is.group] ?? null) : numberOr(is.group),
  comment: is.comment,
  home: is.home,
  shell: is.shell,
});

/** A group without a name is its number; of one that is yet to come there is none. */
const numberOr = (group: string): Value =>
  /^\d+$/.test(group) ? Number(group) : new Unknown(LATER);

function keyOf({ keys }: AccountsFacts, given: UserParams): Result['data'] {
  if (!given.generate_ssh_key) return {};
  const id = keyId(given.name, keyFileOf(given));
  const known = Object.hasOwn(keys, id) ? keys[id] : undefined;
  return known
    ? {
        ssh_key_file: known.file,
        ssh_fingerprint: known.fingerprint,
        ssh_public_key: known.public,
      }
    : {};
}
