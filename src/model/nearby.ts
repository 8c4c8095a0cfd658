import type { Scope } from './scope.ts';

/** Something on the machine orch runs on. Links are followed. */
export interface LocalFile {
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
  /** Permissions, octal, four digits. */
  readonly mode: string;
  readonly owner: string;
}

/** Hashes of a file, in hex. */
export interface Sums {
  readonly size: number;
  readonly sha256: string;
  readonly sha1: string;
  readonly md5: string;
}

/** A file that comes piece by piece. Nothing is made on disk before the first piece. */
export interface Received {
  readonly write: (chunk: Buffer) => void;
  /** Hashes of what came so far. */
  sums(): Sums;
  /** Gives it its name, with the folders above it. */
  keep(): void;
  /** Forgets it. */
  drop(): void;
}

/**
 * What a module may ask of the machine orch runs on, before its arguments are finished: files that the task
 * names, and templates. Only `receive` changes anything. All throw OrchErrors.
 */
export interface Nearby {
  /** The variables of the task. */
  readonly scope: Scope;
  /** What this machine calls itself. */
  readonly host: string;
  /** Whether the run shows diffs. */
  readonly diff: boolean;
  /**
   * Path of a file or folder that is named in a task: below `files` or `templates` of its role, beside its own
   * file, beside the playbook. Throws FILE_NOT_FOUND.
   */
  find(folder: 'files' | 'templates', name: string): string;
  /** What is at a path; nothing when there is nothing. */
  look(path: string): LocalFile | undefined;
  /** The bytes of a file; of one that is encrypted, what was encrypted, unless `sealed` is set. */
  read(path: string, sealed?: boolean): Buffer;
  /** Whether a file was encrypted with a vault. */
  isSealed(path: string): boolean;
  /** Hashes of a file of any size. */
  sums(path: string): Sums;
  /** Names in a folder, sorted. */
  list(path: string): readonly string[];
  /** A path that is relative to the playbook, as it is named from here. */
  beside(path: string): string;
  /** Paths put together, with . and .. taken out. */
  join(...paths: readonly string[]): string;
  /** Opens a file to be written piece by piece; only when it is kept it takes the name, whole. */
  receive(path: string): Received;
  /** What a link says; nothing when the path is no link. */
  link(path: string): string | undefined;
}
