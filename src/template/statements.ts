import type { Stmt } from './ast.ts';
import { Flaw } from './flaw.ts';
import type { Piece } from './lexer.ts';
import { Parser } from './parser.ts';

/** A stretch of a template. */
export type Body = readonly Stmt[];

/** Reads a tag, and what belongs to it, from behind its first word. */
export type Reader = (reader: Statements, parser: Parser, at: number) => Stmt;

/** Ends a body: the tag's word, and the parser that stands behind it. */
interface Stop {
  readonly word: string;
  readonly parser: Parser;
}

/** Reads the text and tags of a template into statements. */
export class Statements {
  readonly #pieces: readonly Piece[];
  readonly #readers: Readonly<Record<string, Reader>>;
  #next = 0;

  constructor(pieces: readonly Piece[], readers: Readonly<Record<string, Reader>>) {
    this.#pieces = pieces;
    this.#readers = readers;
  }

  /** The whole template. */
  all(): Body {
    const { body } = this.body('', -1, []);
    return body;
  }

  /** Statements up to one of the tags in `stops`; without stops, to the end. */
  body(
    opened: string,
    at: number,
    stops: readonly string[],
  ): { body: Body; stop: Stop | undefined } {
    const body: Stmt[] = [];
    for (;;) {
      const piece = this.#pieces[this.#next++];
      if (!piece) {
        if (stops.length === 0) return { body, stop: undefined };
        throw new Flaw(
          `The "${opened}" block is never closed.`,
          at,
          `Close it with {% end${opened} %}.`,
        );
      }
      if (piece.kind === 'text') {
        body.push(piece);
        continue;
      }
      const parser = new Parser(piece.tokens);
      if (piece.kind === 'output') {
        const value = parser.expressions();
        parser.end();
        body.push({ kind: 'output', value });
        continue;
      }
      const tag = parser.name('the name of a tag');
      if (stops.includes(tag.text)) return { body, stop: { word: tag.text, parser } };
      body.push(this.#tag(tag.text, parser, tag.at));
    }
  }

  #tag(word: string, parser: Parser, at: number): Stmt {
    const read = Object.hasOwn(this.#readers, word) ? this.#readers[word] : undefined;
    if (read) return read(this, parser, at);
    if (word.startsWith('end') || word === 'else' || word === 'elif') {
      throw new Flaw(`Nothing is open for "${word}" to end.`, at);
    }
    const names = Object.keys(this.#readers).join(', ');
    throw new Flaw(`"${word}" is no tag.`, at, `The tags are: ${names}.`);
  }

  /** A body that runs to `{% endWORD %}`. */
  until(word: string, at: number, name?: string): Body {
    const { body, stop } = this.body(word, at, [`end${word}`]);
    if (name !== undefined) stop?.parser.skip(name);
    stop?.parser.end();
    return body;
  }
}
