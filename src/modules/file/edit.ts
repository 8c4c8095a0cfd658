import { Refusal, type Result, type Seen } from '../../model/module.ts';
import type { Nearby } from '../../model/nearby.ts';
import { Secret } from '../../model/value.ts';
import { type AttributeParams, attributed, freshAttributes } from './attributes.ts';
import { bytesOf, contentOf, sealed, sizeOf } from './content.ts';
import { diffOf, pathInfo } from './result.ts';
import { sameEntry } from './same.ts';
import {
  type Attributes,
  type Content,
  type Entry,
  type FileFacts,
  type FileScope,
  type FileState,
  type How,
  LARGEST_EDIT,
  LARGEST_TEXT,
  type Raw,
  type Regular,
} from './state.ts';
import { tidy } from './tools.ts';

type FileSeen = Seen<FileState, FileFacts>;

/** Arguments that every module that edits a text has. */
export interface EditParams extends AttributeParams {
  readonly path: string;
  readonly create?: boolean;
  readonly backup: boolean;
  readonly validate?: string;
  /** The run shows diffs: so does the result. */
  readonly diff?: boolean;
}

/** Notes whether the run shows diffs. */
export const withDiff = <P extends object>(params: P, { diff }: Nearby): P =>
  diff ? { ...params, diff } : params;

/** Those arguments as JSON Schema. */
export const EDIT_PARAMS = {
  path: {
    type: 'string',
    minLength: 1,
    description:
      'The file on the host, of up to 64 MB. A link is followed: what it leads to is edited.',
    'x-aliases': ['dest', 'destfile', 'name'],
  },
  backup: {
    type: 'boolean',
    default: false,
    description: 'Keeps the old file beside the new one, with the time in its name.',
  },
  validate: {
    type: 'string',
    pattern: '%s',
    'x-says': 'a command that holds %s for the file to check',
    description:
      'Command, without a shell, that must accept the new file before it takes the place of the old one; %s stands for it.',
  },
} as const;

/** Arguments of those that know when there is nothing to edit. */
export const PRESENCE_PARAMS = {
  state: { enum: ['present', 'absent'], default: 'present', description: 'There or not.' },
  create: {
    type: 'boolean',
    default: false,
    description: 'Makes the file when there is none; without it that is an error.',
  },
} as const;

/** What an edit makes of the bytes of a file (as latin1 text: a character is a byte). */
export interface Edited {
  readonly text: string;
  /** What Ansible says about it: "line added". */
  readonly msg: string;
  readonly data?: Readonly<Record<string, number | string>>;
  /** No file is wanted: one that is there goes. */
  readonly gone?: true;
}

/** An edit: the bytes of the file, nothing when there is none; a Refusal when it cannot be done. */
export type Edit = (text: string | undefined) => Edited | Refusal;

/** What an edit looks at. */
export function editScope({ path, backup }: EditParams): FileScope {
  const at = tidy(path);
  return {
    path: at,
    look: [{ path: at, attributes: true, content: 'text', large: true, through: true }],
    ...(backup ? { backup } : {}),
  };
}

/** Text as the bytes it is written in. */
export const asBytes = (text: unknown): string =>
  Buffer.from(text instanceof Secret ? text.reveal() : String(text), 'utf8').toString('latin1');

/** The state after an edit: of the file itself, or of what the link leads to. */
export function edited(
  { state, facts }: FileSeen,
  params: EditParams,
  edit: Edit,
): FileState | Refusal {
  const path = tidy(params.path);
  const entry = state[path] ?? { kind: 'absent' };
  const raw = facts.raw[path];
  const isLink = entry.kind === 'link';
  const here = isLink ? (entry.leads ?? { kind: 'absent' }) : entry;
  const wanted = entryAfter(here, params, edit, { raw: isLink ? raw?.end : raw, facts });
  if (wanted instanceof Refusal) return wanted;
  if (sameEntry(here, wanted)) return state;
  return { ...state, [path]: isLink ? { ...entry, leads: wanted } : wanted };
}

interface Ground {
  readonly raw: Raw | undefined;
  readonly facts: FileFacts;
}

function entryAfter(entry: Entry, params: EditParams, edit: Edit, ground: Ground): Entry | Refusal {
  const { path } = params;
  if (entry.kind === 'directory') return new Refusal(`Path ${path} is a directory !`);
  if (entry.kind === 'other') return new Refusal(`Path ${path} is not a regular file !`);
  const text = entry.kind === 'file' ? textIn(entry, ground.raw, path) : undefined;
  if (text instanceof Refusal) return text;
  const after = edit(text);
  if (after instanceof Refusal) return after;
  // What it becomes has to be read again, to prove it.
  if (after.text.length > LARGEST_EDIT) return tooLarge(path, after.text.length);
  if (entry.kind !== 'file') {
    if (after.gone) return entry;
    const fresh: Regular = {
      kind: 'file',
      content: contentAfter(after.text, undefined, params),
      ...freshAttributes('file', tidy(path), ground.facts),
      how: howOf(params, ground.facts, true),
    };
    return attributed(fresh, params, ground);
  }
  if (after.gone) return { kind: 'absent', content: '' };
  const kept: Regular =
    after.text === text
      ? entry
      : {
          ...entry,
          content: contentAfter(after.text, entry.content, params),
          how: { ...made(entry.how), ...howOf(params, ground.facts, false) },
        };
  return attributed(kept, params, ground);
}

/** What an earlier task over the same file said about the folders above it. */
const made = (how: How | undefined): How => (how?.parents ? { parents: how.parents } : {});

function howOf({ validate, backup }: EditParams, { stamp }: FileFacts, isNew: boolean): How {
  return {
    ...(validate === undefined ? {} : { validate }),
    ...(backup && !isNew && stamp !== undefined ? { backup: stamp } : {}),
    ...(isNew ? { parents: {} } : {}),
  };
}

/** The bytes of a file as they are foreseen; a Refusal where they were not fetched. */
function textIn({ content }: Regular, raw: Raw | undefined, path: string): string | Refusal {
  if (content === undefined) return '';
  const bytes =
    bytesOf(content) ??
    (raw && typeof content !== 'string' && raw.sha256 === content.sha256
      ? (raw.bytes?.() ??
        (raw.base64 === undefined ? undefined : Buffer.from(raw.base64, 'base64')))
      : undefined);
  if (bytes) return bytes.toString('latin1');
  if (raw?.sha256 === '') return new Refusal(`${path} cannot be read by the user that looks at it`);
  return tooLarge(path, sizeOf(content));
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / LARGEST_TEXT)} MB`;

const tooLarge = (path: string, size: number): Refusal =>
  new Refusal(
    `${path} has ${megabytes(size)}: orch edits texts of up to ${megabytes(LARGEST_EDIT)}`,
    {
      pointer: '/path',
      hint: 'Write the whole file with copy or template, or edit it on the host with a command such as sed.',
    },
  );

/** Once a secret went into a file, all of it is secret. */
function contentAfter(text: string, before: Content | undefined, params: EditParams): Content {
  const bytes = Buffer.from(text, 'latin1');
  const isSecret =
    (typeof before === 'object' && 'secret' in before) ||
    Object.values(params).some((value: unknown) => value instanceof Secret);
  return isSecret ? sealed(bytes.toString('utf8')) : contentOf(bytes);
}

/** Whether mode or owner are other than they were, or than those of any new file. */
function reowned(was: Entry, is: Entry, path: string, facts: FileFacts): boolean {
  if (is.kind !== 'file') return false;
  const start: Attributes = was.kind === 'absent' ? freshAttributes('file', path, facts) : was;
  return start.mode !== is.mode || start.owner !== is.owner || start.group !== is.group;
}

/** What `register` sees of an edit. */
export function editResult(
  before: FileState,
  { state, facts }: FileSeen,
  params: EditParams,
  edit: Edit,
): Result {
  const path = tidy(params.path);
  const [was, is] = [endOf(before[path]), endOf(state[path])];
  const raw = before[path]?.kind === 'link' ? facts.raw[path]?.end : facts.raw[path];
  const text = was.kind === 'file' ? textIn(was, raw, path) : undefined;
  const after = text instanceof Refusal ? undefined : edit(text);
  const said = after instanceof Refusal || !after ? { msg: '' } : after;
  const isKept = params.backup && was.kind === 'file' && 'text' in said && said.text !== text;
  const also = reowned(was, is, path, facts) ? 'ownership, perms or SE linux context changed' : '';
  const msg = [said.msg, also].filter((word) => word !== '').join(' and ');
  return {
    data: {
      ...pathInfo(is, raw, facts),
      ...(params.diff ? diffOf(path, was, is) : {}),
      ...('data' in said ? said.data : {}),
      msg,
      ...(isKept && facts.stamp !== undefined ? { backup_file: `${path}.${facts.stamp}` } : {}),
    },
    notes: [],
    warnings: [],
  };
}

const endOf = (entry: Entry | undefined): Entry =>
  entry?.kind === 'link' ? (entry.leads ?? { kind: 'absent' }) : (entry ?? { kind: 'absent' });
