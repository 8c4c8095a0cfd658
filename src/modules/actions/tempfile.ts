import type { FromSchema } from 'json-schema-to-ts';
import { sh } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema } from '../../model/module.ts';
import { pathWord } from '../file/tools.ts';
import { attributesWord } from './attributes-word.ts';

const params = {
  type: 'object',
  description:
    'Makes an empty file or folder with a name of its own, readable by its owner alone. You take it away again.',
  properties: {
    state: { enum: ['file', 'directory'], default: 'file', description: 'What to make.' },
    path: {
      type: 'string',
      description: 'The folder to make it in. Left out: that of the host for such things.',
    },
    prefix: { type: 'string', default: 'ansible.', description: 'How its name begins.' },
    suffix: { type: 'string', default: '', description: 'How its name ends.' },
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of tempfile, defaults filled in. */
export type TempfileParams = FromSchema<typeof params>;

/** A file or folder with a name of its own. */
export const tempfile: ActionModule<TempfileParams> = {
  kind: 'action',
  name: 'tempfile',
  params,
  example: `- tempfile: {state: directory, suffix: .build}
  register: build
`,
  reads: () => false,
  script: ({ state, path, prefix, suffix }) => sh`umask 077
d=${path === undefined ? { text: '"${TMPDIR:-/tmp}"' } : pathWord(path)}
[ -d "$d" ] || { echo "there is no folder $d" >&2; exit 1; }
i=0
while [ $i -lt 100 ]; do
  i=$((i+1)); r=$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n') || exit 1
  p=$d/${prefix}"$r"${suffix}
  ${{ text: state === 'file' ? '( set -C; : >"$p" ) 2>/dev/null' : 'mkdir "$p" 2>/dev/null' }} && { ${{ text: attributesWord('"$p"') }}; printf %s "$p"; exit 0; }
done
echo "no name was free in $d" >&2; exit 1`,
  parse({ stdout, stderr, exit }, { state }) {
    const [told = '', ...rest] = stdout.toString('utf8').split('\n');
    const path = rest.join('\n');
    if (exit === 0) {
      const [mode = '', uid, gid, size, owner = '', group = ''] = told.split(' ');
      const numbers = { uid: Number(uid), gid: Number(gid), size: Number(size) };
      const words = { mode: mode.padStart(4, '0'), owner, group, state };
      return { changed: true, data: { changed: true, path, ...numbers, ...words } };
    }
    const failed = stderr.toString('utf8').trim() || 'nothing could be made';
    return { changed: false, failed, data: { changed: false, msg: failed } };
  },
};
