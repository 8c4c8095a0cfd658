import type { FromSchema } from 'json-schema-to-ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ActionResult, ParamsSchema, Problem } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { isMap } from '../../model/value.ts';
import { ATTRIBUTE_PARAMS, modeProblems } from '../file/attributes.ts';
import { pathWord } from '../file/tools.ts';
import { ownerWord } from '../file/write.ts';
import { URL_PARAMS, curlWith, nameIn, requestOptions } from './curl.ts';
import { listedHash, wantedHash } from './listed-hash.ts';

const params = {
  type: 'object',
  description:
    'Loads a file from a web server to the host, with curl. With a checksum nothing is loaded when the file is there ' +
    'already, and nothing is kept that does not fit.',
  properties: {
    ...URL_PARAMS,
    dest: {
      type: 'string',
      minLength: 1,
      description: 'The file on the host, or a folder that is there.',
    },
    checksum: {
      type: 'string',
      pattern: '^$|^(md5|sha1|sha224|sha256|sha384|sha512):([0-9A-Fa-f]+|(https?|ftp)://\\S+)$',
      'x-says': 'a checksum such as sha256:<hex digits>, or sha256:<address of a list>',
      description:
        'What the file must have: ALGORITHM:HEX, or ALGORITHM:URL of a list of sums and names, as sha256sum writes it.',
    },
    force: {
      type: 'boolean',
      default: false,
      description:
        'Loads it whatever is there. Without it a file that fits the checksum stays; without a checksum the server is ' +
        'asked whether it has a newer one.',
      'x-aliases': ['thirsty'],
    },
    backup: {
      type: 'boolean',
      default: false,
      description: 'Keeps the old file beside the new one.',
    },
    tmp_dest: {
      type: 'string',
      description: 'Accepted and without effect: it is loaded beside dest.',
    },
    ...ATTRIBUTE_PARAMS,
  },
  required: ['url', 'dest'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of get_url, defaults filled in. */
export type GetUrlParams = FromSchema<typeof params>;

/** A file from a web server. */
export const getUrl: ActionModule<GetUrlParams> = {
  kind: 'action',
  name: 'get_url',
  params,
  example: `- get_url:
    url: https://github.com/k3s-io/k3s/releases/download/v1.31.4%2Bk3s1/k3s
    dest: /usr/local/bin/k3s
    checksum: sha256:a9e0ee5c1e0dc7d3e7aa9b2a1d2bd7f9e0d1e0ad6ed4ae0dc5b2e9cbb5ad7d1f
    mode: "0755"
`,
  problems: (given): readonly Problem[] => [
    ...modeProblems(given),
    ...(isMap(given) && typeof given['mode'] === 'string' && /[^0-7]/.test(given['mode'])
      ? [{ pointer: '/mode', message: 'get_url takes an octal mode' }]
      : []),
  ],
  reads: () => false,
  script: (given) => {
    const { dest, checksum = '', force, backup, mode } = given;
    const { algorithm, hex, list } = wantedHash(checksum);
    const who = ownerWord(text(given.owner), text(given.group));
    return lines([
      raw('LC_ALL=C; export LC_ALL'),
      sh`p=${pathWord(dest)}`,
      sh`if [ -d "$p" ]; then p=\${p%/}/${nameIn(given.url)}; fi`,
      raw('d=${p%/*}; case $p in */*) d=${d:-/};; *) d=.;; esac'),
      raw('[ -d "$d" ] || { echo "Destination $d does not exist" >&2; exit 1; }'),
      sh`orch_hash() { h=$(${`${algorithm || 'sha1'}sum`} <"$1" 2>/dev/null || openssl dgst ${`-${algorithm || 'sha1'}`} -r <"$1") || return; printf %s "\${h%% *}"; }`,
      raw('o=; [ ! -f "$p" ] || o=$(orch_hash "$p")'),
      raw('s=$(stat -c "%a %u %g" "$p" 2>/dev/null)'),
      sh`n=${hex} r=old`,
      ...(list === undefined ? [] : [listedHash(given, list)]),
      sh`if [ -z "$n" ] || [ "$o" != "$n" ] || ${raw(force ? 'true' : 'false')}; then`,
      curlWith([...requestOptions(given, 10), 'location', 'fail']),
      ...(force || checksum !== '' ? [raw('set --')] : [SINCE]),
      raw(`t=$d/.orch.$$.new; u=$(umask); umask 077; trap 'rm -f "$t"' EXIT`),
      raw(
        'w=$(orch_curl "$@" -o "$t" -w "%{http_code}") || { e=$?; printf "%s\\n" "$w"; exit $((e+100)); }',
      ),
      raw('umask "$u"; if [ "$w" != 304 ]; then [ -e "$t" ] || : >"$t"'),
      raw('h=$(orch_hash "$t")'),
      raw('[ -z "$n" ] || [ "$h" = "$n" ] || { printf "%s\\n" "$h"; exit 66; }'),
      raw('if [ "$h" != "$o" ]; then r=new'),
      raw(
        'if [ -n "$s" ]; then set -- $s; chown "$2:$3" "$t" 2>/dev/null || :; chmod "$1" "$t"; else chmod =rw "$t"; fi',
      ),
      ...(backup
        ? [raw('[ -z "$o" ] || { b=$p.$$.$(date +%Y-%m-%d@%H:%M:%S)~; cp -p "$p" "$b"; }')]
        : []),
      raw('mv -f "$t" "$p" || exit 1; fi; fi; rm -f "$t"; trap - EXIT; fi'),
      ...(who === undefined ? [] : [sh`chown ${who} "$p" || exit 1`]),
      ...(mode === undefined ? [] : [sh`chmod ${octalOf(mode)} "$p" || exit 1`]),
      raw('a=$(stat -c "%a %u %g" "$p"); [ "$r" = new ] || [ "$a" = "$s" ] || r=owned'),
      raw(
        `printf '%s\\0%s\\0%s\\0%s\\0%s\\0%s' "$r" "$p" "$w" "$(sha1sum <"$p" 2>/dev/null)" "$(stat -c '%a %u %g %s %U %G' "$p")" "$b"`,
      ),
    ]);
  },
  parse: (reply, given): ActionResult =>
    reply.exit === 0 ? loaded(reply.stdout.toString('utf8'), given) : refused(reply, given),
};

/** A server is asked only for what is newer than the file that is there. */
const SINCE = raw(
  `if [ -z "$o" ]; then set --; else set -- -H "If-Modified-Since: $(date -u -r "$p" '+%a, %d %b %Y %H:%M:%S GMT')"; fi`,
);

function refused({ stdout, stderr, exit }: Reply, given: GetUrlParams): ActionResult {
  const code = stdout.toString('utf8').trim();
  const why = stderr.toString('utf8').trim();
  const isStatus = exit > 100 && /^[1-9]\d\d$/.test(code);
  const msg =
    exit === 65
      ? why
      : exit === 66
        ? `The checksum for ${given.dest} did not match ${given.checksum ?? ''}; it was ${code}.`
        : `Request failed: ${isStatus ? `HTTP Error ${code}` : why}`;
  const { url, dest } = given;
  const status = exit > 100 ? { status_code: isStatus ? Number(code) : -1 } : {};
  return { changed: false, failed: msg, data: { changed: false, url, dest, msg, ...status } };
}

function loaded(said: string, given: GetUrlParams): ActionResult {
  const [how = '', dest = '', status = '', sum = '', fields = '', backup = ''] = said.split('\0');
  const [mode = '0', uid, gid, size = '0', owner = '', group = ''] = fields.split(' ');
  const changed = how !== 'old';
  const checksum = sum.split(' ')[0] ?? '';
  return {
    changed,
    data: {
      changed,
      dest,
      url: given.url,
      status_code: status === '' ? 304 : Number(status),
      checksum_dest: checksum,
      checksum_src: checksum,
      mode: `0${mode.padStart(3, '0')}`,
      uid: Number(uid),
      gid: Number(gid),
      size: Number(size),
      owner,
      group,
      state: 'file',
      msg: how === 'new' ? `OK (${size} bytes)` : 'file already exists',
      ...(backup === '' ? {} : { backup_file: backup }),
    },
  };
}

const text = (value: unknown): string | undefined =>
  typeof value === 'number' || typeof value === 'string' ? String(value) : undefined;

const octalOf = (mode: string | number): string =>
  typeof mode === 'number' ? mode.toString(8) : mode;
