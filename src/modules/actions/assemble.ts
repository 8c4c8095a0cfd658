import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { matcher } from '../../lib/matcher.ts';
import { type Shell, lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ActionResult, Brought, ParamsSchema } from '../../model/module.ts';
import type { Nearby } from '../../model/nearby.ts';
import type { Reply } from '../../model/transport.ts';
import { ATTRIBUTE_PARAMS, modeProblems } from '../file/attributes.ts';
import { pathWord } from '../file/tools.ts';
import { validation } from '../file/write.ts';
import { attributesWord, setAttributes } from './attributes-word.ts';

const params = {
  type: 'object',
  description:
    'Makes one file of the files in a folder, in the order of their names. The folder is on the host, or with ' +
    'remote_src: false on this machine, below files/ of the role.',
  properties: {
    src: { type: 'string', minLength: 1, description: 'The folder of the pieces.' },
    dest: { type: 'string', minLength: 1, description: 'The file they become.' },
    delimiter: {
      type: 'string',
      description:
        'Stands between two pieces, on lines of its own; \\n and the like are understood.',
    },
    regexp: {
      type: 'string',
      description:
        'Only files whose names match. On the host it is an extended regular expression of grep.',
    },
    ignore_hidden: {
      type: 'boolean',
      default: false,
      description: 'Files whose names begin with a dot are left out.',
    },
    remote_src: { type: 'boolean', default: true, description: 'src is on the host.' },
    backup: { type: 'boolean', default: false, description: 'Keeps the old file beside the new.' },
    validate: {
      type: 'string',
      pattern: '%s',
      'x-says': 'a command that holds %s for the file to check',
      description: 'Command, without a shell, that must accept the new file; %s stands for it.',
    },
    decrypt: {
      type: 'boolean',
      default: true,
      description: 'Pieces of this machine that are encrypted with a vault are sent decrypted.',
    },
    ...ATTRIBUTE_PARAMS,
  },
  required: ['src', 'dest'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of assemble, defaults filled in; the pieces of this machine put together beside them. */
export type AssembleParams = FromSchema<typeof params> & { readonly bytes?: Buffer };

/** One file made of many. */
export const assemble: ActionModule<AssembleParams> = {
  kind: 'action',
  name: 'assemble',
  params,
  example: `- assemble:
    src: /etc/haproxy/conf.d
    dest: /etc/haproxy/haproxy.cfg
    validate: haproxy -c -f %s
`,
  problems: (given) => modeProblems(given),
  prepare: (given, near) => (given.remote_src ? given : { ...given, bytes: piecesOf(given, near) }),
  brings,
  reads: () => false,
  script: (given) => lines([madeBeside(given), placed(given)]),
  parse: judged,
  foresees: (given) => {
    const brought = brings(given);
    return {
      script: lines([madeBeside(given), raw(SAME)]),
      ...(brought ? { brings: brought } : {}),
      parse: (reply) => foreseen(reply, given),
    };
  },
};

function brings({ bytes }: AssembleParams): Brought | undefined {
  return bytes && { size: bytes.length, from: { bytes } };
}

/** What stands between two pieces. Ansible ends it with a line break, whatever it ends with. */
const between = ({ delimiter }: AssembleParams): string =>
  delimiter === undefined || delimiter === '' ? '' : `${unescaped(delimiter)}\n`;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  '\\': '\\',
};

const unescaped = (text: string): string =>
  text.replace(/\\(x[0-9a-fA-F]{2}|[ntra\\])/g, (_, word: string) =>
    word.startsWith('x') ? String.fromCharCode(parseInt(word.slice(1), 16)) : (ESCAPES[word] ?? ''),
  );

function piecesOf(given: AssembleParams, near: Nearby): Buffer {
  const dir = near.find('files', given.src);
  if (near.look(dir)?.kind !== 'directory')
    throw new OrchError('ARGUMENT_INVALID', `Source (${dir}) is not a directory`);
  const wanted = given.regexp === undefined ? () => true : matcher(given.regexp, 'regexp');
  const pieces: Buffer[] = [];
  for (const name of near.list(dir)) {
    const path = near.join(dir, name);
    if (!wanted(name) || (given.ignore_hidden && name.startsWith('.'))) continue;
    if (near.look(path)?.kind !== 'file') continue;
    const last = pieces.at(-1);
    if (last && last.at(-1) !== 10) pieces.push(Buffer.from('\n'));
    if (last && between(given) !== '') pieces.push(Buffer.from(between(given)));
    pieces.push(near.read(path, !given.decrypt));
  }
  return Buffer.concat(pieces);
}

/** The new file in "$w", beside nothing: only its owner can read it, and it goes with the script. */
function madeBeside(given: AssembleParams): Shell {
  return lines([
    raw('LC_ALL=C; export LC_ALL'),
    sh`p=${pathWord(given.dest)}`,
    raw('w=${TMPDIR:-/tmp}/.orch.$$.parts; t=; u=$(umask); umask 077'),
    raw('( set -C; : >"$w" ) || exit 1'),
    raw(`trap 'rm -f "$w" \${t:+"$t"}' EXIT; trap 'exit 1' HUP INT TERM`),
    given.bytes ? raw('cat >"$w" || exit 1') : remotePieces(given),
    raw('umask "$u"; h=$(sha1sum <"$w"); h=${h%% *}'),
  ]);
}

function remotePieces(given: AssembleParams): Shell {
  const delimiter = between(given);
  return lines([
    sh`s=${pathWord(given.src)}`,
    raw('[ -e "$s" ] || { echo "Source ($s) does not exist" >&2; exit 1; }'),
    raw('[ -d "$s" ] || { echo "Source ($s) is not a directory" >&2; exit 1; }'),
    raw('ls -A "$s" | { n= g=; while IFS= read -r f; do'),
    raw('[ -f "$s/$f" ] || continue'),
    ...(given.ignore_hidden ? [raw('case $f in .*) continue;; esac')] : []),
    ...(given.regexp === undefined
      ? []
      : [sh`printf '%s\n' "$f" | grep -Eq -e ${extended(given.regexp)} || continue`]),
    raw('[ -z "$n" ] || echo'),
    ...(delimiter === '' ? [] : [sh`[ -z "$g" ] || printf %s ${delimiter}`]),
    raw('cat "$s/$f" || exit 1; g=1 n=1'),
    raw('[ ! -s "$s/$f" ] || [ -n "$(tail -c 1 "$s/$f")" ] || n='),
    raw('done; } >"$w" || exit 1'),
  ]);
}

/** What Python has and grep -E has not. */
const extended = (regexp: string): string =>
  regexp
    .replace(/\\d/g, '[0-9]')
    .replace(/\\w/g, '[A-Za-z0-9_]')
    .replace(/\\s/g, '[[:space:]]')
    .replace(/\(\?:/g, '(');

const SAME = 'if cmp -s "$w" "$p"; then echo same; else echo new; fi';

function placed(given: AssembleParams): Shell {
  return lines([
    raw('[ ! -d "$p" ] || { echo "$p is a directory" >&2; exit 1; }'),
    raw('d=${p%/*}; case $p in */*) d=${d:-/};; *) d=.;; esac'),
    raw('[ -d "$d" ] || { echo "Destination directory $d does not exist" >&2; exit 1; }'),
    raw('a=$(stat -c "%a %u %g" "$p" 2>/dev/null); r=old b='),
    raw(
      'if ! cmp -s "$w" "$p"; then r=new; t=$d/.orch.$$.new; umask 077; ( set -C; : >"$t" ) || exit 1',
    ),
    raw('cat <"$w" >"$t" || exit 1; umask "$u"'),
    ...(given.validate === undefined ? [] : [validation(given.validate)]),
    raw(
      'if [ -n "$a" ]; then set -- $a; chown "$2:$3" "$t" 2>/dev/null || :; chmod "$1" "$t"; else chmod =rw "$t"; fi',
    ),
    ...(given.backup
      ? [raw('[ -z "$a" ] || { b=$p.$$.$(date +%Y-%m-%d@%H:%M:%S)~; cp -p "$p" "$b"; }')]
      : []),
    raw('mv -f "$t" "$p" || exit 1; t=; fi'),
    setAttributes(given, raw('"$p"')),
    raw('[ "$r" = new ] || [ "$(stat -c "%a %u %g" "$p")" = "$a" ] || r=owned'),
    raw(
      `m=$(md5sum <"$w"); printf '%s\\0%s\\0%s\\0%s\\0%s' "$r" "$h" "\${m%% *}" "$(${attributesWord('"$p"')})" "$b"`,
    ),
  ]);
}

function judged(reply: Reply, given: AssembleParams): ActionResult {
  const { src, dest } = given;
  if (reply.exit !== 0) {
    const msg = reply.stderr.toString('utf8').trim();
    return { changed: false, failed: msg, data: { changed: false, src, dest, msg } };
  }
  const [how, checksum = '', md5sum = '', fields = '', backup = ''] = reply.stdout
    .toString('utf8')
    .split('\0');
  const [mode = '0', uid, gid, size, owner = '', group = ''] = fields.split(' ');
  const changed = how !== 'old';
  const file = { mode: `0${mode.padStart(3, '0')}`, owner, group, state: 'file' };
  const numbers = { uid: Number(uid), gid: Number(gid), size: Number(size) };
  const kept = backup === '' ? {} : { backup_file: backup };
  return {
    changed,
    data: { changed, src, dest, checksum, md5sum, ...file, ...numbers, ...kept, msg: 'OK' },
  };
}

/** Pieces that are not there yet may be what an earlier task would put there. */
function foreseen(reply: Reply, { src, dest }: AssembleParams): ActionResult {
  const how = reply.stdout.toString('utf8').trim();
  if (reply.exit !== 0)
    return { changed: false, unknown: reply.stderr.toString('utf8').trim(), data: {} };
  const changed = how === 'new';
  return { changed, data: { changed, src, dest } };
}
