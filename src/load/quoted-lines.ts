import type { Document } from 'yaml';

/** Repairs in one file beyond which a quote is taken to be never closed. */
const MOST = 50;
/** Deeper than any level that is read. */
const INDENT = ' '.repeat(200);

/**
 * Reads a text as PyYAML does, which lets the lines of a quoted text begin anywhere, where YAML wants them to be
 * indented. Such lines are indented and all is read again; blanks at their start are not part of the text. Nothing
 * when that does not mend it.
 */
export function reindented<T extends Document.Parsed>(
  text: string,
  first: T,
  parse: (text: string) => T,
): { readonly document: T; readonly text: string } | undefined {
  let [document, mended] = [first, text];
  for (let tries = 0; tries < MOST; tries++) {
    const [error] = document.errors;
    if (!error || !/^Missing closing ["']quote/.test(error.message))
      return document.errors.length === 0 ? { document, text: mended } : undefined;
    const end = mended.indexOf('\n', error.pos[0]);
    // A line that was indented and is still wrong is not wrong for its indentation.
    if (end < 0 || mended.startsWith(INDENT, end + 1)) return undefined;
    mended = `${mended.slice(0, end + 1)}${INDENT}${mended.slice(end + 1)}`;
    document = parse(mended);
  }
  return undefined;
}
