import type { FromSchema } from 'json-schema-to-ts';
import type { ActionModule, ActionResult, ParamsSchema, Problem } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { type Value, isMap } from '../../model/value.ts';
import { ATTRIBUTE_PARAMS, modeProblems } from '../file/attributes.ts';
import { type Source, sourceOf } from '../file/source.ts';
import { broughtOf, bytesOf } from '../file/content.ts';
import { HOW, unpackScript } from './unarchive-script.ts';

const params = {
  type: 'object',
  description:
    'Unpacks an archive into a folder of the host: tar, also compressed, and zip, with the tar and unzip of the host. ' +
    'Nothing is unpacked where all of it is there already.',
  properties: {
    src: {
      type: 'string',
      minLength: 1,
      description:
        'The archive: on this machine, below files/ of the role; with remote_src on the host, or an address it is loaded from.',
    },
    dest: { type: 'string', minLength: 1, description: 'The folder, which must be there.' },
    remote_src: { type: 'boolean', default: false, description: 'src is on the host.' },
    copy: { type: 'boolean', description: 'The old name: the opposite of remote_src.' },
    creates: { type: 'string', description: 'A path; when it exists, nothing is done.' },
    exclude: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Files and folders of the archive that are left out.',
    },
    include: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'The only files and folders of the archive that are unpacked.',
    },
    extra_opts: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'Further words for tar or unzip.',
    },
    keep_newer: {
      type: 'boolean',
      default: false,
      description: 'Files that are newer than those of the archive are kept.',
    },
    list_files: { type: 'boolean', default: false, description: 'The result tells what is in it.' },
    decrypt: {
      type: 'boolean',
      default: true,
      description: 'An archive that is encrypted with a vault is sent decrypted.',
    },
    validate_certs: {
      type: 'boolean',
      default: true,
      description: 'Of an address: the certificate is checked.',
    },
    io_buffer_size: { type: 'integer', description: 'Accepted and without effect.' },
    ...ATTRIBUTE_PARAMS,
  },
  required: ['src', 'dest'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of unarchive, defaults filled in; the archive of this machine beside them. */
export type UnarchiveParams = FromSchema<typeof params> & { readonly source?: Source };

const isRemote = ({ remote_src: remote, copy }: UnarchiveParams): boolean =>
  remote || copy === false;

/** An archive unpacked. */
export const unarchive: ActionModule<UnarchiveParams> = {
  kind: 'action',
  name: 'unarchive',
  params,
  example: `- unarchive:
    src: https://github.com/containernetworking/plugins/releases/download/v1.6.2/cni-plugins-linux-amd64-v1.6.2.tgz
    dest: /opt/cni/bin
    remote_src: true
`,
  problems,
  prepare(given, near) {
    if (isRemote(given)) return given;
    const path = near.find('files', given.src);
    return { ...given, source: sourceOf(near, path, given.src, given.decrypt) };
  },
  brings,
  reads: () => false,
  script: (given) => unpackScript(given, false),
  parse: judged,
  foresees: (given) => {
    const brought = brings(given);
    return {
      script: unpackScript(given, true),
      ...(brought ? { brings: brought } : {}),
      parse: (reply) => foreseen(reply, given),
    };
  },
};

function problems(given: unknown): readonly Problem[] {
  const map = isMap(given) ? given : {};
  const filled = (value: Value | undefined): boolean => Array.isArray(value) && value.length > 0;
  return [
    ...modeProblems(given),
    ...(filled(map['include']) && filled(map['exclude'])
      ? [{ pointer: '/exclude', message: 'include and exclude are mutually exclusive' }]
      : []),
    ...(map['remote_src'] === true && map['copy'] !== undefined
      ? [{ pointer: '/copy', message: 'copy and remote_src are mutually exclusive' }]
      : []),
  ];
}

/** The archive comes on the standard input, whatever its size: it goes to a file anyway. */
function brings({ source }: UnarchiveParams): ReturnType<typeof broughtOf> {
  if (!source) return undefined;
  const { content } = source;
  const brought = broughtOf(content);
  if (brought) return brought;
  const bytes = bytesOf(content);
  return bytes && { size: bytes.length, from: { bytes } };
}

const FAILED = (given: UnarchiveParams, msg: string): ActionResult => ({
  changed: false,
  failed: msg,
  data: { changed: false, src: given.src, dest: given.dest, msg },
});

function judged(reply: Reply, given: UnarchiveParams): ActionResult {
  const [how = '', handler = '', fields = '', ...files] = reply.stdout.toString('utf8').split('\0');
  if (how === HOW.exists) return exists(given);
  if (reply.exit !== 0) return FAILED(given, reply.stderr.toString('utf8').trim());
  const [mode = '0', uid, gid, size, owner = '', group = ''] = fields.split(' ');
  const changed = how !== HOW.same;
  const { src, dest } = given;
  return {
    changed,
    data: {
      ...{ changed, src, dest, handler, owner, group, state: 'directory' },
      ...{ mode: `0${mode.padStart(3, '0')}`, uid: Number(uid), gid: Number(gid) },
      size: Number(size),
      ...(changed ? { extract_results: extracted(handler, reply, given) } : {}),
      ...(given.list_files ? { files: files.slice(0, -1) } : {}),
    },
  };
}

/** How it was unpacked, under the names of Ansible. */
const extracted = (handler: string, reply: Reply, { src, dest }: UnarchiveParams): Value => ({
  cmd:
    handler === 'ZipArchive'
      ? ['unzip', '-o', src, '-d', dest]
      : ['tar', '-x', '-C', dest, '-f', src],
  ...{ rc: 0, out: '', err: reply.stderr.toString('utf8') },
});

function exists(given: UnarchiveParams): ActionResult {
  const msg = `skipped, since ${given.creates ?? ''} exists`;
  return { changed: false, skipped: msg, data: { skipped: true, changed: false, msg } };
}

/** What is missing may be what an earlier task would bring. */
function foreseen(reply: Reply, given: UnarchiveParams): ActionResult {
  const [how = '', handler = ''] = reply.stdout.toString('utf8').split('\0');
  if (how === HOW.exists) return exists(given);
  if (reply.exit !== 0 || how === HOW.nobody)
    return {
      changed: false,
      unknown: reply.stderr.toString('utf8').trim() || 'the tar of the host cannot compare',
      data: {},
    };
  const { src, dest } = given;
  return { changed: how !== HOW.same, data: { changed: how !== HOW.same, src, dest, handler } };
}
