import { pythonRegex } from '../../lib/python-regex.ts';

/** Lines with their ends, cut at line feeds only, as Python's readlines does. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Lines with their ends, cut as Python's splitlines does for bytes: at \n, \r and \r\n. */
export const splitLines = (text: string): string[] =>
  text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];

/** A line without its end. */
export const bare = (line: string): string => line.replace(/[\r\n]+$/, '');

/** A pattern over bytes, asked once a line. */
export function searcher(pattern: string): (line: string) => RegExpExecArray | undefined {
  const regex = pythonRegex(pattern, { over: 'bytes' });
  return (line) => {
    regex.lastIndex = 0;
    return regex.exec(line) ?? undefined;
  };
}
