import type { Vault } from './vault.ts';

/** The files of the control node, as loaders see them. Paths may be relative to the current directory. */
export interface Files {
  /** The text of a file, without a byte order mark. Throws OrchError FILE_NOT_FOUND or FILE_UNREADABLE. */
  read(path: string): string;
  /** What is at a path, links followed; nothing when there is neither a file nor a directory. */
  exists(path: string): 'file' | 'directory' | undefined;
  /** Names in a directory, sorted by code unit. Throws OrchError FILE_NOT_FOUND or FILE_UNREADABLE. */
  list(dir: string): readonly string[];
  /** Opens encrypted files and values; without it they are errors that say so. */
  readonly vault?: Vault;
}
