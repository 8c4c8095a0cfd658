/** A place in a text that moves on as pieces of it are read. Patterns are sticky (`y`). */
export class Scanner {
  readonly text: string;
  readonly #space: RegExp;
  at = 0;

  /** `space` is what may stand between pieces; it matches nothing too. */
  constructor(text: string, space: RegExp) {
    this.text = text;
    this.#space = space;
  }

  /** Reads what a pattern matches here; empty where it does not. */
  match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  /** Reads space, and one character if it is this one. */
  skip(char: string): boolean {
    this.match(this.#space);
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  /** Whether only space is left. */
  ended(): boolean {
    this.match(this.#space);
    return this.at >= this.text.length;
  }
}
