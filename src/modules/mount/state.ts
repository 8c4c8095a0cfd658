/** A line of fstab. */
export interface Entry {
  readonly src: string;
  readonly fstype: string;
  readonly opts: string;
  readonly dump: string;
  readonly passno: string;
}

/** A place where a file system is, or could be, mounted. */
export interface PlaceState {
  readonly path: string;
  readonly fstab: Entry | null;
  readonly mounted: boolean;
  /** The directory exists. */
  readonly made: boolean;
  /** Mounts asked for besides; what a host shows is 0. */
  readonly remounts: number;
}

/** What informs about a place. */
export interface PlaceFacts {
  readonly file: string;
  /** Text of fstab. */
  readonly text: string;
  /** What is mounted there: source and type. */
  readonly source: string;
  readonly fstype: string;
}

/** What a task is about. */
export interface PlaceScope {
  readonly path: string;
  readonly file: string;
}

/** Blanks in fstab and in the kernel's list of mounts are octal numbers. */
export const unescaped = (word: string): string =>
  word.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));

/** The same the other way. */
export const escaped = (word: string): string =>
  word.replaceAll(/[ \t\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** The entry of a path, and the number of its line; the last one counts. */
export function entryOf(
  text: string,
  path: string,
): { readonly entry: Entry; readonly row: number } | undefined {
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
  const row = rows.findLastIndex(
    ([first = '', second]) => !first.startsWith('#') && unescaped(second ?? '') === path,
  );
  const [src = '', , fstype = '', opts = 'defaults', dump = '0', passno = '0'] = rows[row] ?? [];
  return row < 0 ? undefined : { row, entry: { src: unescaped(src), fstype, opts, dump, passno } };
}

/** fstab with an entry for a path, or without one. */
export function withEntry(text: string, path: string, entry: Entry | null): string {
  const rows = text.split('\n');
  const at = entryOf(text, path)?.row;
  const line = entry
    ? [
        [
          escaped(entry.src),
          escaped(path),
          entry.fstype,
          escaped(entry.opts),
          entry.dump,
          entry.passno,
        ].join(' '),
      ]
    : [];
  if (at !== undefined) return rows.flatMap((row, i) => (i === at ? line : [row])).join('\n');
  if (line.length === 0) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line.join('')}\n`;
}
