import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import type { Probe, Seen } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { sections } from '../system/text-file.ts';
import { plainOf } from './plain.ts';
import type { AccountScope, AccountsFacts, AccountsState, GroupState, UserState } from './state.ts';
import { keyId, keyQuestions, readKeys, type KeyWish } from './user-key.ts';

type Now = Seen<AccountsState, AccountsFacts>;

/** Reads the files by the shell alone: no process. Hashes are compared on the host. */
export function observeAccounts(
  scopes: readonly AccountScope[],
): Probe<AccountsState, AccountsFacts> {
  const named = (kind: AccountScope['kind']): readonly string[] => [
    ...new Set(scopes.filter((scope) => scope.kind === kind).map(({ name }) => name)),
  ];
  const users = [...named('user')].sort();
  const groups = [...named('group')].sort();
  const wishes = scopes.flatMap(({ name, key }) => (key ? [{ user: name, ...key }] : []));
  const passwords = scopes
    .flatMap(({ password }) => (password === undefined ? [] : [password]))
    .filter((one, i, all) => all.findIndex((other) => plainOf(other) === plainOf(one)) === i);
  return {
    script: lines([
      raw(
        "[ -r /etc/passwd ] && [ -r /etc/group ] || exit 1\necho '=group'\nwhile IFS= read -r l || [ -n \"$l\" ]; do printf ' %s\\n' \"$l\"; done </etc/group\necho '=passwd'",
      ),
      sh`set -- ${users}`,
      raw(PASSWD),
      raw(shadow(passwords.map((hash, i) => sh`${plainOf(hash)}) p=${`given ${i + 1}`} ;;`.text))),
      keyQuestions(wishes),
      raw("echo '=end'"),
    ]),
    parse: (reply) => parse(reply, { users, groups, passwords, wishes }),
  };
}

const PASSWD = `wanted=' '; for u; do wanted="$wanted$u "; done
while IFS= read -r l || [ -n "$l" ]; do
  case $wanted in *" \${l%%:*} "*) ;; *) continue ;; esac
  printf ' %s\\n' "$l"
  h=\${l%:*}; h=\${h##*:}; [ ! -d "$h" ] || printf ' home %s\\n' "\${l%%:*}"
done </etc/passwd`;

/** Only root may read the hashes: where they cannot be read they are said to be another. */
const shadow = (cases: readonly string[]): string => `echo '=shadow'
[ ! -r /etc/shadow ] || while IFS=: read -r n h l; do
  case $wanted in *" $n "*) ;; *) continue ;; esac
  k=open; case $h in '!'*) k=locked; h=\${h#!}; h=\${h#!} ;; esac
  case $h in
    ${cases.join('\n    ')}
    '' | '*' | '!') p=none ;;
    *) p=another ;;
  esac
  l=\${l%:*}; l=\${l##*:}
  printf ' %s %s %s %s\\n' "$n" "$k" "\${l:--}" "$p"
done </etc/shadow`;

interface Asked {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly passwords: AccountsFacts['passwords'];
  readonly wishes: readonly (KeyWish & { readonly user: string })[];
}

function parse({ stdout, stderr, exit }: Reply, { users, groups, passwords, wishes }: Asked): Now {
  const found = sections(stdout.toString('utf8'));
  const rows = (name: string): readonly (readonly string[])[] =>
    (found.get(name) ?? []).map((row) => row.slice(1).split(name === 'shadow' ? ' ' : ':'));
  if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell its users and groups', {
      stderr: stderr.toString('utf8').slice(0, 2000),
    });
  }
  const all = rows('group').filter((row) => row.length >= 3);
  const homes = rows('passwd').flatMap(([row = '', ...more]) =>
    more.length === 0 && row.startsWith('home ') ? [row.slice('home '.length)] : [],
  );
  const userOf = (name: string): UserState | null => {
    const row = rows('passwd').find(([n, , , , , home]) => n === name && home !== undefined);
    if (!row) return null;
    const [, , uid = '', gid = '', comment = '', home = '', shell = ''] = row;
    const group = all.find(([, , id]) => id === gid)?.[0] ?? gid;
    const [, kind = '', ends = '', ...password] = rows('shadow').find(([n]) => n === name) ?? [];
    return {
      uid: Number(uid) || 0,
      group,
      groups: all
        .filter(([, , , members = '']) => members.split(',').includes(name))
        .flatMap(([n]) => (n === undefined || n === group ? [] : [n]))
        .sort(),
      comment,
      home,
      homeMade: homes.includes(name),
      shell,
      password: password.join(' ') || 'none',
      locked: kind === 'locked',
      system: isSystem(uid),
      expires: /^\d{1,7}$/.test(ends) ? Number(ends) : null,
    };
  };
  const groupOf = (name: string): GroupState | null => {
    const gid = all.find(([n]) => n === name)?.[2];
    return gid === undefined ? null : { gid: Number(gid) || 0, system: isSystem(gid) };
  };
  const keys = readKeys(found.get('keys') ?? []);
  return {
    state: {
      users: Object.fromEntries(users.map((name) => [name, userOf(name)])),
      groups: Object.fromEntries(groups.map((name) => [name, groupOf(name)])),
      purged: [],
      forced: [],
      keys: Object.fromEntries(
        wishes.map(({ user, file }) => {
          const id = keyId(user, file);
          return [id, Object.hasOwn(keys, id)];
        }),
      ),
    },
    facts: {
      keys,
      keyWishes: Object.fromEntries(wishes.map((one) => [keyId(one.user, one.file), one])),
      gids: Object.fromEntries(all.map(([name = '', , gid]) => [name, Number(gid) || 0])),
      passwords,
      groupNames: all.flatMap(([name]) => (name === undefined ? [] : [name])),
    },
  };
}

const isSystem = (id: string): boolean => Number(id) < 1000;
