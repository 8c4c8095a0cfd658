import { tokens } from './lexer.ts';

/**
 * A condition that has braces in a part of it, as an expression without them; nothing when it has none. Ansible pastes
 * what they give into the condition and reads it anew, so that data becomes code. Here a value stays one value: in
 * quotes it is joined to the text, elsewhere it counts as the literal or the variable it spells.
 */
export function pasted(text: string): string | undefined {
  let out = '';
  let found = false;
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    if (char === '"' || char === "'") {
      const quoted = string(text, at);
      found ||= quoted.found;
      out += quoted.text;
      at = quoted.end;
    } else if (text.startsWith('{{', at)) {
      const inner = braces(text, at);
      found = true;
      out += `((${inner.text}) | orch_spelt)`;
      at = inner.end;
    } else {
      out += char;
      at += 1;
    }
  }
  return found ? out : undefined;
}

interface Piece {
  readonly text: string;
  readonly end: number;
}

/** What stands between braces. Throws a Flaw where they are not closed. */
function braces(text: string, at: number): Piece {
  const from = at + 2 + (text[at + 2] === '-' ? 1 : 0);
  const { end, stop } = tokens(text, from, /-?\}\}/y);
  return { text: text.slice(from, end), end: end + stop.length };
}

/** A text in quotes; braces in it are taken out and joined. */
function string(text: string, start: number): Piece & { readonly found: boolean } {
  const quote = text.charAt(start);
  let out = quote;
  let found = false;
  let at = start + 1;
  while (at < text.length && text[at] !== quote) {
    if (text.startsWith('{{', at)) {
      const inner = braces(text, at);
      found = true;
      out += `${quote} ~ (${inner.text}) ~ ${quote}`;
      at = inner.end;
    } else {
      const step = text[at] === '\\' ? 2 : 1;
      out += text.slice(at, at + step);
      at += step;
    }
  }
  const whole = `${out}${text.slice(at, at + 1)}`;
  return { text: found ? `(${whole})` : whole, end: at + 1, found };
}
