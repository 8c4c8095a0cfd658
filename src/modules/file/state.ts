import type { Secret } from '../../model/value.ts';

/** Bytes of a file. Text up to 1 MB stands here itself; anything else is known by its hash. */
export type Content = string | Sum | SealedContent;

/** Content that is too large, too binary or not worth fetching: compared by its hash. */
export interface Sum {
  readonly sha256: string;
  readonly size: number;
  /** Where the bytes are, when they have to be written. Not compared, not shown. */
  readonly how?: Bytes;
}

/** Bytes to be written: here, or in a file of the control node. */
export type Bytes =
  | { readonly base64: string }
  | { readonly file: string }
  /** Too many to be written down: nothing but a function, so that no record keeps them. */
  | { readonly read: () => Buffer };

/** Content nobody may see. */
export interface SealedContent {
  readonly secret: Secret;
  readonly sha256: string;
  readonly size: number;
}

/** Who may do what; left out where nobody asked. */
export interface Attributes {
  /** Octal, four digits: `0644`. */
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** Seconds since 1970, or `now`. */
  readonly mtime?: string;
  readonly atime?: string;
}

/** What is at a path; attributes are there when a task is about them. */
export type Entry = Absent | Regular | Directory | Link | Other;

/** Nothing. The empty content is what a diff starts from. */
export interface Absent {
  readonly kind: 'absent';
  readonly content?: '';
  /** Set where it was so before: only what was made goes, and so many folders above with it that are empty then. */
  readonly how?: { readonly above: number };
}

/** A file. */
export interface Regular extends Attributes {
  readonly kind: 'file';
  readonly content?: Content;
  /** Paths asked about that are this very file (hard links). */
  readonly same?: readonly string[];
  readonly how?: How;
}

/** How a file is written. Not compared, not shown. */
export interface How {
  /** Command line with `%s` that must accept the new file before it takes its place. */
  readonly validate?: string;
  /** Set: the old file is kept under this suffix. */
  readonly backup?: string;
  /** A file of the host that is copied. */
  readonly from?: string;
  /** Missing folders above are made, with this mode if there is one. */
  readonly parents?: { readonly mode?: string; readonly owner?: string; readonly group?: string };
}

/** A folder. */
export interface Directory extends Attributes {
  readonly kind: 'directory';
  readonly how?: How & {
    /** Something is in it. */
    readonly filled?: boolean;
  };
}

/** A symbolic link; `leads` is what stands at its end, when a task is about that. */
export interface Link {
  readonly kind: 'link';
  readonly target: string;
  readonly owner?: string;
  readonly group?: string;
  readonly leads?: Entry;
}

/** A socket, device or pipe. */
export interface Other extends Attributes {
  readonly kind: 'other';
}

/** What is at each path of a fold. */
export type FileState = Readonly<Record<string, Entry>>;

/** What the host said of one path, beyond what is compared. */
export interface Raw {
  /** Mode word, size, uid, gid, links, inode, device, mtime, atime, as `stat` printed them. */
  readonly stat: readonly string[];
  readonly owner: string;
  readonly group: string;
  /** Of the content, when it was asked for. */
  readonly sha256?: string;
  /** Hashes that results have, when they were asked for. */
  readonly sha1?: string;
  readonly md5?: string;
  /** The content itself in base64, when it was sent. */
  readonly base64?: string;
  /** The content itself where it is large. */
  readonly bytes?: () => Buffer;
  /** What a link says. */
  readonly target?: string;
  /** Where a link leads in the end; its `leads` is about this path. */
  readonly real?: string;
  readonly end?: Raw;
  /** A folder that holds something. */
  readonly filled?: boolean;
  /** Every path below a folder, when that was asked for. */
  readonly below?: readonly string[];
}

/** What informs decisions about files but is not managed. */
export interface FileFacts {
  readonly raw: Readonly<Record<string, Raw>>;
  /** Where a path really is, when a link or `..` leads there. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** How many folders above a path are missing. */
  readonly missing: Readonly<Record<string, number>>;
  readonly umask: number;
  readonly home: string;
  /** Who would own what is made: uid, user, gid, group; set when something is missing, or may be taken away. */
  readonly self?: readonly [string, string, string, string];
  /** Part of the name of a backup: `4711.2026-01-31@10:00:00~`. */
  readonly stamp?: string;
}

/** How closely a path is looked at. */
export interface Look {
  readonly path: string;
  /** Mode, owner and group are managed. */
  readonly attributes?: boolean;
  /** `hash`: nothing more. `sum`: the hash, and the text too where the hash is none of `known`. `text`: always the text. */
  readonly content?: 'hash' | 'sum' | 'text';
  readonly known?: readonly string[];
  /** With `text`: a large one too. */
  readonly large?: boolean;
  /** The content is secret: it is fetched only for edits, and sealed. */
  readonly secret?: boolean;
  /** Results tell its other hashes. */
  readonly sums?: boolean;
  /** What a link leads to counts, not the link. */
  readonly through?: boolean;
  readonly times?: boolean;
  /** All below it goes with it, looked at or not. */
  readonly whole?: boolean;
  /** Everything below a folder is looked at too. */
  readonly below?: boolean;
  /** Paths that get its content: it is looked at as closely as they are. */
  readonly feeds?: readonly string[];
  /** Another path of the scope that may be this very file. */
  readonly same?: string;
}

/** What one task looks at. */
export interface FileScope {
  /** Names the fold: tasks over one path share one write. */
  readonly path: string;
  readonly look: readonly Look[];
  /** A backup may have to be named. */
  readonly backup?: boolean;
}

/** Content up to this many bytes is fetched, compared as text and put into scripts. */
export const LARGEST_TEXT = 1024 * 1024;

/** Content up to this many bytes is edited; it is held in memory while a host waits for its turn. */
export const LARGEST_EDIT = 64 * LARGEST_TEXT;
