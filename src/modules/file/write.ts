import { OrchError } from '../../lib/errors.ts';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import { splitWords } from '../actions/words.ts';
import { broughtOf, bytesOf, sumOf } from './content.ts';
import type { Content, How } from './state.ts';
import { TOOLS, pathWord } from './tools.ts';

/** A file to be written. */
export interface Written {
  /** Where it goes in the end; no link. */
  readonly path: string;
  readonly content: Content;
  readonly mode: string;
  /** `uid:gid` that it had before: given to the new file where that is allowed. */
  readonly kept?: string | undefined;
  /** `user:group`, `user` or `:group` that was asked for: without it the write fails. */
  readonly owner?: string | undefined;
  readonly how: How;
  /** Whether something is there that is replaced. */
  readonly replaces: boolean;
}

/**
 * Writes a new file beside the old one and lets it take the old one's name: whoever reads sees the old or the
 * new, never a half. Until it has its mode nobody else can read it. Nothing is left when a step fails.
 */
export function writeScript(file: Written): Shell {
  const { path, mode, kept, owner, how } = file;
  return lines([
    raw('set -e'),
    sh`p=${pathWord(path)}`,
    raw(`d=\${p%/*}; case $p in */*) d=\${d:-/};; *) d=.;; esac`),
    parents(how),
    NEEDS_FOLDER,
    raw('t=$d/.orch.$$.new; u=$(umask); umask 077; set -C'),
    raw('true >"$t"; set +C'),
    raw(`trap 'rm -f "$t"' EXIT; trap 'exit 1' HUP INT TERM`),
    how.from === undefined ? bytesInto(file.content) : sh`cat <${pathWord(how.from)} >"$t"`,
    raw('umask "$u"'),
    ...(kept === undefined
      ? []
      : [
          sh`chown ${kept} "$t" 2>/dev/null || chown ${kept.replace(/^\d+/, '')} "$t" 2>/dev/null || :`,
        ]),
    ...(owner === undefined ? [] : [sh`chown ${owner} "$t"`]),
    sh`chmod ${mode} "$t"`,
    raw('[ ! -e /sys/fs/selinux/enforce ] || [ ! -e "$p" ] || chcon --reference="$p" "$t" || :'),
    ...(how.validate === undefined ? [] : [validation(how.validate)]),
    ...(how.backup === undefined ? [] : [sh`[ ! -f "$p" ] || cp -p "$p" "$p".${how.backup}`]),
    raw('if [ -d "$p" ]; then [ ! -L "$p" ] || rm -f "$p"; fi'),
    raw('[ ! -d "$p" ] || { echo "$p is a directory" >&2; exit 1; }'),
    raw('mv -f "$t" "$p"; trap - EXIT'),
    ...(file.replaces
      ? []
      : [raw('[ ! -e /sys/fs/selinux/enforce ] || restorecon "$p" 2>/dev/null || :')]),
  ]);
}

/** Fails where the folder `$d` is not there. */
export const NEEDS_FOLDER: Shell = raw(
  '[ -d "$d" ] || { echo "Destination directory $d does not exist" >&2; exit 1; }',
);

function parents({ parents: wanted }: How): Shell {
  if (!wanted) return raw(':');
  const { mode, owner, group } = wanted;
  const who = ownerWord(owner, group);
  return lines([
    MKDIRS,
    sh`orch_made() { ${lines([
      ...(mode === undefined ? [] : [sh`chmod ${mode} "$1" || return;`]),
      ...(who === undefined ? [] : [sh`chown ${who} "$1" || return;`]),
      raw(':;'),
    ])} }`,
    raw('orch_mkdirs "$d"'),
  ]);
}

/** Makes a folder and those above it that are missing; `orch_made` is called with each. */
export const MKDIRS: Shell = raw(`orch_mkdirs() {
  [ -d "$1" ] && return 0
  case $1 in
    */*) ( orch_mkdirs "\${1%/*}" ) || return;;
  esac
  [ -z "$1" ] || [ -d "$1" ] || { mkdir "$1" && orch_made "$1"; }
}`);

/** `user:group` for chown, from what is asked for. */
export const ownerWord = (owner?: string, group?: string): string | undefined =>
  owner === undefined && group === undefined
    ? undefined
    : `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;

/** Runs a command that has to accept "$t", as Ansible runs it: the words of the line, no shell; %s is the new file. */
export function validation(command: string): Shell {
  const split = splitWords(command);
  const words = 'words' in split ? split.words : [command];
  const call = words.map((word) => {
    const pieces = word.split('%s').map((piece) => sh`${piece.replaceAll('%%', '%')}`.text);
    return raw(pieces.map((piece) => (piece === "''" ? '' : piece)).join('"$t"') || "''");
  });
  const line = raw(call.map(({ text }) => text).join(' '));
  return sh`o=$( ${line} 2>&1 </dev/null ) && r=0 || r=$?
[ $r -eq 0 ] || { echo "failed to validate: rc:$r error:$o" >&2; exit 1; }`;
}

/** Longest piece for one printf: shells copy what they quote. */
const PIECE = 16 * 1024;

/** Bytes into "$t": printed, as printf is in every shell and base64 is not on every host; what is too large comes on the standard input. */
export function bytesInto(content: Content): Shell {
  const brought = broughtOf(content);
  if (brought) return fromInput(brought.size, sumOf(content));
  const bytes = bytesOf(content);
  if (bytes === undefined)
    throw new OrchError('INTERNAL', 'the bytes of a content that is to be written are not known');
  if (bytes.length === 0) return raw(':');
  const pieces: Shell[] = [];
  const isText = !bytes.includes(0) && Buffer.from(bytes.toString('utf8')).equals(bytes);
  if (isText) {
    // Cut between characters, so that every piece is text.
    const text = bytes.toString('utf8');
    for (let at = 0; at < text.length;) {
      let end = Math.min(at + PIECE, text.length);
      if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1] ?? '')) end -= 1;
      pieces.push(sh`printf %s ${text.slice(at, end)}`);
      at = end;
    }
  } else {
    for (let at = 0; at < bytes.length; at += PIECE) {
      pieces.push(sh`printf ${octals(bytes.subarray(at, at + PIECE))}`);
    }
  }
  return raw(`{ ${pieces.map(({ text }) => text).join('\n')}\n} >"$t"`);
}

/** Takes so many bytes of the standard input and not one more: dd reads no further than it is told. */
function fromInput(size: number, sum: string): Shell {
  const [blocks, rest] = [Math.floor(size / BLOCK), size % BLOCK];
  return lines([
    TOOLS,
    raw(`o=$( {
  [ ${blocks} -eq 0 ] || dd bs=${BLOCK} count=${blocks} iflag=fullblock
  [ ${rest} -eq 0 ] || dd bs=${rest} count=1 iflag=fullblock
} 2>&1 >"$t" ) || { echo "$o" >&2; exit 1; }`),
    sh`h=$(orch_sum <"$t"); [ "\${h%% *}" = ${sum} ] || { echo "what came has another checksum than what was sent" >&2; exit 1; }`,
  ]);
}

const BLOCK = 65_536;

function octals(bytes: Buffer): string {
  let out = '';
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x25 && byte !== 0x5c && byte !== 0x2d;
    // Always three digits: a digit that follows would be taken as one more. A dash in front would be an option.
    out += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return out;
}
