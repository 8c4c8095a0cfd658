/** A word of a line, quotes removed, and where it began. */
export interface Word {
  readonly text: string;
  readonly column: number;
}

/**
 * Splits a host line as Python's `shlex.split(line, comments=True)` does: quotes join, a backslash escapes,
 * `#` between words begins a comment. A quote that is never closed: its offset.
 */
export function shellWords(line: string): readonly Word[] | { readonly unclosed: number } {
  const words: Word[] = [];
  let text: string | undefined;
  let column = 0;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (/[ \t\r\n]/.test(char)) {
      if (text !== undefined) words.push({ text, column });
      text = undefined;
      continue;
    }
    // As in Python, a comment ends the word it touches.
    if (char === '#') break;
    if (text === undefined) {
      text = '';
      column = i + 1;
    }
    if (char === '\\') {
      i++;
      if (i >= line.length) return { unclosed: i - 1 };
      text += line.charAt(i);
    } else if (char === '"' || char === "'") {
      const end = closing(line, i);
      if (end < 0) return { unclosed: i };
      const inner = line.slice(i + 1, end);
      text += char === '"' ? inner.replace(/\\(["\\])/g, '$1') : inner;
      i = end;
    } else text += char;
  }
  if (text !== undefined) words.push({ text, column });
  return words;
}

function closing(line: string, start: number): number {
  const quote = line.charAt(start);
  for (let i = start + 1; i < line.length; i++) {
    if (quote === '"' && line[i] === '\\') i++;
    else if (line[i] === quote) return i;
  }
  return -1;
}
