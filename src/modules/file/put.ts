import { Refusal, type Result, type Seen } from '../../model/module.ts';
import { Secret } from '../../model/value.ts';
import { type AttributeParams, attributed, freshAttributes } from './attributes.ts';
import { sameContent } from './content.ts';
import { diffOf, pathInfo } from './result.ts';
import type { Source } from './source.ts';
import type {
  Content,
  Entry,
  FileFacts,
  FileScope,
  FileState,
  How,
  Look,
  Raw,
  Regular,
} from './state.ts';
import { nameOf, tidy } from './tools.ts';

type FileSeen = Seen<FileState, FileFacts>;

/** Arguments about where a whole file goes and how: shared by copy and template. */
export interface PutParams extends AttributeParams {
  readonly dest: string;
  readonly backup: boolean;
  readonly force: boolean;
  readonly follow: boolean;
  readonly validate?: string;
  readonly directory_mode?: string | number;
}

/** One file that goes to one place. */
export interface Put extends AttributeParams {
  readonly content: Content;
  readonly force: boolean;
  readonly follow: boolean;
  readonly validate?: string | undefined;
  readonly backup: boolean;
  /** Missing folders above are made; with these attributes. */
  readonly parents?: How['parents'];
  /** The file of the host it is copied from. */
  readonly from?: string;
}

/** Where a file may go: the place named, or, where that is a folder, into it. */
export interface Places {
  readonly path: string;
  readonly inside?: string;
}

/** The places of `dest`: with a slash at its end it is a folder already. */
export function placesOf(dest: string, name: string | undefined): Places {
  const at = tidy(dest);
  if (name === undefined) return { path: at };
  const inside = at === '/' ? `/${name}` : `${at}/${name}`;
  return dest.endsWith('/') ? { path: inside } : { path: at, inside };
}

/** What has to be looked at to put a content at one of its places. */
export function putScope(
  { path, inside }: Places,
  sum: string | undefined,
  more: { readonly backup: boolean; readonly secret: boolean },
): FileScope {
  const look = (at: string): Look => ({
    path: at,
    attributes: true,
    content: 'sum',
    through: true,
    ...(sum === undefined ? {} : { known: [sum] }),
    ...(more.secret ? { secret: true } : {}),
  });
  return {
    path,
    look: [look(path), ...(inside === undefined ? [] : [look(inside)])],
    ...(more.backup ? { backup: true } : {}),
  };
}

/** The place that is meant, as the host shows it. */
export function placeIn(state: FileState, { path, inside }: Places): string {
  const there = endOf(state[path]);
  return inside !== undefined && there.kind === 'directory' ? inside : path;
}

const endOf = (entry: Entry | undefined): Entry =>
  (entry?.kind === 'link' ? entry.leads : entry) ?? { kind: 'absent' };

/** The state with a content put at a path; what is there already is left alone. */
export function withPut({ state, facts }: FileSeen, path: string, put: Put): FileState | Refusal {
  const entry = state[path] ?? { kind: 'absent' };
  const end = endOf(entry);
  if (entry.kind !== 'link') {
    return placed(state, path, entry, entryWith(entry, path, put, { raw: facts.raw[path], facts }));
  }
  if (end.kind !== 'absent' && !put.force) return state;
  if (put.follow && end.kind !== 'absent') {
    const made = entryWith(end, path, put, { raw: facts.raw[path]?.end, facts });
    if (made instanceof Refusal) return made;
    return made === end ? state : { ...state, [path]: { ...entry, leads: made } };
  }
  // Ansible puts a file in the place of the link; what it led to stays.
  return placed(state, path, entry, entryWith(ABSENT, path, put, { raw: undefined, facts }));
}

const ABSENT: Entry = { kind: 'absent' };

const placed = (
  state: FileState,
  path: string,
  before: Entry,
  after: Entry | Refusal,
): FileState | Refusal =>
  after instanceof Refusal ? after : after === before ? state : { ...state, [path]: after };

interface Ground {
  readonly raw: Raw | undefined;
  readonly facts: FileFacts;
}

function entryWith(entry: Entry, path: string, put: Put, ground: Ground): Entry | Refusal {
  if (entry.kind === 'directory')
    return new Refusal(`can not use content with a dir as dest: ${path} is a folder`, {
      pointer: '/dest',
    });
  if (entry.kind === 'other') return new Refusal(`${path} is a socket, a device or a pipe`);
  if (entry.kind === 'file') {
    if (!put.force) return entry;
    const kept: Regular = sameContent(entry.content, put.content)
      ? entry
      : {
          ...entry,
          content: put.content,
          how: { ...above(entry.how), ...howOf(put, ground.facts, true) },
        };
    const made = attributed(kept, put, ground);
    return made instanceof Refusal || !sameAttributes(made, entry) || made.content !== entry.content
      ? made
      : entry;
  }
  const fresh: Regular = {
    kind: 'file',
    content: put.content,
    ...freshAttributes('file', path, ground.facts),
    how: howOf(put, ground.facts, false),
  };
  return attributed(fresh, put, { ...ground, raw: undefined });
}

/** What an earlier task over the same file said about the folders above it. */
const above = (how: How | undefined): How => (how?.parents ? { parents: how.parents } : {});

const sameAttributes = (a: Regular, b: Regular): boolean =>
  a.mode === b.mode && a.owner === b.owner && a.group === b.group;

const howOf = (put: Put, { stamp }: FileFacts, replaces: boolean): How => ({
  ...(put.validate === undefined ? {} : { validate: put.validate }),
  ...(put.backup && replaces && stamp !== undefined ? { backup: stamp } : {}),
  ...(put.parents === undefined ? {} : { parents: put.parents }),
  ...(put.from === undefined ? {} : { from: put.from }),
});

/** What `register` sees of a file that was put somewhere. */
export function putResult(
  before: FileState,
  { state, facts }: FileSeen,
  path: string,
  more: {
    readonly src: string;
    readonly source: Partial<Pick<Source, 'sha1' | 'md5' | 'content'>>;
    readonly backup: boolean;
    readonly follow: boolean;
    readonly diff?: boolean | undefined;
  },
): Result {
  const [was, is] = [endOf(before[path]), endOf(state[path])];
  const replaced = was.kind === 'file' && is.kind === 'file' && was.content !== is.content;
  const { sha1, md5, content } = more.source;
  // A secret may be guessed, and a hash would tell who guessed right.
  const hides = typeof content === 'object' && 'secret' in content;
  const shown = (hash: string): string | Secret => (hides ? new Secret(hash) : hash);
  const end = more.follow && before[path]?.kind === 'link' ? facts.raw[path]?.real : undefined;
  return {
    data: {
      dest: end ?? path,
      path: end ?? path,
      src: more.src,
      ...(sha1 === undefined ? {} : { checksum: shown(sha1) }),
      ...(md5 === undefined ? {} : { md5sum: shown(md5) }),
      ...pathInfo(is, end === undefined ? facts.raw[path] : facts.raw[path]?.end, facts),
      ...(more.diff ? diffOf(path, was, is) : {}),
      ...(more.backup && replaced && facts.stamp !== undefined
        ? { backup_file: `${path}.${facts.stamp}` }
        : {}),
    },
    notes: [],
    warnings: [],
  };
}

/** The name a file gets in a folder, from how it was named. */
export const nameFor = (src: string): string => nameOf(tidy(src));
