import { limitText } from './faults.ts';
import type { Analysis } from './yaml-scalar.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '0'],
  ['\x07', 'a'],
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\v', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['\x1b', 'e'],
  ['"', '"'],
  ['\\', '\\'],
  ['\x85', 'N'],
  ['\xa0', '_'],
  ['\u2028', 'L'],
  ['\u2029', 'P'],
]);

/** Writes YAML as libyaml's emitter does, with its rules for blanks, indentation and long lines. */
export class Emitter {
  readonly #step: number;
  readonly #width: number;
  readonly #ascii: boolean;
  #out: string[] = [];
  #size = 0;
  #column = 0;
  #indent = -1;
  #blank = true;
  /** Only blanks and indicators stand in the line so far. */
  indention = true;

  constructor(indent: number, width: number, ascii: boolean) {
    this.#step = indent < 2 || indent > 9 ? 2 : indent;
    this.#width = width <= this.#step * 2 ? 80 : width;
    this.#ascii = ascii;
  }

  /** Whether the line is longer than it should be. */
  get full(): boolean {
    return this.#column > this.#width;
  }

  end(): string {
    if (this.#column > 0) this.#break();
    return this.#out.join('');
  }

  /** Writes the inside of a collection one level deeper. */
  deeper(flow: boolean, indentless: boolean, work: () => void): void {
    const before = this.#indent;
    if (before < 0) this.#indent = flow ? this.#step : 0;
    else if (!indentless) this.#indent += this.#step;
    work();
    this.#indent = before;
  }

  writeIndent(): void {
    const to = Math.max(this.#indent, 0);
    if (!this.indention || this.#column > to || (this.#column === to && !this.#blank)) {
      this.#break();
    }
    if (this.#column < to) this.#put(' '.repeat(to - this.#column));
    this.#blank = true;
    this.indention = true;
  }

  indicator(mark: string, needBlank: boolean, indention = false): void {
    if (needBlank && !this.#blank) this.#put(' ');
    this.#put(mark);
    this.#blank = mark === '[' || mark === '{';
    this.indention = this.indention && indention;
  }

  scalar(text: string, of: Analysis, where: { flow: boolean; key: boolean }): void {
    this.deeper(true, false, () => {
      const plain = where.flow ? of.plainInFlow : of.plainInBlock;
      if (plain) this.#plain(text, !where.key);
      else if (of.single && !(where.key && of.multiline)) this.#single(text, !where.key);
      else this.#double(text, !where.key);
    });
  }

  #put(text: string): void {
    this.#out.push(text);
    this.#column += Array.from(text).length;
    this.#size += text.length;
    limitText(this.#size);
  }

  #break(): void {
    this.#out.push('\n');
    this.#column = 0;
  }

  #plain(text: string, breaks: boolean): void {
    if (!this.#blank) this.#put(' ');
    const pieces = text.split(/( )/);
    for (const [i, piece] of pieces.entries()) {
      const alone = piece === ' ' && pieces[i - 1] !== '' && pieces[i + 1] !== '';
      if (alone && breaks && this.full) this.writeIndent();
      else if (piece !== '') this.#put(piece);
    }
    this.#blank = false;
    this.indention = false;
  }

  #single(text: string, breaks: boolean): void {
    this.indicator("'", true);
    let broken = false;
    let spaces = false;
    for (let i = 0; i < text.length; i++) {
      const char = text.charAt(i);
      if (char === ' ') {
        const inside = i > 0 && i < text.length - 1 && text[i + 1] !== ' ';
        if (breaks && !spaces && this.full && inside) this.writeIndent();
        else this.#put(' ');
        spaces = true;
        continue;
      }
      spaces = false;
      if (char === '\n') {
        if (!broken) this.#break();
        this.#break();
        this.indention = true;
        broken = true;
        continue;
      }
      if (broken) this.writeIndent();
      this.#put(char === "'" ? "''" : char);
      this.indention = false;
      broken = false;
    }
    if (broken) this.writeIndent();
    this.indicator("'", false);
    this.#blank = false;
    this.indention = false;
  }

  #double(text: string, breaks: boolean): void {
    this.indicator('"', true);
    let spaces = false;
    const chars = Array.from(text);
    for (const [i, char] of chars.entries()) {
      if (this.#escaped(char)) {
        this.#put(`\\${ESCAPES.get(char) ?? coded(char)}`);
        spaces = false;
      } else if (char === ' ') {
        const inside = i > 0 && i < chars.length - 1;
        if (breaks && !spaces && this.full && inside) {
          this.writeIndent();
          if (chars[i + 1] === ' ') this.#put('\\');
        } else this.#put(' ');
        spaces = true;
      } else {
        this.#put(char);
        spaces = false;
      }
    }
    this.indicator('"', false);
    this.#blank = false;
    this.indention = false;
  }

  #escaped(char: string): boolean {
    if (char === '"' || char === '\\') return true;
    if (this.#ascii && char > '~') return true;
    return /[\p{Cc}\u2028\u2029\ufeff]/u.test(char);
  }
}

function coded(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code < 0x100) return `x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `u${hex.padStart(4, '0')}` : `U${hex.padStart(8, '0')}`;
}
