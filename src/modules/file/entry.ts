import { sealed, shown } from './content.ts';
import type { Attributes, Content, Entry, Look, Raw } from './state.ts';

/** The entry for what the host said of a path, as closely as it was looked at. */
export function entryOf(raw: Raw | undefined, look: Look, twin?: Raw): Entry {
  if (!raw)
    return look.content === undefined ? { kind: 'absent' } : { kind: 'absent', content: '' };
  const kind = kindOf(raw);
  if (kind === 'link') {
    const owner = look.attributes ? { owner: raw.owner, group: raw.group } : {};
    const leads = look.through ? { leads: entryOf(raw.end, { ...look, through: false }) } : {};
    return { kind, target: raw.target ?? '', ...owner, ...leads };
  }
  const attributes = attributesOf(raw, look);
  if (kind !== 'file') return { kind, ...attributes };
  const content = look.secret ? hidden(shown(raw)) : shown(raw);
  const same = twin && look.same !== undefined && isSame(raw, twin) ? { same: [look.same] } : {};
  return { kind, ...attributes, ...(content === undefined ? {} : { content }), ...same };
}

/** What may hold a secret is sealed. */
const hidden = (content: Content | undefined): Content | undefined =>
  typeof content === 'string' ? sealed(content) : content;

const isSame = (a: Raw, b: Raw): boolean => a.stat[5] === b.stat[5] && a.stat[6] === b.stat[6];

function attributesOf(raw: Raw, look: Look): Attributes {
  const [, , , , , , , mtime = '', atime = ''] = raw.stat;
  return {
    ...(look.attributes
      ? { mode: octal(modeWord(raw) & 0o7777), owner: raw.owner, group: raw.group }
      : {}),
    ...(look.times ? { mtime, atime } : {}),
  };
}

/** Type and permissions as the kernel has them. */
export const modeWord = (raw: Raw): number => parseInt(raw.stat[0] ?? '0', 16);

/** Permissions as `chmod` takes them and `ls` users say them: `0644`. */
export const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** What kind of thing a mode word says. */
export function kindOf(raw: Raw): Exclude<Entry['kind'], 'absent'> {
  switch (modeWord(raw) & 0o170000) {
    case 0o100000:
      return 'file';
    case 0o040000:
      return 'directory';
    case 0o120000:
      return 'link';
    default:
      return 'other';
  }
}
