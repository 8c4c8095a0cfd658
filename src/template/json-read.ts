import { failure } from './faults.ts';
import { dict, integer, numeric, type Val } from './values.ts';
import { Scanner } from './scanner.ts';

const SPACE = /[ \t\n\r]*/y;
// Line breaks and other control characters do not belong in a text.
const STRING =
  /"[ !#-[\]-\u{10ffff}]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\u{10ffff}]*)*"/uy;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const WORD = /true|false|null|NaN|-?Infinity/y;
const WORDS: ReadonlyMap<string, Val> = new Map<string, Val>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
const DEEPEST = 400;

/**
 * Reads JSON as Python does: keys keep their order, numbers with a point are floats, large integers exact.
 * The text is never quoted in an error: it may be secret.
 */
export function readJson(text: string): Val {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  readonly #in: Scanner;

  constructor(text: string) {
    this.#in = new Scanner(text, SPACE);
  }

  value(depth: number): Val {
    if (depth > DEEPEST) throw failure('The JSON is nested too deeply.');
    this.#in.match(SPACE);
    if (this.#in.skip('{')) return this.#map(depth);
    if (this.#in.skip('[')) return this.#list(depth);
    const string = this.#in.match(STRING);
    if (string !== '') return JSON.parse(string) as string;
    const word = this.#in.match(WORD);
    if (word !== '') return WORDS.get(word) ?? null;
    return this.#number();
  }

  end(): void {
    if (!this.#in.ended()) throw this.#wrong();
  }

  #number(): Val {
    NUMBER.lastIndex = this.#in.at;
    const found = NUMBER.exec(this.#in.text);
    if (!found) throw this.#wrong();
    this.#in.at += found[0].length;
    const float = found[1] !== undefined || found[2] !== undefined;
    return float ? numeric(Number(found[0]), true) : integer(BigInt(found[0]));
  }

  #list(depth: number): Val {
    const items: Val[] = [];
    if (this.#in.skip(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.#in.skip(','));
    if (!this.#in.skip(']')) throw this.#wrong();
    return items;
  }

  #map(depth: number): Val {
    const entries: [string, Val][] = [];
    if (this.#in.skip('}')) return dict(entries);
    do {
      this.#in.match(SPACE);
      const key = this.#in.match(STRING);
      if (key === '' || !this.#in.skip(':')) throw this.#wrong();
      entries.push([JSON.parse(key) as string, this.value(depth + 1)]);
    } while (this.#in.skip(','));
    if (!this.#in.skip('}')) throw this.#wrong();
    return dict(entries);
  }

  #wrong(): Error {
    const lines = this.#in.text.slice(0, this.#in.at).split('\n');
    const column = (lines.at(-1)?.length ?? 0) + 1;
    return failure(
      `The text is not valid JSON: see its line ${lines.length}, column ${column}.`,
      'Look at it with debug; was the output cut?',
    );
  }
}
