import type { Recall } from '../../model/recall.ts';
import { sameContent, shown, textOf } from './content.ts';
import { kindOf, modeWord, octal } from './entry.ts';
import type { Content, Entry, FileFacts, FileScope, FileState, Raw, Regular } from './state.ts';

/** Files are written down whole, whatever a task looked at: bytes, mode, owner, and where a link leads. */
export const recallFiles: Recall<FileScope, FileState, FileFacts> = {
  depth: 1,
  partial: true,
  state: ({ state, facts }) =>
    Object.fromEntries(
      Object.keys(state).map((path) => [path, whole(facts.raw[path], facts.missing[path] ?? 0)]),
    ),
  scopes: (scopes, paths) => {
    const through = new Set(
      scopes.flatMap(({ look }) => look.flatMap((one) => (one.through ? [one.path] : []))),
    );
    return [
      {
        path: scopes[0]?.path ?? '',
        look: paths.flatMap(([path = '']) => ({
          ...{ path, attributes: true, content: 'text' as const },
          ...(through.has(path) ? { through: true } : {}),
        })),
      },
    ];
  },
  lost: (_, before, after) => lost(before as Entry, after as Entry),
};

/** All that was told of a path. */
function whole(raw: Raw | undefined, above: number): Entry {
  if (!raw) return { kind: 'absent', content: '', how: { above } };
  const owned = { owner: raw.owner, group: raw.group };
  const attributes = { mode: octal(modeWord(raw) & 0o7777), ...owned };
  const kind = kindOf(raw);
  switch (kind) {
    case 'link': {
      const leads = raw.real === undefined ? {} : { leads: whole(raw.end, 0) };
      return { kind, target: raw.target ?? '', ...owned, ...leads };
    }
    case 'directory':
      return { kind, ...attributes, ...(raw.filled ? { how: { filled: true } } : {}) };
    case 'other':
      return { kind, ...attributes };
    case 'file': {
      const content = raw.stat[1] === '0' ? '' : contentOf(raw);
      return { kind, ...attributes, ...(content === undefined ? {} : { content }) };
    }
  }
}

/** The content with its bytes, where they were told. */
function contentOf(raw: Raw): Content | undefined {
  const { base64 } = raw;
  const content = shown(raw);
  if (base64 === undefined || typeof content !== 'object' || 'secret' in content) return content;
  return textOf(Buffer.from(base64, 'base64')) ?? { ...content, how: { base64 } };
}

/** Why what was there cannot be made again. */
function lost(before: Entry, after: Entry): string | undefined {
  if (before.kind === 'other' && after.kind !== 'other')
    return 'sockets, devices and pipes are not made again';
  // One that may only go when it is empty was emptied first.
  const emptied = after.kind === 'absent' && after.how;
  if (before.kind === 'directory' && after.kind !== 'directory' && before.how?.filled && !emptied)
    return 'a folder went with all that was in it';
  if (before.kind === 'link' && after.kind === 'link' && before.leads && after.leads)
    return lost(before.leads, after.leads);
  if (before.kind !== 'file' || isThere(before) || isSame(before, after)) return undefined;
  return 'its content was not read';
}

const isThere = ({ content }: Regular): boolean =>
  typeof content === 'string' || (content !== undefined && 'how' in content);

const isSame = ({ content }: Regular, after: Entry): boolean =>
  after.kind === 'file' &&
  (content === undefined || after.content === undefined
    ? content === after.content
    : sameContent(content, after.content));
