import type { Probe, Seen } from '../../model/module.ts';
import type { Reply } from '../../model/transport.ts';
import { entryOf } from './entry.ts';
import { merged, observeScript } from './observe-script.ts';
import { Records } from './reader.ts';
import {
  type Entry,
  type FileFacts,
  type FileScope,
  type FileState,
  LARGEST_EDIT,
  LARGEST_TEXT,
  type Look,
  type Raw,
} from './state.ts';

/** Asks about all paths of all scopes: two processes for a path that is there, none for one that is not. */
export function observeFiles(scopes: readonly FileScope[]): Probe<FileState, FileFacts> {
  const looks = merged(scopes);
  const large = looks.filter((look) => look.large).length;
  return {
    script: observeScript(scopes),
    ...(large > 0 ? { room: large * LARGEST_EDIT + OTHERS } : {}),
    parse: (reply) => parse(reply, looks),
  };
}

/** Bytes of an answer besides large contents. */
const OTHERS = 8 * LARGEST_TEXT;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What was read so far. */
interface Draft {
  readonly raw: Map<number, Mutable<Raw>>;
  readonly missing: Map<number, number>;
  readonly aliases: Map<number, string>;
  readonly below: Map<number, ReadonlyMap<string, Raw>>;
  /** The thing that records without a number are about. */
  here: Mutable<Raw> | undefined;
  facts: Pick<FileFacts, 'umask' | 'home' | 'self' | 'stamp'>;
}

function parse(reply: Reply, looks: readonly Look[]): Seen<FileState, FileFacts> {
  const records = new Records(reply);
  if (reply.exit !== 0) throw records.wrong();
  const draft: Draft = {
    raw: new Map(),
    missing: new Map(),
    aliases: new Map(),
    below: new Map(),
    here: undefined,
    facts: { umask: 0o22, home: '' },
  };
  for (let word = records.next(); word !== 'done'; word = records.next()) {
    const kind = word.slice(0, `${word} `.indexOf(' '));
    const reader = READ.get(kind);
    if (!reader) throw records.wrong();
    reader(draft, word.slice(kind.length + 1), records);
  }
  return seen(draft, looks);
}

function seen(draft: Draft, looks: readonly Look[]): Seen<FileState, FileFacts> {
  const raw = new Map<string, Raw>();
  const state = new Map<string, Entry>();
  const missing = new Map<string, number>();
  const aliases = new Map<string, string>();
  for (const [i, look] of looks.entries()) {
    const found = draft.raw.get(i);
    const above = draft.missing.get(i);
    if (above !== undefined) missing.set(look.path, above);
    const alias = draft.aliases.get(i);
    if (alias !== undefined) aliases.set(look.path, alias);
    if (found) raw.set(look.path, found);
    const twin = looks.findIndex(({ path }) => path === look.same);
    state.set(look.path, entryOf(found, look, draft.raw.get(twin)));
    for (const [path, one] of draft.below.get(i) ?? []) {
      if (state.has(path)) continue;
      raw.set(path, one);
      state.set(path, entryOf(one, { ...look, path, attributes: true }));
    }
  }
  const facts: FileFacts = {
    ...draft.facts,
    raw: Object.fromEntries(raw),
    missing: Object.fromEntries(missing),
    ...(aliases.size > 0 ? { aliases: Object.fromEntries(aliases) } : {}),
  };
  return { state: Object.fromEntries(state), facts };
}

type Read = (draft: Draft, tail: string, records: Records) => void;

/** Adds something to the thing that was begun last. */
const about =
  (add: (here: Mutable<Raw>, tail: string, records: Records) => void): Read =>
  (draft, tail, records) => {
    if (!draft.here) throw records.wrong();
    add(draft.here, tail, records);
  };

const READ: ReadonlyMap<string, Read> = new Map<string, Read>([
  [
    'stat',
    (draft, tail, records) => {
      const [number, ...words] = tail.split(' ');
      const i = records.count(number);
      const begun = draft.raw.get(i);
      draft.here = statOf(words, records);
      // What stands at the end of a link is told after the link itself.
      if (begun) begun.end = draft.here;
      else draft.raw.set(i, draft.here);
    },
  ],
  ['absent', (draft) => void (draft.here = undefined)],
  ['target', about((here, tail) => void (here.target = tail))],
  ['real', about((here, tail) => void (here.real = tail))],
  ['sha1', about((here, tail) => void (here.sha1 = tail))],
  ['md5', about((here, tail) => void (here.md5 = tail))],
  ['filled', about((here) => void (here.filled = true))],
  ['unreadable', about((here) => void (here.sha256 = ''))],
  [
    'sum',
    about((here, tail, records) => {
      if (!/^[0-9a-f]{64}$/.test(tail)) throw records.wrong();
      here.sha256 = tail;
    }),
  ],
  [
    'bytes',
    about((here, tail, records) => {
      const bytes = records.bytes(records.count(tail));
      if (bytes.length <= LARGEST_TEXT) here.base64 = bytes.toString('base64');
      else here.bytes = () => bytes;
    }),
  ],
  [
    'above',
    (draft, tail, records) => {
      const [i, count] = tail.split(' ');
      draft.missing.set(records.count(i), records.count(count));
    },
  ],
  [
    'alias',
    (draft, tail, records) => {
      const [, i, path = ''] = /^(\d+) (\/[^]*)$/.exec(tail) ?? [];
      draft.aliases.set(records.count(i), path);
    },
  ],
  ['below', (draft, tail, records) => void draft.below.set(records.count(tail), belowOf(records))],
  ['stamp', (draft, tail) => void (draft.facts = { ...draft.facts, stamp: tail })],
  ['home', (draft, tail) => void (draft.facts = { ...draft.facts, home: tail })],
  [
    'self',
    (draft, tail, records) => {
      const found = /^uid=(\d+)(?:\(([^)]*)\))? gid=(\d+)(?:\(([^)]*)\))?/.exec(tail);
      if (!found) throw records.wrong();
      const [, uid = '', user = uid, gid = '', group = gid] = found;
      draft.facts = { ...draft.facts, self: [uid, user, gid, group] };
    },
  ],
  [
    'umask',
    (draft, tail, records) => {
      if (!/^[0-7]{1,4}$/.test(tail)) throw records.wrong();
      draft.facts = { ...draft.facts, umask: parseInt(tail, 8) };
    },
  ],
]);

/** `stat` words: numbers first, the two names last. */
function statOf(words: readonly string[], records: Records): Mutable<Raw> {
  const [owner = '', group = ''] = words.slice(9);
  const isSound = /^[0-9a-f]{1,8}$/.test(words[0] ?? '') && words.slice(1, 9).every(isNumber);
  if (!isSound || words.length !== 11 || owner === '' || group === '') throw records.wrong();
  const [, , uid = '', gid = ''] = words;
  return {
    stat: words.slice(0, 9),
    owner: owner === 'UNKNOWN' ? uid : owner,
    group: group === 'UNKNOWN' ? gid : group,
  };
}

const isNumber = (word: string): boolean => /^-?\d{1,20}$/.test(word);

/** Batches: the stat lines, then as many names. */
function belowOf(records: Records): ReadonlyMap<string, Raw> {
  const found = new Map<string, Raw>();
  for (let word = records.next(); word !== 'end'; word = records.next()) {
    const lines = word.split('\n').filter((line) => line !== '');
    for (const line of lines) found.set(records.next(), statOf(line.split(' '), records));
    if (records.next() !== '') throw records.wrong();
  }
  return found;
}
