import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import type { ActionModule, ActionResult, ParamsSchema } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';
import { pathWord } from '../file/tools.ts';
import { STAT_FIELDS, orchStat, statValues } from './stat-fields.ts';

const params = {
  type: 'object',
  description:
    'Tells all about a path of the host: whether it exists, what it is, its owner, mode, times and hash.',
  properties: {
    path: {
      type: 'string',
      minLength: 1,
      description: 'The path.',
      'x-aliases': ['dest', 'name'],
    },
    follow: { type: 'boolean', default: false, description: 'Tells about what a link leads to.' },
    get_checksum: { type: 'boolean', default: true, description: 'Tells the hash of a file.' },
    checksum_algorithm: {
      enum: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
      default: 'sha1',
      description: 'Which hash.',
      'x-aliases': ['checksum', 'checksum_algo'],
    },
    get_mime: {
      type: 'boolean',
      default: true,
      description: 'Tells the type of the content, where the host has the program `file`.',
      'x-aliases': ['mime', 'mime_type', 'mime-type'],
    },
    get_attributes: {
      type: 'boolean',
      default: true,
      description: 'Accepted and without effect: attributes of chattr are not told.',
      'x-aliases': ['attr', 'attributes'],
    },
  },
  required: ['path'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of stat, defaults filled in. */
export type StatParams = FromSchema<typeof params>;

/** What is at a path. */
export const stat: ActionModule<StatParams> = {
  kind: 'action',
  name: 'stat',
  params,
  example: `- stat: {path: /etc/rancher/k3s/k3s.yaml}
  register: config
- debug: {msg: K3s has run here}
  when: config.stat.exists
`,
  looksAt: ({ path }) => [`file:${path}`],
  reads: () => true,
  script: ({ path, follow, get_checksum: sum, checksum_algorithm: name, get_mime: mime }) => {
    const p = pathWord(path);
    return lines([
      raw('LC_ALL=C; export LC_ALL'),
      orchStat(follow),
      sh`p=${p}`,
      follow
        ? raw('[ -e "$p" ] || { printf "absent"; exit 0; }')
        : raw('[ -e "$p" ] || [ -L "$p" ] || { printf "absent"; exit 0; }'),
      raw(`s=$(orch_stat "$p") || exit 71; printf '%s\\0' "$s"`),
      raw(
        `a=; [ ! -r "$p" ] || a=r; [ ! -w "$p" ] || a=\${a}w; [ ! -x "$p" ] || a=\${a}x; printf '%s\\0' "$a"`,
      ),
      raw(
        `t=; l=; if [ -L "$p" ]; then t=$(readlink "$p"; printf x); t=\${t%x}; t=\${t%?}; l=$(readlink -f "$p"; printf x); l=\${l%x}; l=\${l%?}; fi`,
      ),
      raw(`printf '%s\\0%s\\0' "$t" "$l"`),
      sum
        ? sh`h=; if [ -f "$p" ] && [ -r "$p" ]${raw(follow ? '' : ' && [ ! -L "$p" ]')}; then h=$(${`${name}sum`} <"$p" 2>/dev/null || openssl dgst ${`-${name}`} -r <"$p" 2>/dev/null); fi; printf '%s\\0' "\${h%% *}"`
        : raw(`printf '\\0'`),
      mime
        ? raw(
            `m=; ! command -v file >/dev/null 2>&1 || m=$(file -b --mime-type --mime-encoding "$p" 2>/dev/null); printf '%s\\0' "$m"`,
          )
        : raw(`printf '\\0'`),
    ]);
  },
  parse(reply, given): ActionResult {
    if (reply.stdout.toString() === 'absent') return told({ exists: false });
    const [fields = '', access = '', target = '', real = '', sum = '', mime = ''] = reply.stdout
      .toString('utf8')
      .split('\0');
    const words = fields.split(' ');
    if (reply.exit !== 0 || words.length !== STAT_FIELDS)
      throw new OrchError('REPLY_UNREADABLE', 'what the host says about the path makes no sense', {
        stderr: reply.stderr.toString('utf8').slice(0, 2000),
      });
    const values = statValues(words);
    const [mimetype = '', charset = ''] = mime.split(/; charset=|:/);
    return told({
      exists: true,
      path: given.path,
      ...values,
      readable: access.includes('r'),
      writeable: access.includes('w'),
      executable: access.includes('x'),
      ...(values['islnk'] === true ? { lnk_source: real, lnk_target: target } : {}),
      ...(sum === '' ? {} : { checksum: sum }),
      ...(given.get_mime
        ? { mimetype: mimetype.trim() || 'unknown', charset: charset.trim() || 'unknown' }
        : {}),
      ...(given.get_attributes ? { version: null, attributes: [], attr_flags: '' } : {}),
    });
  },
};

const told = (stat: Readonly<Record<string, Value>>): ActionResult => ({
  changed: false,
  data: { changed: false, stat },
});
