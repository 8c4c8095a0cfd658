/** Why a file could not be read or written, in words that follow a colon. */
export function whyNot(cause: unknown): string {
  const code = codeOf(cause);
  return REASONS.get(code) ?? (code === '' ? String(cause) : code.toLowerCase());
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EISDIR', 'it is a directory'],
  ['ENOENT', 'there is no such directory'],
  ['ENOTDIR', 'what stands before the last slash is no directory'],
  ['ELOOP', 'its symbolic links go round in a circle'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ENOSPC', 'no space is left on the disk'],
  ['EDQUOT', 'the quota of the disk is used up'],
  ['EROFS', 'the disk can only be read'],
  ['EIO', 'the disk fails'],
  ['EEXIST', 'it exists'],
  ['EFBIG', 'it is too large'],
  ['ERR_FS_FILE_TOO_LARGE', 'it is too large'],
  ['EAGAIN', 'too many processes run (ulimit -u)'],
  ['ENOMEM', 'no memory is left'],
  ['EMFILE', 'too many files are open (ulimit -n)'],
  ['ETXTBSY', 'it is a program that runs'],
]);
