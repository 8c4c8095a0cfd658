import {
  type Problem,
  Refusal,
  type Result,
  type Seen,
  type StateModule,
} from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { attributed, freshAttributes, freshMode, modeProblems } from './attributes.ts';
import { FILE_PARAMS, type FileParams } from './file-params.ts';
import { withHard, withLink } from './links.ts';
import { file } from './resource.ts';
import { pathInfo, stateDiff } from './result.ts';
import type { Directory, Entry, FileFacts, FileScope, FileState, Look, Regular } from './state.ts';
import { timeOf } from './times.ts';
import { nameOf, tidy } from './tools.ts';

type FileSeen = Seen<FileState, FileFacts>;

/** A folder, a link, an empty file or nothing at a path, and who owns it. */
export const fileModule: StateModule<FileParams, FileScope, FileState, FileFacts> = {
  kind: 'state',
  name: 'file',
  params: FILE_PARAMS,
  example: `- file: {path: /etc/rancher/k3s, state: directory, mode: "0755"}
- file: {path: /usr/local/bin/kubectl, src: k3s, state: link}
- file: {path: /etc/cron.d/old, state: absent}
`,
  problems,
  resource: file,
  scope: scopeOf,
  desired,
  once: ({ state, modification_time: mtime, access_time: atime }) =>
    mtime === 'now' || atime === 'now' || (state === 'touch' && (mtime ?? atime) === undefined),
  // What a link leads to is known once it is there.
  apart: ({ state }) => state === 'link' || state === 'hard',
  result: fileResult,
};

function fileResult(before: FileState, { state, facts }: FileSeen, given: FileParams): Result {
  const path = placeOf({ state: before, facts }, given);
  const is = state[path] ?? { kind: 'absent' };
  const wanted = given.state ?? stateNow(before[path] ?? { kind: 'absent' }, given);
  const isLink = wanted === 'link' || wanted === 'hard';
  const shown = path === tidy(given.path) ? given.path : path;
  const end = given.follow && is.kind === 'link' && !isLink ? is.leads : undefined;
  const name = end ? (facts.raw[path]?.real ?? shown) : shown;
  return {
    data: {
      [isLink || wanted === 'touch' ? 'dest' : 'path']: name,
      ...(isLink && given.src !== undefined ? { src: given.src } : {}),
      ...(is.kind === 'absent' ? { state: 'absent' } : infoOf(path, is, end, given, facts)),
      diff: stateDiff(name, endOf(before[path], given), end ?? is, wanted, {
        raw: rawOf(path, end, facts),
        fresh: freshMode(wanted === 'directory' ? 'directory' : 'file', facts),
      }),
    },
    notes: [],
    warnings: [],
  };
}

const rawOf = (
  path: string,
  end: Entry | undefined,
  { raw }: FileFacts,
): FileFacts['raw'][string] | undefined => (end ? raw[path]?.end : raw[path]);

/** What a task is about: of a link that is followed, what it leads to. */
const endOf = (entry: Entry | undefined, { follow, state }: FileParams): Entry =>
  follow && entry?.kind === 'link' && state !== 'link' && state !== 'hard' && state !== 'absent'
    ? (entry.leads ?? { kind: 'absent' })
    : (entry ?? { kind: 'absent' });

function infoOf(
  path: string,
  is: Entry,
  end: Entry | undefined,
  { state, src }: FileParams,
  facts: FileFacts,
): Result['data'] {
  const raw = end ? facts.raw[path]?.end : facts.raw[path];
  const twin = state === 'hard' && src !== undefined ? facts.raw[tidy(src)] : raw;
  return pathInfo(end ?? is, twin, facts);
}

function problems(given: unknown): readonly Problem[] {
  const map = isMap(given) ? given : {};
  const found: Problem[] = [...modeProblems(given)];
  const { state, recurse, src } = map;
  if (recurse === true && state !== 'directory' && typeof state === 'string')
    found.push({ pointer: '/recurse', message: "recurse option requires state to be 'directory'" });
  if (src !== undefined && typeof state === 'string' && state !== 'link' && state !== 'hard')
    found.push({ pointer: '/src', message: "src option requires state to be 'link' or 'hard'" });
  return found;
}

/** `path` itself, or what is called like src in the folder that is there. */
function placesFor({ path, src, state }: FileParams): { path: string; inside?: string } {
  const at = tidy(path);
  return state === 'hard' && src !== undefined
    ? { path: at, inside: `${at}/${nameOf(src)}` }
    : { path: at };
}

function placeOf(
  { state }: Pick<FileSeen, 'state'> & Partial<FileSeen>,
  given: FileParams,
): string {
  const { path, inside } = placesFor(given);
  const entry = state[path];
  const end = entry?.kind === 'link' ? entry.leads : entry;
  return inside !== undefined && end?.kind === 'directory' ? inside : path;
}

const hasTimes = ({ state, modification_time: m, access_time: a }: FileParams): boolean =>
  state === 'touch' ||
  (m !== undefined && m !== 'preserve') ||
  (a !== undefined && a !== 'preserve');

function scopeOf(given: FileParams): FileScope {
  const { state, src, recurse } = given;
  const { path, inside } = placesFor(given);
  if (state === 'absent') return { path, look: [{ path, content: 'text', whole: true }] };
  const look = (at: string): Look => ({
    path: at,
    attributes: true,
    through: true,
    ...(hasTimes(given) ? { times: true } : {}),
    ...(recurse ? { below: true } : {}),
    ...(state === 'hard' && src !== undefined ? { same: tidy(src) } : {}),
  });
  const looks = [look(path), ...(inside === undefined ? [] : [look(inside)])];
  if (src === undefined) return { path, look: looks };
  if (state === 'hard') return { path, look: [...looks, { path: tidy(src), attributes: true }] };
  return { path, look: [...looks, { path: targetOf(path, src), through: true }] };
}

/** Where a link with this text leads, seen from the host's root. */
const targetOf = (path: string, src: string): string =>
  src.startsWith('/') || src.startsWith('~')
    ? tidy(src)
    : tidy(`${path.replace(/[^/]*$/, '')}${src}`);

function desired(current: FileSeen, given: FileParams): FileState | Refusal {
  const { state } = current;
  const path = placeOf(current, given);
  const entry = state[path] ?? { kind: 'absent' };
  const wanted = given.state ?? stateNow(entry, given);
  switch (wanted) {
    case 'absent':
      return entry.kind === 'absent' ? state : { ...state, [path]: gone(entry) };
    case 'link':
      return withLink(current, path, given, targetOf(path, given.src ?? ''));
    case 'hard':
      return withHard(current, path, given);
    case 'directory':
      return withFolder(current, path, given);
    case 'file':
    case 'touch':
      return withFile(current, path, given, wanted === 'touch');
  }
}

/** Nothing, as it would be seen: of a file its content is gone too. */
const gone = (entry: Entry): Entry =>
  entry.kind === 'file' && entry.content !== undefined
    ? { kind: 'absent', content: '' }
    : { kind: 'absent' };

/** The state that is meant when none is given. */
function stateNow(entry: Entry, { recurse }: FileParams): NonNullable<FileParams['state']> {
  if (entry.kind === 'absent') return recurse ? 'directory' : 'file';
  return entry.kind === 'other' ? 'file' : entry.kind;
}

/** The entry that is meant, and how it is put back: that of a link or of what it leads to. */
function focus(
  { state, facts }: FileSeen,
  path: string,
  { follow }: FileParams,
): {
  readonly here: Entry;
  readonly raw: FileFacts['raw'][string] | undefined;
  put(entry: Entry): FileState;
} {
  const entry = state[path] ?? { kind: 'absent' };
  const raw = facts.raw[path];
  if (entry.kind === 'link' && follow && entry.leads)
    return {
      here: entry.leads,
      raw: raw?.end,
      put: (leads) => ({ ...state, [path]: { ...entry, leads } }),
    };
  return { here: entry, raw, put: (made) => ({ ...state, [path]: made }) };
}

/** The times that are asked for, for touch those of now. */
function timed<E extends Regular | Directory>(
  entry: E,
  given: FileParams,
  touch: boolean,
): E | Refusal {
  const otherwise = touch ? 'now' : undefined;
  const mtime = timeOf(
    given.modification_time ?? otherwise,
    given.modification_time_format,
    '/modification_time',
  );
  const atime = timeOf(given.access_time ?? otherwise, given.access_time_format, '/access_time');
  if (mtime instanceof Refusal) return mtime;
  if (atime instanceof Refusal) return atime;
  return {
    ...entry,
    ...(mtime === undefined ? {} : { mtime }),
    ...(atime === undefined ? {} : { atime }),
  };
}

function withFile(
  current: FileSeen,
  path: string,
  given: FileParams,
  touch: boolean,
): FileState | Refusal {
  const { here, raw, put } = focus(current, path, given);
  const { facts } = current;
  const exists =
    here.kind === 'file' || here.kind === 'other' || (touch && here.kind === 'directory');
  if (!exists && !(touch && here.kind === 'absent')) {
    return new Refusal(`file (${path}) is ${here.kind}, cannot continue`, {
      ...(here.kind === 'absent' ? { code: 'NOT_ON_HOST' as const } : {}),
      hint: 'state: touch makes a file; state: directory a folder.',
    });
  }
  const start = here.kind === 'absent' ? fresh(path, facts) : (here as Regular);
  const made = attributed(start, given, { raw, facts });
  if (made instanceof Refusal) return made;
  const done = timed(made, given, touch);
  return done instanceof Refusal ? done : put(done);
}

const fresh = (path: string, facts: FileFacts): Regular => ({
  kind: 'file',
  content: '',
  ...freshAttributes('file', path, facts),
});

function withFolder(current: FileSeen, path: string, given: FileParams): FileState | Refusal {
  const { here, raw, put } = focus(current, path, given);
  const { facts } = current;
  if (here.kind !== 'absent' && here.kind !== 'directory')
    return new Refusal(`${path} already exists as a ${here.kind}`);
  const start: Directory =
    here.kind === 'absent'
      ? { kind: 'directory', ...freshAttributes('directory', path, facts) }
      : here;
  const made = attributed(start, given, { raw, facts });
  if (made instanceof Refusal) return made;
  const done = timed(made, given, false);
  if (done instanceof Refusal) return done;
  const state = put(done);
  return given.recurse ? below({ state, facts }, path, given) : state;
}

/** All below a folder gets the same mode and owner; a link its owner only. */
function below({ state, facts }: FileSeen, root: string, given: FileParams): FileState | Refusal {
  const out: Record<string, Entry> = { ...state };
  for (const [path, entry] of Object.entries(state)) {
    if (!path.startsWith(`${root}/`) || entry.kind === 'absent') continue;
    const { mode, ...owners } = given;
    const wanted = entry.kind === 'link' || mode === undefined ? owners : { ...owners, mode };
    const made = attributed(entry, wanted, { raw: facts.raw[path], facts });
    if (made instanceof Refusal) return made;
    out[path] = made;
  }
  return out;
}
