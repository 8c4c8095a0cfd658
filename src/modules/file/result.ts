import type { Value } from '../../model/value.ts';
import { sizeOf } from './content.ts';
import type { Attributes, Entry, FileFacts, Raw } from './state.ts';

/** What results of Ansible say about the file a task is about: mode, owner, uid, size, state. */
export function pathInfo(
  entry: Entry,
  raw: Raw | undefined,
  facts: FileFacts,
): Record<string, Value> {
  if (entry.kind === 'absent') return {};
  const own = entry as Attributes;
  const [uid, user, gid, team] = facts.self ?? [];
  const size = sizeOfEntry(entry, raw);
  return {
    ...who('owner', 'uid', own.owner ?? raw?.owner ?? user, [
      [raw?.owner, raw?.stat[2]],
      [user, uid],
    ]),
    ...who('group', 'gid', own.group ?? raw?.group ?? team, [
      [raw?.group, raw?.stat[3]],
      [team, gid],
    ]),
    ...(own.mode === undefined ? {} : { mode: modeShown(own.mode) }),
    ...(entry.kind === 'link' ? { mode: '0777' } : {}),
    ...(size === undefined ? {} : { size }),
    state: stateWord(entry, raw),
  };
}

/** A name and its number, where the host told it. */
function who(
  label: string,
  number: string,
  name: string | undefined,
  known: readonly (readonly [string | undefined, string | undefined])[],
): Record<string, Value> {
  if (name === undefined) return {};
  const id = known.find(([one, of]) => one === name && of !== undefined)?.[1];
  const all = name === 'root' ? '0' : /^\d+$/.test(name) ? name : id;
  return { [label]: name, ...(all === undefined ? {} : { [number]: Number(all) }) };
}

/** Ansible shows three digits behind a zero, four where there is a special bit. */
const modeShown = (mode: string): string => `0${parseInt(mode, 8).toString(8).padStart(3, '0')}`;

function sizeOfEntry(entry: Entry, raw: Raw | undefined): number | undefined {
  if (entry.kind === 'link') return Buffer.byteLength(entry.target);
  if (entry.kind === 'file' && entry.content !== undefined) return sizeOf(entry.content);
  return raw === undefined ? undefined : Number(raw.stat[1]);
}

/** Ansible calls a file with a second name `hard`. */
function stateWord(entry: Entry, raw: Raw | undefined): string {
  if (entry.kind !== 'file') return entry.kind === 'other' ? 'file' : entry.kind;
  return entry.same?.length || (raw && Number(raw.stat[4]) > 1) ? 'hard' : 'file';
}

/** What --diff shows, under the names of Ansible; nothing where the text may not or cannot be shown. */
export function diffOf(path: string, before: Entry, after: Entry): Record<string, Value> {
  const [was, is] = [shownText(before), shownText(after)];
  if (was === undefined || is === undefined || was === is) return {};
  const header = `${path} (content)`;
  return { diff: [{ before: was, after: is, before_header: header, after_header: header }] };
}

/** The diff that Ansible's lineinfile and blockinfile always tell: of the content, empty unless diffs are shown, and of the rest. */
export function editDiff(path: string, shown: Value | undefined): Value {
  const headers = (what: string): Record<string, Value> => ({
    before_header: `${path} (${what})`,
    after_header: `${path} (${what})`,
  });
  const content = Array.isArray(shown)
    ? (shown as readonly Value[])
    : [{ before: '', after: '', ...headers('content') }];
  return [...content, headers('file attributes')];
}

/** What of a path is other than it was, under the names of Ansible's module `file`. */
export function stateDiff(
  path: string,
  was: Entry,
  is: Entry,
  word: string,
  { raw, fresh }: { readonly raw: Raw | undefined; readonly fresh: string },
): Value {
  const [from, to] = [was, is] as readonly Attributes[];
  const before: Record<string, Value> = { path };
  const after: Record<string, Value> = { path };
  const put = (name: string, a: Value | undefined, b: Value | undefined): void => {
    if (b === undefined || a === b) return;
    before[name] = a ?? null;
    after[name] = b;
  };
  if (was.kind !== is.kind) put('state', was.kind, word);
  const mode = was.kind === 'absent' ? fresh : from?.mode;
  if (is.kind !== 'absent' && is.kind !== 'link') {
    put('mode', mode, to?.mode);
    if (was.kind !== 'absent') {
      put(
        'owner',
        idOf(from?.owner, raw?.owner, raw?.stat[2]),
        idOf(to?.owner, raw?.owner, raw?.stat[2]),
      );
      put(
        'group',
        idOf(from?.group, raw?.group, raw?.stat[3]),
        idOf(to?.group, raw?.group, raw?.stat[3]),
      );
    }
  }
  return { before, after };
}

/** The number of an owner where the host told it, else the name. */
const idOf = (
  name: string | undefined,
  known: string | undefined,
  id: string | undefined,
): Value | undefined =>
  name === undefined
    ? undefined
    : name === 'root'
      ? 0
      : name === known && id !== undefined
        ? Number(id)
        : /^\d+$/.test(name)
          ? Number(name)
          : name;

/** Text that may be shown; nothing for what is secret, binary or unknown. */
function shownText(entry: Entry): string | undefined {
  if (entry.kind === 'absent') return '';
  return entry.kind === 'file' && typeof entry.content === 'string' ? entry.content : undefined;
}
