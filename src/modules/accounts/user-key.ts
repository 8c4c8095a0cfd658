import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import type { Step } from '../../model/module.ts';
import type { Secret } from '../../model/value.ts';
import { plainOf } from './plain.ts';
import type { AccountsFacts, AccountsState } from './state.ts';

/** An SSH key that a task wants a user to have. */
export interface KeyWish {
  /** Its file: below the home, or absolute. */
  readonly file: string;
  readonly type: string;
  readonly bits?: number | undefined;
  readonly comment?: string | undefined;
  readonly passphrase?: string | Secret | undefined;
}

/** Names a key among those of all users. */
export const keyId = (user: string, file: string): string => `${user}:${file}`;

/** Sets `i` and `g`, numbers of user and group, and `f`, the file: in the home that /etc/passwd says. */
const FIND = raw(`orch_key() {
  while IFS=: read -r n x i g c h s || [ -n "$n" ]; do [ "$n" != "$1" ] || break; n=; done </etc/passwd
  case $2 in /*) f=$2 ;; *) f=$h/$2 ;; esac
  [ -n "$n" ]
}`);

/** Says of each key that is there where it is, its fingerprint and its public part. */
export const keyQuestions = (
  keys: readonly { readonly user: string; readonly file: string }[],
): Shell =>
  keys.length === 0
    ? raw(':')
    : lines([
        FIND,
        raw("echo '=keys'"),
        ...keys.map(({ user, file }) =>
          lines([
            sh`if orch_key ${user} ${file} && [ -e "$f" ]; then echo ${` key ${keyId(user, file)}`}`,
            raw(`printf ' file %s\\n' "$f"
k=$(ssh-keygen -lf "$f" </dev/null 2>/dev/null) && printf ' print %s\\n' "$k"
while IFS= read -r k || [ -n "$k" ]; do printf ' public %s\\n' "$k"; break; done <"$f.pub" 2>/dev/null
fi`),
          ]),
        ),
      ]);

/** What a host tells of a key. */
export interface KnownKey {
  readonly file: string;
  readonly fingerprint: string;
  readonly public: string;
}

/** Reads what `keyQuestions` asked, by the names of keys. */
export function readKeys(rows: readonly string[]): Readonly<Record<string, KnownKey>> {
  const found = new Map<string, KnownKey>();
  let at = '';
  for (const row of rows) {
    const [, word = '', rest = ''] = /^ (\S+) (.*)$/.exec(row) ?? [];
    if (word === 'key') at = rest;
    const so = found.get(at) ?? { file: '', fingerprint: '', public: '' };
    if (word === 'file') found.set(at, { ...so, file: rest });
    else if (word === 'print') found.set(at, { ...so, fingerprint: rest });
    else if (word === 'public') found.set(at, { ...so, public: rest.trim() });
  }
  return Object.fromEntries(found);
}

/** Keys are made when their users are there. A key that is there is never made anew. */
export const keySteps = (
  { keys: is }: AccountsState,
  { keys: wanted }: AccountsState,
  { keyWishes }: AccountsFacts,
): readonly Step[] =>
  Object.entries(wanted).flatMap(([id, on]) => {
    const wish = keyWishes[id];
    if (!on || is[id] === true || !wish) return [];
    return [keyStep(id.slice(0, id.length - wish.file.length - 1), wish)];
  });

function keyStep(user: string, wish: KeyWish): Step {
  const { file, type, bits, comment, passphrase } = wish;
  const words = [
    ...['-q', '-t', type],
    ...(bits === undefined ? [] : ['-b', String(bits)]),
    ...(passphrase === undefined ? ['-N', ''] : []),
  ];
  const find = lines([
    FIND,
    sh`orch_key ${user} ${file} || { echo 'there is no such user' >&2; exit 1; }`,
  ]);
  return {
    name: `SSH key ${file} of user ${user}`,
    do: lines([
      raw(
        "command -v ssh-keygen >/dev/null || { echo 'the host has no ssh-keygen (package openssh-client)' >&2; exit 1; }",
      ),
      find,
      raw(`d=\${f%/*}
[ ! -L "$d" ] || { echo "$d is a link: its user could lead the key anywhere" >&2; exit 1; }
[ -d "$d" ] || { mkdir -m 700 "$d" && chown -h "$i:$g" "$d"; } || exit`),
      comment === undefined ? raw('c="ansible-generated on $(uname -n)"') : sh`c=${comment}`,
      ...(passphrase === undefined ? [] : [asking(passphrase)]),
      sh`ssh-keygen ${words} -C "$c" -f "$f" </dev/null || exit`,
      raw('chown -h "$i:$g" "$f" "$f.pub"'),
    ]),
    inverse: lines([find, raw('rm -f "$f" "$f.pub"')]),
    stage: 'persistent',
    disruption: 'none',
  };
}

/** ssh-keygen asks a program for the passphrase: as an argument it would show in the list of processes. */
const asking = (passphrase: string | Secret): Shell =>
  lines([
    raw(`a=$(mktemp -d) || exit; trap 'rm -rf "$a"' EXIT
printf '#!/bin/sh\\ncat "\${0%%/*}/word"\\n' >"$a/ask" && chmod 700 "$a/ask" || exit`),
    sh`printf '%s\n' ${plainOf(passphrase)} >"$a/word" || exit`,
    raw('export SSH_ASKPASS="$a/ask" SSH_ASKPASS_REQUIRE=force DISPLAY=:0'),
  ]);
