import { readdirSync, readFileSync, statSync } from 'node:fs';
import { OrchError } from '../lib/errors.ts';
import { whyNot } from '../lib/why-not.ts';
import type { Files } from '../model/files.ts';

/** The real files of this machine. */
export const nodeFiles: Files = {
  read: (path) =>
    decode(
      path,
      open(path, () => readFileSync(path)),
    ),
  exists(path) {
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory()) return 'directory';
      return found ? 'file' : undefined;
    } catch (cause) {
      // A link that goes round in a circle is there: reading it says what is wrong. Below a file there is nothing.
      return (cause as NodeJS.ErrnoException).code === 'ENOTDIR' ? undefined : 'file';
    }
  },
  list: (dir) => open(dir, () => readdirSync(dir)).sort(),
};

function open<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new OrchError('FILE_NOT_FOUND', `There is no file ${path}.`, { cause });
    }
    throw new OrchError('FILE_UNREADABLE', `${path} cannot be read: ${whyNot(cause)}.`, { cause });
  }
}

function decode(file: string, bytes: Buffer): string {
  const utf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const text = new TextDecoder('latin1').decode(bytes.subarray(0, firstBadByte(bytes)));
    const line = text.split('\n').length;
    throw new OrchError('FILE_UNREADABLE', `${file} is not UTF-8 text.`, {
      source: { file, line, column: text.length - text.lastIndexOf('\n') },
      hint: `Convert it: iconv -f ${utf16 ? 'utf-16' : 'latin1'} -t utf-8 ${file}`,
      cause,
    });
  }
}

/** Offset of the first byte that does not belong to any UTF-8 character. */
function firstBadByte(bytes: Buffer): number {
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      decoder.decode(bytes.subarray(0, middle + 1), { stream: true });
      low = middle + 1;
    } catch {
      high = middle;
    }
  }
  return low;
}
