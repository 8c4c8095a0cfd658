import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { sh } from '../../lib/shell.ts';
import type { ActionModule, ActionResult, ParamsSchema } from '../../model/module.ts';
import type { Nearby, Received } from '../../model/nearby.ts';
import type { Reply } from '../../model/transport.ts';
import { nameOf, pathWord } from '../file/tools.ts';

const params = {
  type: 'object',
  description:
    'Brings a file of the host, of any size, to this machine: to DEST/HOST/PATH, or with flat to DEST itself.',
  properties: {
    src: { type: 'string', minLength: 1, description: 'The file on the host.' },
    dest: {
      type: 'string',
      minLength: 1,
      description: 'The folder on this machine; with flat the file.',
    },
    flat: {
      type: 'boolean',
      default: false,
      description: 'dest is the file itself, or with a slash at its end the folder it is put into.',
    },
    fail_on_missing: {
      type: 'boolean',
      default: true,
      description: 'A file that is not there is an error.',
    },
    validate_checksum: {
      type: 'boolean',
      default: true,
      description: 'What came is compared with what the host says of it.',
    },
  },
  required: ['src', 'dest'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of fetch, defaults filled in; where the file goes beside them. */
export type FetchParams = FromSchema<typeof params> & {
  readonly to?: string;
  /** SHA-1 of what is there already. */
  readonly known?: string;
  readonly incoming?: Received;
};

/** A file of the host, brought to this machine. */
export const fetch: ActionModule<FetchParams> = {
  kind: 'action',
  name: 'fetch',
  params,
  example: `- fetch: {src: /etc/rancher/k3s/k3s.yaml, dest: ./kubeconfig, flat: true}
`,
  prepare(given, near) {
    const to = placeOf(given, near);
    const there = near.look(to)?.kind === 'file' ? { known: near.sums(to).sha1 } : {};
    return { ...given, to, ...there, incoming: near.receive(to) };
  },
  reads: () => false,
  // The hash goes another way than the bytes, which are nobody's to hold. What is here already is not sent.
  script: ({ src, known }) => sh`p=${pathWord(src)}
[ -e "$p" ] || exit 61
[ ! -d "$p" ] || exit 62
h=$(sha1sum <"$p" 2>/dev/null || openssl dgst -sha1 -r <"$p") || exit 63
h=\${h%% *}; printf '%s\n' "$h" >&2
[ "$h" = ${known ?? ''} ] || cat <"$p"`,
  takes: ({ incoming }) => incoming?.write,
  parse(reply, given): ActionResult {
    const { incoming } = given;
    try {
      return judged(reply, given);
    } finally {
      incoming?.drop();
    }
  },
};

function placeOf({ src, dest, flat }: FetchParams, near: Nearby): string {
  const base = near.beside(dest);
  if (!flat) {
    const host = near.scope.get('inventory_hostname');
    return near.join(base, typeof host === 'string' ? host : '', src);
  }
  if (dest.endsWith('/')) return near.join(base, nameOf(src));
  if (near.look(base)?.kind === 'directory')
    throw new OrchError(
      'ARGUMENT_INVALID',
      'dest is an existing directory, use a trailing slash if you want to fetch src into that directory',
    );
  return base;
}

function judged(reply: Reply, given: FetchParams): ActionResult {
  const { src, fail_on_missing: must, to = '', incoming, known } = given;
  const missing = MISSING[reply.exit];
  if (missing !== undefined || reply.exit !== 0 || !incoming) {
    const why = missing ?? reply.stderr.toString('utf8').trim();
    const data = {
      changed: false,
      file: src,
      msg: must ? why : `${why}, not transferring, ignored`,
    };
    return must ? { changed: false, failed: why, data } : { changed: false, data };
  }
  const theirs = /^[0-9a-f]{40}$/m.exec(reply.stderr.toString('latin1'))?.[0] ?? '';
  const came = incoming.sums();
  const same = known !== undefined && known === theirs;
  const checksum = same ? known : came.sha1;
  const sums = { file: src, dest: to, checksum, ...(same ? {} : { md5sum: came.md5 }) };
  if (!same && given.validate_checksum && checksum !== theirs) {
    const msg = 'checksum mismatch';
    return { changed: false, failed: msg, data: { ...sums, changed: false, msg } };
  }
  if (same) return { changed: false, data: { ...sums, md5sum: null, changed: false } };
  incoming.keep();
  return {
    changed: true,
    data: { ...sums, remote_checksum: theirs, remote_md5sum: null, changed: true },
  };
}

const MISSING: Readonly<Record<number, string>> = {
  61: 'the remote file does not exist',
  62: 'remote file is a directory, fetch cannot work on directories',
  63: 'the remote file cannot be read',
};
