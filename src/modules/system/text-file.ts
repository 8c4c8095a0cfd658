import { posix } from 'node:path';
import { type Shell, raw, sh } from '../../lib/shell.ts';

/** A shell function that prints a text file: each line behind a space, a last one without newline behind a plus. No process. */
export const SHOW = raw(
  `show() { while IFS= read -r l; do printf ' %s\\n' "$l"; done <"$1"; [ -z "$l" ] || printf '+%s\\n' "$l"; }`,
);

/** Whose a text file is; of a link only where it leads. */
export interface Owned {
  /** Octal, as `chmod` takes it. */
  readonly mode: string;
  /** `uid:gid` */
  readonly owner: string;
  /** Of a link: what it says. */
  readonly target?: string;
}

/** Tells a file that is there: sections `about PATH` and `file PATH`; `folder PATH` where that is one. It wants SHOW before it. */
export const tellFile = (path: string): Shell =>
  sh`[ ! -d ${path} ] || echo ${`=folder ${path}`}
[ ! -f ${path} ] || { echo ${`=about ${path}`}; stat -c ' %a %u:%g' -- ${path}; [ ! -L ${path} ] || echo " $(readlink -- ${path})"; echo ${`=file ${path}`}; show ${path}; }`;

/** Whose the files are that `tellFile` told of, by path. */
export const ownedIn = (
  found: ReadonlyMap<string, readonly string[]>,
): Readonly<Record<string, Owned>> =>
  Object.fromEntries(
    [...found].flatMap(([name, [first = '', target]]): [string, Owned][] => {
      const [, mode = '', owner = ''] = first.split(' ');
      if (!name.startsWith('about ') || owner === '') return [];
      const led = target === undefined ? {} : { target: target.slice(1) };
      return [[name.slice('about '.length), { mode, owner, ...led }]];
    }),
  );

/** Folders that stand where a file was asked about. */
export const foldersIn = (found: ReadonlyMap<string, readonly string[]>): readonly string[] =>
  [...found.keys()].flatMap((name) =>
    name.startsWith('folder ') ? [name.slice('folder '.length)] : [],
  );

/** The text that `show` printed. */
export const shown = (rows: readonly string[]): string =>
  rows.map((row) => (row.startsWith('+') ? row.slice(1) : `${row.slice(1)}\n`)).join('');

/** Sections of a reply: each begins with a line `=name`, and no other line does. */
export function sections(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let rows: string[] = [];
  for (const line of text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined)) {
    if (line.startsWith('=')) found.set(line.slice(1), (rows = []));
    else rows.push(line);
  }
  return found;
}

/**
 * Writes a small file of the system, whose folder belongs to root: written beside it and renamed, with the mode and owner it
 * had; one that is new with those of `fresh`. A link is followed, for then its target is what was meant.
 */
export function writeFile(
  path: string,
  text: string,
  { mode, owner, target }: Partial<Owned> = {},
): Shell {
  const folder = posix.dirname(path);
  const next = `${folder}/.${posix.basename(path)}.orch-new`;
  const link = target === undefined ? raw(':') : sh`[ -e ${path} ] || ln -s -- ${target} ${path}`;
  const chown = owner === undefined ? raw(':') : sh`chown ${owner} ${next}`;
  return sh`(set -e; mkdir -p -- ${folder}; ${link}
if [ -L ${path} ]; then printf %s ${text} >${path}; exit; fi
umask 077; if [ -e ${path} ]; then cp -p -- ${path} ${next}; else : >${next}; ${chown}; chmod ${mode ?? '644'} ${next}; fi
printf %s ${text} >${next} && mv -f -- ${next} ${path}
! command -v restorecon >/dev/null 2>&1 || restorecon ${path} 2>/dev/null || :)`;
}

/** Puts a file back as it was, where it is gone with the mode and owner it had; null: there was none. */
export const putBack = (path: string, text: string | null, was: Partial<Owned> = {}): Shell =>
  text === null ? sh`rm -f -- ${path}` : writeFile(path, text, was);

/** Exits 75 when a file no longer holds what was observed; null: there was none. */
export const unchanged = (path: string, text: string | null): Shell =>
  text === null
    ? sh`[ ! -e ${path} ] || exit 75`
    : sh`[ "$(cat -- ${path} && echo x)" = ${`${text}x`} ] || exit 75`;
