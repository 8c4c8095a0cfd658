import type { Source } from '../lib/source.ts';
import type { Tree } from '../model/tree.ts';
import { Float, type Value } from '../model/value.ts';

/** Brackets deeper than this are text: nobody writes them, and they would cost the stack. */
const DEEPEST = 100;

/**
 * The value of a text in an INI inventory: a Python literal (number, quoted text, list, tuple, dict, True, False,
 * None) as `ast.literal_eval` reads it, else the text itself. Tuples and sets become lists.
 */
export function literalTree(text: string, source: Source): Tree {
  const value = new Reader(text.replace(/^[ \t]+/, '')).whole();
  return treeOf(value === undefined ? text : value, source);
}

/** A value as a tree all of whose parts were written in one place. */
export function treeOf(value: Value, source: Source): Tree {
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => treeOf(item, source));
    return { kind: 'list', items, source };
  }
  if (value instanceof Float) return { kind: 'scalar', value: value.n, source, float: true };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as Readonly<Record<string, Value>>).map(
      ([key, inner]) => ({ key, keySource: source, value: treeOf(inner, source) }),
    );
    return { kind: 'map', entries, source };
  }
  return { kind: 'scalar', value, source };
}

/** One for all: it only says that the text is no literal. */
const NO_LITERAL = new Error('no literal');

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Value | undefined {
    try {
      const first = this.#value();
      this.#blank();
      const value = this.#char() === ',' ? this.#items([first], '') : first;
      this.#blank();
      return this.#at < this.#text.length ? undefined : value;
    } catch (error) {
      if (error === NO_LITERAL) return undefined;
      throw error;
    }
  }

  #char(): string {
    return this.#text.charAt(this.#at);
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.#at += match[0].length;
    return match;
  }

  #blank(): void {
    this.#take(/[ \t\f]*(?:#.*)?/y);
  }

  #value(): Value {
    if (++this.#depth > DEEPEST) throw NO_LITERAL;
    this.#blank();
    const value = this.#one();
    this.#depth--;
    return value;
  }

  #one(): Value {
    const char = this.#char();
    if (char === '[' || char === '(' || char === '{') {
      this.#at++;
      return char === '{' ? this.#braces() : char === '[' ? this.#items([], ']') : this.#parens();
    }
    if (/["']/.test(char) || this.#take(/(?=(?:[rR]|[uU]|[bB]|[rR][bB]|[bB][rR])["'])/y)) {
      return this.#strings();
    }
    const word = this.#take(/[A-Za-z_]\w*/y)?.[0];
    if (word !== undefined) return constant(word);
    return this.#number();
  }

  #number(): number | string | Float {
    const [, signs = '', digits = ''] =
      this.#take(
        /((?:[-+][ \t]*)?)((?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][-+]?\d(?:_?\d)*)?)(?![\w.]))/y,
      ) ?? none();
    const plain = digits.replaceAll('_', '');
    if (/^0\d*[1-9]\d*$/.test(plain)) throw NO_LITERAL;
    const number = Number(plain);
    const whole = /^(?:\d+|0[xXoObB].*)$/.test(plain);
    const negative = signs.startsWith('-');
    // A number JavaScript cannot hold exactly stays text rather than become another number.
    if (whole && !Number.isSafeInteger(number)) {
      if (/^\d+$/.test(plain)) return negative ? `-${plain}` : plain;
      throw NO_LITERAL;
    }
    const signed = negative && number !== 0 ? -number : number;
    return whole || !Number.isInteger(signed) ? signed : new Float(signed);
  }

  #parens(): Value {
    this.#blank();
    if (this.#char() === ')') return this.#items([], ')');
    const first = this.#value();
    this.#blank();
    if (this.#char() !== ')') return this.#items([first], ')');
    this.#at++;
    return first;
  }

  /** The rest of a list or tuple; `end` is empty for a tuple without brackets. */
  #items(found: Value[], end: string): Value {
    for (let more = found.length === 0; ; more = false) {
      this.#blank();
      if (this.#char() === end && end !== '') {
        this.#at++;
        return found;
      }
      if (!more) {
        if (this.#char() !== ',') {
          if (end === '') return found;
          throw NO_LITERAL;
        }
        this.#at++;
        this.#blank();
        if (end === '' && this.#at >= this.#text.length) return found;
        if (this.#char() === end) continue;
      }
      found.push(this.#value());
    }
  }

  #braces(): Value {
    this.#blank();
    if (this.#char() === '}') {
      this.#at++;
      return {};
    }
    const first = this.#value();
    this.#blank();
    if (this.#char() !== ':') {
      const members = this.#items([first], '}') as readonly Value[];
      if (members.some((one) => typeof one === 'object' && one !== null)) throw NO_LITERAL;
      return [...new Set(members)];
    }
    return this.#pairs(first);
  }

  #pairs(first: Value): Value {
    const pairs: [string, Value][] = [];
    for (let key = first; ; key = this.#value()) {
      this.#blank();
      this.#expect(':');
      pairs.push([keyText(key), this.#value()]);
      this.#blank();
      if (this.#char() === ',') this.#at++;
      else if (this.#char() !== '}') throw NO_LITERAL;
      this.#blank();
      if (this.#char() === '}') break;
    }
    this.#at++;
    return Object.fromEntries(pairs);
  }

  #expect(char: string): void {
    if (this.#char() !== char) throw NO_LITERAL;
    this.#at++;
  }

  /** Texts side by side are one. */
  #strings(): string {
    let all = '';
    for (;;) {
      const match = this.#take(
        /([rR]?[bB]?|[bB][rR]|[uU])(?:"""((?:[^\\]|\\.)*?)"""|'''((?:[^\\]|\\.)*?)'''|"([^"\\]*(?:\\.[^"\\]*)*)"|'([^'\\]*(?:\\.[^'\\]*)*)')/sy,
      );
      if (!match) throw NO_LITERAL;
      const [, prefix = '', ...parts] = match as readonly (string | undefined)[];
      const body = parts.find((part) => part !== undefined) ?? '';
      all += /r/i.test(prefix) ? body : unescape(body);
      this.#blank();
      if (!this.#take(/(?=(?:[rR]?[bB]?|[bB][rR]|[uU])["'])/y)) return all;
    }
  }
}

function none(): never {
  throw NO_LITERAL;
}

function constant(word: string): Value {
  if (word === 'None') return null;
  if (word === 'True' || word === 'False') return word === 'True';
  throw NO_LITERAL;
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean' || typeof key === 'number') return String(key);
  throw NO_LITERAL;
}

const SIMPLE: ReadonlyMap<string, string> = new Map(
  [
    ...(['n\n', 't\t', 'r\r', 'a\x07', 'b\b', 'f\f', 'v\v'] as const),
    ...(['\\\\', '""', "''"] as const),
  ].map((pair) => [pair.charAt(0), pair.charAt(1)] as const),
);

const ESCAPE = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs;

function unescape(text: string): string {
  return text.replace(ESCAPE, (all: string, octal?: string, ...more: (string | undefined)[]) => {
    const [x, u, U, char = ''] = more;
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const hex = x ?? u ?? U;
    if (hex === undefined) {
      if (/[xuUN]/.test(char)) throw NO_LITERAL;
      return SIMPLE.get(char) ?? all;
    }
    const point = Number.parseInt(hex, 16);
    if (point > 0x10ffff) throw NO_LITERAL;
    return String.fromCodePoint(point);
  });
}
