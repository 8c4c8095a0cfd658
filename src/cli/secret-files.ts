import {
  chmodSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { OrchError } from '../lib/errors.ts';
import { whyNot } from '../lib/why-not.ts';

/** The bytes of a file; `-` is standard input. Throws FILE_NOT_FOUND or FILE_UNREADABLE. */
export const readAll = (name: string, hint?: string): Buffer =>
  readBytes(name === '-' ? 0 : name, hint);

/** The bytes of a file or of a file number; `hint` where the usual one does not help. */
export function readBytes(file: string | number, hint?: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new OrchError(
      missing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
      `${file} ${missing ? 'does not exist' : `cannot be read: ${whyNot(cause)}`}`,
      { cause, ...(hint === undefined ? {} : { hint }) },
    );
  }
}

/** Writes a file anew in one step, its mode kept, links followed: whoever reads it sees the old text or the new. */
export function replaceFile(file: string, text: string | Buffer): void {
  let beside = file;
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    const real = found ? realpathSync(file) : file;
    beside = `${real}.${process.pid}.tmp`;
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx' });
    if (found) chmodSync(beside, found.mode & 0o7777);
    renameSync(beside, real);
  } catch (cause) {
    if (beside !== file) rmSync(beside, { force: true });
    throw new OrchError('FILE_UNREADABLE', `${file} cannot be written: ${whyNot(cause)}`, {
      hint: 'Name a file in a directory that exists and is yours.',
      cause,
    });
  }
}
