/** The words of a command line, or why there are none. */
export type Words =
  | { readonly words: readonly string[] }
  /** A sentence without its subject: "has no closing quotation mark". */
  | { readonly wrong: string };

/** Splits a command line as Python's shlex.split does: quotes and backslashes, no variables, no globs. */
export function splitWords(line: string): Words {
  const words: string[] = [];
  const pattern = /\s+|([^\s'"\\]+)|'([^']*)'|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|\\([\s\S])/y;
  let word: string | undefined;
  while (pattern.lastIndex < line.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(line);
    if (!match) {
      const mark = line[at] ?? '';
      return {
        wrong:
          mark === '\\'
            ? 'ends in a backslash'
            : `has no closing quotation mark (${mark}) after "${line.slice(at + 1, at + 21)}"`,
      };
    }
    const [, bare, single, double, escaped] = match;
    const piece = bare ?? single ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? escaped;
    if (piece !== undefined) word = `${word ?? ''}${piece}`;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return { words };
}
