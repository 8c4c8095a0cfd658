import { OrchError } from '../lib/errors.ts';

/** Splits text into words as a POSIX shell would: quotes and backslashes count, nothing is expanded. */
export function words(text: string): readonly string[] {
  const out: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (/\s/.test(char)) {
      if (word !== undefined) out.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const end = closing(text, i);
      word = (word ?? '') + unquoted(text.slice(i + 1, end), char);
      i = end;
    } else if (char === '\\' && i + 1 < text.length) {
      word = (word ?? '') + text.charAt(++i);
    } else word = (word ?? '') + char;
  }
  if (word !== undefined) out.push(word);
  return out;
}

function closing(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let i = start + 1; i < text.length; i++) {
    if (quote === '"' && text[i] === '\\') i++;
    else if (text[i] === quote) return i;
  }
  throw new OrchError('USAGE', `the quote ${quote} in ${JSON.stringify(text)} is never closed`);
}

const unquoted = (text: string, quote: string): string =>
  quote === "'" ? text : text.replace(/\\(["\\$`])/g, '$1');
