import { failure } from '../faults.ts';

/** A word of a JMESPath expression. */
export interface Token {
  readonly kind: 'name' | 'quoted' | 'raw' | 'json' | 'number' | 'operator' | 'end';
  readonly text: string;
}

const TOKEN =
  /\s*(?:([A-Za-z_]\w*)|("[^"\\]*(?:\\.[^"\\]*)*")|'([^'\\]*(?:\\[\s\S][^'\\]*)*)'|`([^`\\]*(?:\\[\s\S][^`\\]*)*)`|(-?\d+)|(\[\?|\[\]|&&|\|\||[<>=!]=|[[\]{}().,:*@&|<>!]))/y;

/** The words of a JMESPath expression. */
export function tokensOf(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw wrong(`it cannot be read from "${text.slice(at, at + 10)}" on`);
    const [whole, name, quoted, raw, json, number, operator] = match;
    at += whole.length;
    if (name !== undefined) found.push({ kind: 'name', text: name });
    else if (quoted !== undefined) found.push({ kind: 'quoted', text: quoted });
    else if (raw !== undefined) found.push({ kind: 'raw', text: raw.replaceAll("\\'", "'") });
    else if (json !== undefined) found.push({ kind: 'json', text: json.replaceAll('\\`', '`') });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else found.push({ kind: 'operator', text: operator ?? '' });
  }
  found.push({ kind: 'end', text: '' });
  return found;
}

/** A mistake in a JMESPath expression. */
export const wrong = (why: string): Error =>
  failure(`The JMESPath expression is wrong: ${why}.`, 'See https://jmespath.org.');
