import { Flaw } from './flaw.ts';

/** A word of an expression. `value` is set for strings and numbers. */
export interface Token {
  readonly kind: 'name' | 'integer' | 'float' | 'string' | 'operator' | 'end';
  readonly text: string;
  readonly at: number;
  /** As it stands in the file, where `text` was changed. */
  readonly written?: string;
}

/** A stretch of a template: text, `{{ }}` or `{% %}`. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'output' | 'block'; readonly tokens: readonly Token[]; readonly at: number };

const SPACE = /\s+/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const FLOAT = /(?<!\.)\d[\d_]*(?:\.\d[\d_]*(?:[eE][+-]?\d+)?|[eE][+-]?\d+)/y;
const INTEGER = /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*/y;
const STRING = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}<>=.:|,]/y;
const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The tokens of an expression from an offset to `stop` (outside brackets and strings), or to the end of the text. */
export function tokens(
  text: string,
  from: number,
  stop?: RegExp,
): { readonly tokens: readonly Token[]; readonly end: number; readonly stop: string } {
  const found: Token[] = [];
  const open: { readonly close: string; readonly at: number; readonly text: string }[] = [];
  let at = from;
  for (;;) {
    at += match(SPACE, text, at)?.length ?? 0;
    const ended = stop && open.length === 0 ? match(stop, text, at) : undefined;
    if (ended !== undefined || at >= text.length) {
      if (stop && ended === undefined) throw unclosed(open.at(-1), from);
      const last = open.at(-1);
      if (last) throw new Flaw(`The "${last.text}" is never closed.`, last.at);
      found.push({ kind: 'end', text: '', at });
      return { tokens: found, end: at, stop: ended ?? '' };
    }
    const token = next(text, at);
    balance(token, open);
    found.push(token);
    at += token.text.length;
  }
}

function unclosed(open: { at: number; text: string } | undefined, from: number): Flaw {
  return open
    ? new Flaw(`The "${open.text}" is never closed.`, open.at)
    : new Flaw('The template tag is never closed.', Math.max(from - 2, 0));
}

function balance(token: Token, open: { close: string; at: number; text: string }[]): void {
  if (token.kind !== 'operator') return;
  const close = CLOSING.get(token.text);
  if (close !== undefined) {
    open.push({ close, at: token.at, text: token.text });
  } else if (token.text === ')' || token.text === ']' || token.text === '}') {
    const last = open.pop();
    if (last?.close !== token.text) {
      throw last
        ? new Flaw(`The "${last.text}" is never closed.`, last.at)
        : new Flaw(`Nothing is open for "${token.text}" to close.`, token.at);
    }
  }
}

function next(text: string, at: number): Token {
  const name = match(NAME, text, at);
  if (name !== undefined) return { kind: 'name', text: name, at };
  const float = match(FLOAT, text, at);
  if (float !== undefined) return { kind: 'float', text: float, at };
  const integer = match(INTEGER, text, at);
  if (integer !== undefined) return { kind: 'integer', text: integer, at };
  const string = match(STRING, text, at);
  if (string !== undefined) return { kind: 'string', text: string, at };
  const operator = match(OPERATOR, text, at);
  if (operator !== undefined) return { kind: 'operator', text: operator, at };
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  throw char === '"' || char === "'"
    ? new Flaw(`The text that starts with ${char} is never closed.`, at)
    : new Flaw(`The character ${JSON.stringify(char)} has no meaning here.`, at);
}

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['\n', ''],
]);

/** The text a string literal stands for; escapes are Python's, and unknown ones stay as they are (`'\d'`). */
export function unquote(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(
      /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
      (...found) => {
        const [whole = '', x, u, long, octal, other] = found as (string | undefined)[];
        if (other !== undefined) return SIMPLE.get(other) ?? whole;
        const code = octal === undefined ? parseInt(x ?? u ?? long ?? '', 16) : parseInt(octal, 8);
        return code > 0x10ffff ? whole : String.fromCodePoint(code);
      },
    );
}
