import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import { freshMode } from './attributes.ts';
import { timesOf } from './owned.ts';
import type { Attributes, Directory, Entry, FileFacts, Raw, Regular } from './state.ts';
import { pathWord } from './tools.ts';
import { MKDIRS, NEEDS_FOLDER, ownerWord, writeScript } from './write.ts';

/** What is known of the thing that changes. */
export interface Was {
  readonly raw: Raw | undefined;
  readonly facts: FileFacts;
  /** How many folders above it are missing. */
  readonly missing: number;
}

/** Takes away what is at a path, a folder with all in it; never what a link leads to. */
export const removeEntry = (path: string, kind: Entry['kind']): Shell =>
  kind === 'directory' ? sh`rm -rf ${pathWord(path)}` : sh`rm -f ${pathWord(path)}`;

/** Makes what should be at a path of what is there. */
export function makeEntry(path: string, is: Entry, wanted: Entry, was: Was): Shell {
  switch (wanted.kind) {
    case 'absent':
      return removeEntry(path, is.kind);
    case 'link':
      return linkTo(path, is, sh`ln -s ${wanted.target} "$t"`, wanted);
    case 'directory':
      return folder(path, is, wanted);
    case 'other':
      return raw('echo "sockets, devices and pipes are not made here" >&2; exit 1');
    case 'file':
      return wanted.same?.length && !(is.kind === 'file' && is.same?.length)
        ? hardLink(path, is, wanted)
        : file(path, is, wanted, was);
  }
}

function hardLink(path: string, is: Entry, wanted: Regular): Shell {
  const [twin = ''] = wanted.same ?? [];
  return lines([
    linkTo(path, is, sh`ln ${pathWord(twin)} "$t"`, {}),
    ...(wanted.mode === undefined ? [] : [sh`chmod ${wanted.mode} ${pathWord(path)}`]),
  ]);
}

/** A link under another name takes the name over: at no moment there is nothing. mv -T is not everywhere. */
function linkTo(path: string, is: Entry, make: Shell, { owner, group }: Attributes): Shell {
  const who = ownerWord(owner, group);
  return lines([
    raw('set -e'),
    sh`p=${pathWord(path)}`,
    raw(`d=\${p%/*}; case $p in */*) d=\${d:-/};; *) d=.;; esac; t=$d/.orch.$$.new`),
    NEEDS_FOLDER,
    raw(`trap 'rm -f "$t"' EXIT`),
    ...(is.kind === 'directory' ? [raw('rmdir "$p"')] : []),
    make,
    ...(who === undefined ? [] : [sh`chown -h ${who} "$t"`]),
    raw(
      'if [ -d "$p" ] && [ -L "$p" ]; then mv -fT "$t" "$p" 2>/dev/null || { rm -f "$p"; mv -f "$t" "$p"; }',
    ),
    raw('else mv -f "$t" "$p"; fi; trap - EXIT'),
  ]);
}

function folder(path: string, is: Entry, wanted: Directory): Shell {
  const who = ownerWord(wanted.owner, wanted.group);
  const { mode } = wanted;
  return lines([
    raw('set -e'),
    MKDIRS,
    raw('orch_made() {'),
    ...(who === undefined ? [] : [sh`chown ${who} "$1" || return`]),
    ...(mode === undefined ? [] : [sh`chmod ${mode} "$1" || return`]),
    raw(':; }'),
    ...(is.kind === 'link' || is.kind === 'file' ? [sh`rm -f ${pathWord(path)}`] : []),
    ...(wanted.how?.parents
      ? [
          sh`p=${pathWord(path)}; d=\${p%/*}; case $p in */*) ;; *) d=.;; esac`,
          parentsOf(wanted.how.parents),
        ]
      : []),
    sh`orch_mkdirs ${pathWord(path)}`,
    ...timesOf(path, wanted),
  ]);
}

/** Folders above with attributes of their own. */
const parentsOf = ({
  mode,
  owner,
  group,
}: NonNullable<NonNullable<Directory['how']>['parents']>): Shell => {
  const who = ownerWord(owner, group);
  return lines([
    raw('( orch_made() {'),
    ...(who === undefined ? [] : [sh`chown ${who} "$1" || return`]),
    ...(mode === undefined ? [] : [sh`chmod ${mode} "$1" || return`]),
    raw(':; }\norch_mkdirs "$d" )'),
  ]);
};

function file(path: string, is: Entry, wanted: Regular, { raw: old, facts }: Was): Shell {
  const replaces = is.kind === 'file';
  const kept = old && replaces ? `${old.stat[2] ?? ''}:${old.stat[3] ?? ''}` : undefined;
  const owner =
    wanted.owner !== undefined && (!replaces || wanted.owner !== old?.owner)
      ? wanted.owner
      : undefined;
  const group =
    wanted.group !== undefined && (!replaces || wanted.group !== old?.group)
      ? wanted.group
      : undefined;
  return lines([
    writeScript({
      path,
      content: wanted.content ?? '',
      mode: wanted.mode ?? freshMode('file', facts),
      kept,
      owner: ownerWord(owner, group),
      how: wanted.how ?? {},
      replaces,
    }),
    ...timesOf(path, wanted),
  ]);
}
