import { LIMITS } from './faults.ts';
import { Flaw } from './flaw.ts';
import type { Token } from './lexer.ts';

/** Walks over the tokens of an expression. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The token to be read next; the last one, `end`, is never passed. */
  get token(): Token {
    const token = this.#tokens[this.#next];
    if (!token) throw new Flaw('The expression ends too early.', 0);
    return token;
  }

  /** Whether the next token is this operator or word. */
  is(text: string): boolean {
    const { kind, text: found } = this.token;
    return found === text && (kind === 'operator' || kind === 'name');
  }

  take(): Token {
    const { token } = this;
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  skip(text: string): boolean {
    if (!this.is(text)) return false;
    this.#next++;
    return true;
  }

  need(text: string): Token {
    if (!this.is(text)) throw this.unexpected(`"${text}"`);
    return this.take();
  }

  name(what: string): Token {
    if (this.token.kind !== 'name') throw this.unexpected(what);
    return this.take();
  }

  /** Fails unless all was read. */
  end(): void {
    if (this.token.kind !== 'end') throw this.unexpected('the end of the expression');
  }

  unexpected(wanted: string): Flaw {
    const { kind, text, at } = this.token;
    if (kind === 'end') return new Flaw(`The template ends where ${wanted} should come.`, at);
    const hint = text === '=' ? 'To compare, write ==.' : undefined;
    return new Flaw(`Found ${shown(text)} where ${wanted} should come.`, at, hint);
  }

  /** Whether the token after the next one is this. */
  ahead(kind: Token['kind'], text: string): boolean {
    const after = this.#tokens[this.#next + 1];
    return after?.kind === kind && after.text === text;
  }

  /** Reads something nested one level deeper. */
  deeper<T>(read: () => T): T {
    if (++this.#depth > LIMITS.depth) {
      throw new Flaw('The expression is nested too deeply.', this.token.at);
    }
    const result = read();
    this.#depth--;
    return result;
  }
}

const shown = (text: string): string => (text.startsWith('"') ? text : `"${text}"`);
