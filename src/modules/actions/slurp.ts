import type { FromSchema } from 'json-schema-to-ts';
import { sh } from '../../lib/shell.ts';
import type { ActionModule, ParamsSchema } from '../../model/module.ts';
import { pathWord } from '../file/tools.ts';

const params = {
  type: 'object',
  description:
    'Reads a file of the host, up to 8 MB. What was read is in base64 in the result: use the filter b64decode.',
  properties: {
    src: { type: 'string', minLength: 1, description: 'The file.', 'x-aliases': ['path'] },
  },
  required: ['src'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of slurp. */
export type SlurpParams = FromSchema<typeof params>;

/** The content of a file of the host. */
export const slurp: ActionModule<SlurpParams> = {
  kind: 'action',
  name: 'slurp',
  params,
  example: `- slurp: {src: /var/lib/rancher/k3s/server/node-token}
  register: token
  no_log: true
`,
  looksAt: ({ src }) => [`file:${src}`],
  reads: () => true,
  script: ({ src }) => sh`p=${pathWord(src)}
[ -e "$p" ] || exit 61
[ ! -d "$p" ] || exit 62
[ -r "$p" ] || exit 63
cat "$p"`,
  parse({ stdout, exit, cut, stderr }, { src }) {
    const why = {
      61: `file not found: ${src}`,
      62: `source is a directory and must be a file: ${src}`,
      63: `file is not readable: ${src}`,
    }[exit];
    const failed =
      why ??
      (exit !== 0
        ? `unable to slurp file: ${stderr.toString('utf8').trim()}`
        : cut === undefined
          ? undefined
          : `unable to slurp file: ${src} is larger than 8 MB`);
    if (failed !== undefined)
      return { changed: false, failed, data: { changed: false, msg: failed } };
    const content = stdout.toString('base64');
    return { changed: false, data: { changed: false, content, source: src, encoding: 'base64' } };
  },
};
