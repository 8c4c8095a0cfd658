import { Flaw } from './flaw.ts';
import { unquote } from './lexer.ts';
import { mapKey } from './keys.ts';
import { dict, Float, integer, numeric, Tuple, type Val } from './values.ts';
import { Scanner } from './scanner.ts';

const SPACE = /(?:\s|\\\n|#[^\n]*)*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER =
  /0[xX][\da-fA-F]+(?:_[\da-fA-F]+)*|0[oO][0-7]+(?:_[0-7]+)*|0[bB][01]+(?:_[01]+)*|(?:\d+(?:_\d+)*)?\.?\d+(?:_\d+)*\.?(?:[eE][-+]?\d+)?/y;
const STRING =
  /([rRuU]?)('''(?:[^\\]|\\[\s\S])*?'''|"""(?:[^\\]|\\[\s\S])*?"""|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'|"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*")/y;
const WORDS: ReadonlyMap<string, Val> = new Map<string, Val>([
  ['True', true],
  ['False', false],
  ['None', null],
  // Ansible takes JSON's words too.
  ['true', true],
  ['false', false],
  ['null', null],
]);
const DEEPEST = 90;

/** The value of a Python literal, such as `[1, 'a', {'b': None}]`; nothing when the text is none. It is data: nothing is evaluated. */
export function literal(source: string): Val | undefined {
  const reader = new Literals(source);
  try {
    const value = reader.value(0);
    return reader.ended() ? value : undefined;
  } catch (error) {
    if (error instanceof Flaw) return undefined;
    throw error;
  }
}

class Literals {
  readonly #in: Scanner;

  constructor(text: string) {
    this.#in = new Scanner(text, SPACE);
  }

  ended(): boolean {
    return this.#in.ended();
  }

  value(depth: number): Val {
    if (depth > DEEPEST) throw this.#flaw();
    if (this.#in.skip('[')) return this.#items(']', depth).items;
    if (this.#in.skip('(')) {
      const { items, comma } = this.#items(')', depth);
      const [only = null] = items;
      return items.length === 1 && !comma ? only : Tuple.make(items);
    }
    if (this.#in.skip('{')) return this.#braces(depth);
    return this.#scalar(depth);
  }

  #scalar(depth: number): Val {
    this.#in.match(SPACE);
    const sign = this.#in.skip('-') ? -1 : this.#in.skip('+') ? 1 : 0;
    if (sign !== 0) {
      const number = this.value(depth + 1);
      if (typeof number === 'bigint') return sign < 0 ? integer(-number) : number;
      if (number instanceof Float) return new Float(sign * number.n);
      // Zero has no sign.
      if (typeof number === 'number') return number === 0 ? 0 : sign * number;
      throw this.#flaw();
    }
    const string = this.#string();
    if (string !== undefined) return string;
    const word = this.#in.match(WORD);
    if (word !== '') {
      const value = WORDS.get(word);
      if (value === undefined) throw this.#flaw();
      return value;
    }
    return this.#number();
  }

  #number(): Val {
    const digits = this.#in.match(NUMBER).replaceAll('_', '');
    if (digits === '' || /^[jJ\w.]/.test(this.#in.text.slice(this.#in.at, this.#in.at + 1))) {
      throw this.#flaw();
    }
    if (/^0[xob]/i.test(digits)) return integer(BigInt(digits));
    if (/[.eE]/.test(digits)) return numeric(Number(digits), true);
    if (/^0+[1-9]/.test(digits)) throw this.#flaw();
    return integer(BigInt(digits));
  }

  /** One or more quoted texts side by side. */
  #string(): string | undefined {
    let whole: string | undefined;
    for (;;) {
      this.#in.match(SPACE);
      STRING.lastIndex = this.#in.at;
      const found = STRING.exec(this.#in.text);
      if (!found) return whole;
      this.#in.at += found[0].length;
      const [, prefix = '', quoted = ''] = found;
      const triple = quoted.startsWith("'''") || quoted.startsWith('"""') ? 2 : 0;
      const body = quoted.slice(triple, quoted.length - triple);
      whole = (whole ?? '') + (/r/i.test(prefix) ? body.slice(1, -1) : unquote(body));
    }
  }

  #items(close: string, depth: number): { items: Val[]; comma: boolean } {
    const items: Val[] = [];
    let comma = false;
    while (!this.#in.skip(close)) {
      if (items.length > 0 && !comma) throw this.#flaw();
      items.push(this.value(depth + 1));
      comma = this.#in.skip(',');
    }
    return { items, comma };
  }

  /** A map, or a set, which is a list here. */
  #braces(depth: number): Val {
    if (this.#in.skip('}')) return {};
    const first = this.value(depth + 1);
    if (!this.#in.skip(':')) {
      if (!this.#in.skip(',')) {
        if (!this.#in.skip('}')) throw this.#flaw();
        return [hashable(first)];
      }
      return [first, ...this.#items('}', depth).items].map(hashable);
    }
    const pairs: [Val, Val][] = [[mapKey(hashable(first)), this.value(depth + 1)]];
    while (this.#in.skip(',')) {
      if (this.#in.skip('}')) return dict(pairs);
      const key = mapKey(hashable(this.value(depth + 1)));
      if (!this.#in.skip(':')) throw this.#flaw();
      pairs.push([key, this.value(depth + 1)]);
    }
    if (!this.#in.skip('}')) throw this.#flaw();
    return dict(pairs);
  }

  #flaw(): Flaw {
    return new Flaw('This is no literal.', this.#in.at);
  }
}

/** Refuses lists and maps as keys or members of a set, as Python does. */
function hashable(value: Val): Val {
  const plain = value === null || typeof value !== 'object';
  if (plain || value instanceof Float || value instanceof Tuple) return value;
  throw new Flaw('This cannot be a key.', 0);
}
