import { OrchError } from '../../src/lib/errors.ts';
import type { Files } from '../../src/model/files.ts';

/** Files that exist only in a test: path → text. */
export function memoryFiles(texts: Readonly<Record<string, string>>): Files {
  const below = (dir: string): string[] => {
    const prefix = dir === '.' ? '' : `${dir}/`;
    const names = Object.keys(texts)
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length).split('/')[0] ?? '');
    return [...new Set(names)].sort();
  };
  return {
    read(path) {
      const text = texts[path];
      if (text === undefined) throw new OrchError('FILE_NOT_FOUND', `There is no file ${path}.`);
      return text;
    },
    exists: (path) =>
      texts[path] !== undefined ? 'file' : below(path).length > 0 ? 'directory' : undefined,
    list: below,
  };
}
