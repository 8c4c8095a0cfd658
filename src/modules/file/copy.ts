import type { FromSchema } from 'json-schema-to-ts';
import { type ParamsSchema, type Problem, Refusal, type StateModule } from '../../model/module.ts';
import type { Nearby } from '../../model/nearby.ts';
import { isMap, Secret, type Unknown } from '../../model/value.ts';
import { modeProblems } from './attributes.ts';
import { contentOf, sealed, sumsOf, sumOf } from './content.ts';
import { copyTree, treeResult, treeScope } from './copy-tree.ts';
import { type Put, nameFor, placeIn, placesOf, putResult, putScope, withPut } from './put.ts';
import { PUT_PARAMS } from './put-params.ts';
import { remoteProblem, remoteScope, remoteSums, withRemote } from './remote.ts';
import { withDiff } from './edit.ts';
import { file } from './resource.ts';
import { type Source, type SourceTree, pythonJson, sourceOf, treeOf } from './source.ts';
import type { FileFacts, FileScope, FileState } from './state.ts';

const params = {
  type: 'object',
  description:
    'Puts a file, a text or a folder of files on the host. Files are replaced as a whole, at one moment; what is ' +
    'the same already is not sent. src is looked for below files/ of the role, beside the task file and beside the playbook.',
  properties: {
    src: {
      type: 'string',
      minLength: 1,
      description:
        'The file or folder. A folder with a slash at its end means what is in it, without one the folder itself too.',
    },
    content: {
      description: 'The text itself, instead of src. A map or list becomes JSON.',
      'x-secret': true,
    },
    ...PUT_PARAMS,
    remote_src: {
      type: 'boolean',
      default: false,
      description: 'src is on the host already.',
    },
    directory_mode: {
      type: ['string', 'integer'],
      description: 'Permissions of folders that are made on the way, as in mode.',
    },
    local_follow: {
      type: 'boolean',
      default: true,
      description: 'Links below a folder that is copied are followed.',
    },
    checksum: { type: 'string', description: 'SHA-1 the file must have; else nothing is written.' },
    decrypt: {
      type: 'boolean',
      default: true,
      description: 'A file that is encrypted with a vault is sent decrypted.',
    },
  },
  required: ['dest'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of copy, defaults filled in; what the file of this machine holds beside them. */
export type CopyParams = FromSchema<typeof params> & {
  readonly source?: Source;
  readonly diff?: boolean;
  readonly tree?: SourceTree;
};

/** A file, a text or a folder put on a host. */
export const copy: StateModule<CopyParams, FileScope, FileState, FileFacts> = {
  kind: 'state',
  name: 'copy',
  params,
  example: `- copy:
    src: k3s.service
    dest: /etc/systemd/system/k3s.service
    mode: "0644"
- copy:
    content: "{{ motd }}\\n"
    dest: /etc/motd
    backup: true
`,
  problems,
  prepare,
  resource: file,
  scope: scopeOf,
  desired(current, given) {
    if (given.tree) return copyTree(current, given, given.tree);
    if (given.remote_src) return withRemote(current, given);
    const put = putOf(given);
    return put instanceof Refusal ? put : withPut(current, pathOf(current.state, given), put);
  },
  result(before, after, given) {
    if (given.tree) return treeResult(given);
    const path = pathOf(before, given);
    const { src = '', backup, follow } = given;
    return putResult(before, after, path, {
      src,
      source: given.remote_src ? remoteSums(after.facts, src) : (given.source ?? {}),
      backup,
      follow,
      diff: given.diff,
    });
  },
  apart: ({ validate, backup }) => validate !== undefined || backup,
};

function problems(given: unknown): readonly Problem[] {
  const map = isMap(given) ? given : {};
  const has = (name: string): boolean => map[name] !== undefined && map[name] !== null;
  const found: Problem[] = [...modeProblems(given), ...modeProblems(given, 'directory_mode')];
  if (has('src') && has('content'))
    found.push({ pointer: '/content', message: 'src and content are mutually exclusive' });
  if (!has('src') && map['content'] === undefined)
    found.push({ pointer: '', message: 'src (or content) is required', code: 'ARGUMENT_MISSING' });
  const { dest } = map;
  if (map['content'] !== undefined && typeof dest === 'string' && dest.endsWith('/'))
    found.push({ pointer: '/dest', message: 'can not use content with a dir as dest' });
  return [...found, ...remoteProblem(map)];
}

function prepare(given: CopyParams, near: Nearby): CopyParams | Unknown {
  if (given.src === undefined || given.remote_src) return withDiff(withText(given), near);
  const path = near.find('files', given.src);
  if (near.look(path)?.kind === 'directory') {
    const how = {
      inside: given.src.endsWith('/'),
      follow: given.local_follow,
      decrypt: given.decrypt,
    };
    const tree = treeOf(near, path, how);
    return { ...given, tree };
  }
  const source = sourceOf(near, path, nameFor(path), given.decrypt);
  return withDiff({ ...given, source }, near);
}

/** `content` as the bytes it stands for. */
function withText(given: CopyParams): CopyParams {
  const { content } = given;
  if (content === undefined || content === null) return given;
  const text = content instanceof Secret ? content.reveal() : textOf(content);
  const made =
    content instanceof Secret || hasSecret(content) ? sealed(text) : contentOf(Buffer.from(text));
  const source: Source = {
    name: '',
    content: made,
    mode: '0644',
    ...sumsOf(made),
  };
  return { ...given, source };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (typeof content === 'boolean') return content ? 'True' : 'False';
  return pythonJson(revealed(content));
}

const hasSecret = (value: unknown): boolean =>
  value instanceof Secret ||
  (typeof value === 'object' && value !== null && Object.values(value).some(hasSecret));

const revealed = (value: unknown): unknown => {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(revealed);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
};

const named = ({ source, src }: CopyParams): string | undefined =>
  src === undefined ? undefined : (source?.name ?? nameFor(src));

const pathOf = (state: FileState, given: CopyParams): string =>
  placeIn(state, placesOf(given.dest, named(given)));

function scopeOf(given: CopyParams): FileScope {
  if (given.tree) return treeScope(given, given.tree);
  if (given.remote_src) return remoteScope(given);
  const content = given.source?.content;
  return putScope(
    placesOf(given.dest, named(given)),
    content === undefined ? undefined : sumOf(content),
    {
      backup: given.backup,
      secret: typeof content === 'object' && 'secret' in content,
    },
  );
}

function putOf(given: CopyParams): Put | Refusal {
  const { source, mode, checksum } = given;
  if (!source) return new Refusal('there is nothing to copy');
  if (checksum !== undefined && source.sha1 !== undefined && checksum !== source.sha1)
    return new Refusal(
      `Copied file does not match the expected checksum. Transfer failed. (${source.sha1})`,
      { pointer: '/checksum' },
    );
  const { directory_mode: folderMode } = given;
  return {
    ...given,
    content: source.content,
    ...(mode === 'preserve' ? { mode: source.mode } : {}),
    ...(given.dest.endsWith('/')
      ? { parents: folderMode === undefined ? {} : { mode: String(folderMode) } }
      : {}),
  };
}
