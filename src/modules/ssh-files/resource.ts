import { posix } from 'node:path';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import {
  type Plan,
  type Probe,
  Refusal,
  type Resource,
  type Result,
  type Seen,
} from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { folderOfFile } from '../system/folder-of-file.ts';
import { sections, shown } from '../system/text-file.ts';

/** A file of keys that belongs to a user. */
export interface KeysState {
  readonly user: string;
  readonly path: string;
  /** null where there is none. */
  readonly text: string | null;
  /** Mode of the file and of its folder, null where there is none. */
  readonly mode: string | null;
  readonly folderMode: string | null;
}

/** What informs about a file of keys. */
export interface KeysFacts {
  /** The host has the user. */
  readonly known: boolean;
  readonly home: string;
  /** A folder stands there. */
  readonly isFolder?: true;
  /** Number and name of owner and group of the file, where it is there. */
  readonly owned?: readonly [string, string, string, string];
}

/** Whose file it is, and which. */
export interface KeysScope {
  readonly user: string;
  /** Below the home of the user, or absolute. */
  readonly path: string;
}

/**
 * A file of keys in a folder that its user may change. All is read and written as that user, so links that the user
 * has put in the way lead nowhere the user could not have gone.
 */
export const keysFile: Resource<KeysScope, KeysState, KeysFacts> = {
  name: 'keys_file',
  key: ({ user, path }) => `keys_file:${user} ${path}`,
  observe: ([scope]) => observe(scope ?? { user: '', path: '' }),
  plan,
  requires: ({ state, facts }, desired) =>
    desired.text !== null && state.folderMode === null && desired.folderMode === null && facts.known
      ? [folderOfFile(pathOf(desired, facts))]
      : [],
  recall: { depth: 1 },
  footprints: ({ path }) => ({
    reads: ['account:/', path.startsWith('/') ? `file:${path}` : 'file:/'],
    writes: [path.startsWith('/') ? `file:${path}` : 'file:/'],
  }),
};

/** Runs a script as the user whose keys they are; `$home` is known in it. An account without a line in /etc/passwd has exit 3. */
const AS_USER = `home=
while IFS=: read -r n p uid gid g h s; do [ "$n" != "$user" ] || { home=$h; break; }; done </etc/passwd
[ -n "$home" ] || { echo "=unknown"; echo "=end"; exit 0; }
as_user() {
  if [ "$(id -u)" = "$uid" ]; then home=$home sh -c "$1"
  elif command -v setpriv >/dev/null 2>&1 && setpriv --help 2>&1 | grep -q init-groups; then
    home=$home setpriv --reuid="$uid" --regid="$gid" --init-groups sh -c "$1"
  elif command -v runuser >/dev/null 2>&1; then home=$home runuser -u "$user" -- sh -c "$1"
  else home=$home su -s /bin/sh "$user" -c "$1"; fi
}`;

const fileOf = (path: string): Shell =>
  path.startsWith('/') ? sh`f=${path}` : sh`f=$home/${path}`;

const asUser = (user: string, script: Shell): Shell =>
  lines([sh`user=${user}`, raw(AS_USER), sh`as_user ${script.text}`]);

function observe(scope: KeysScope): Probe<KeysState, KeysFacts> {
  const look = lines([
    fileOf(scope.path),
    raw(`d=\${f%/*}; echo '=home'; echo " $home"
[ ! -e "$f" ] || { echo '=owned'; stat -c ' %u %U %g %G' "$f"; }
[ ! -d "$d" ] || { echo '=folder'; echo " $(stat -c %a "$d")"; }
[ ! -d "$f" ] || echo '=isfolder'
[ ! -f "$f" ] || { echo '=mode'; echo " $(stat -c %a "$f")"; echo '=text'
while IFS= read -r l; do printf ' %s\\n' "$l"; done <"$f"; [ -z "$l" ] || printf '+%s\\n' "$l"; }
echo '=end'`),
  ]);
  return { script: asUser(scope.user, look), parse: (reply) => parse(reply, scope) };
}

function parse(
  { stdout, stderr, exit }: Reply,
  { user, path }: KeysScope,
): Seen<KeysState, KeysFacts> {
  const found = sections(stdout.toString('utf8'));
  if (exit !== 0 || !found.has('end') || stdout.includes(0)) {
    throw new OrchError('REPLY_UNREADABLE', 'the host did not tell the keys of the user', {
      stderr: stderr.toString('utf8').slice(0, 2000),
      hint: 'Only root can look at the files of another user: set become: true.',
    });
  }
  const text = found.get('text');
  const word = (name: string): string | null => found.get(name)?.[0]?.trim() ?? null;
  const owned = (word('owned') ?? '').split(' ');
  return {
    state: {
      user,
      path,
      text: text === undefined ? null : shown(text),
      mode: word('mode'),
      folderMode: word('folder'),
    },
    facts: {
      known: !found.has('unknown'),
      home: word('home') ?? '',
      ...(found.has('isfolder') ? { isFolder: true as const } : {}),
      ...(owned.length === 4
        ? { owned: [owned[0] ?? '', owned[1] ?? '', owned[2] ?? '', owned[3] ?? ''] as const }
        : {}),
    },
  };
}

function plan({ state }: Seen<KeysState, KeysFacts>, desired: KeysState): Plan {
  return {
    steps: [
      {
        name: `${posix.basename(desired.path)} of ${desired.user}`,
        do: write(state, desired),
        inverse: write(desired, state),
        stage: 'persistent',
        disruption: 'none',
      },
    ],
  };
}

function write(from: KeysState, to: KeysState): Shell {
  const { user, path } = to;
  return asUser(
    user,
    lines([
      raw('set -e; umask 077'),
      fileOf(path),
      raw('d=${f%/*}'),
      ...(to.folderMode === null
        ? []
        : [
            sh`[ -d "$d" ] || mkdir -p -- "$d"; ${from.folderMode === to.folderMode ? raw(':') : sh`chmod ${to.folderMode} "$d"`}`,
          ]),
      ...(to.text === null
        ? [
            raw('rm -f -- "$f"'),
            ...(to.folderMode === null ? [raw('rmdir -- "$d" 2>/dev/null || :')] : []),
          ]
        : [
            sh`n=$(mktemp "$d/.orch-XXXXXX"); printf %s ${to.text} >"$n"; chmod ${to.mode ?? '600'} "$n"; mv -f -- "$n" "$f"`,
          ]),
    ]),
  );
}

/** Why no file of keys can be there. */
export const folderInTheWay = (state: KeysState, facts: KeysFacts): Refusal | undefined =>
  facts.isFolder
    ? new Refusal(`${pathOf(state, facts)} is a directory`, {
        pointer: '/path',
        hint: 'Name a file in it.',
      })
    : undefined;

/** What results of Ansible say about the file. */
export function fileData({ state, facts }: Seen<KeysState, KeysFacts>): Result['data'] {
  const path = pathOf(state, facts);
  if (state.text === null) return { path, state: 'absent' };
  const [uid, owner = '', gid, group = ''] = facts.owned ?? [];
  return {
    path,
    state: 'file',
    ...(uid === undefined ? {} : { uid: Number(uid), owner, gid: Number(gid), group }),
    ...(state.mode === null ? {} : { mode: `0${state.mode.padStart(3, '0')}` }),
    size: Buffer.byteLength(state.text),
  };
}

/** The whole path of the file. */
export const pathOf = ({ path }: KeysState, { home }: KeysFacts): string =>
  path.startsWith('/') ? path : `${home}/${path}`;
