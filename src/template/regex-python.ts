import { failure } from './faults.ts';

/** What a pattern came down to. */
interface Translated {
  readonly body: string;
  readonly ignoreCase: boolean;
}

const WORD = '\\p{L}\\p{N}_';
/** Python's classes, which know the letters of every script. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['w', `[${WORD}]`],
  ['W', `[^${WORD}]`],
  ['d', '\\p{Nd}'],
  ['D', '\\P{Nd}'],
  ['s', '\\s'],
  ['S', '\\S'],
  ['b', `(?:(?<![${WORD}])(?=[${WORD}])|(?<=[${WORD}])(?![${WORD}]))`],
  ['B', `(?:(?<![${WORD}])(?![${WORD}])|(?<=[${WORD}])(?=[${WORD}]))`],
  ['A', '(?<![\\s\\S])'],
  ['Z', '(?![\\s\\S])'],
]);
const IN_CLASS: ReadonlyMap<string, string> = new Map([
  ['w', WORD],
  ['d', '\\p{Nd}'],
  ['D', '\\P{Nd}'],
  ['s', '\\s'],
  ['S', '\\S'],
  ['W', '\\P{L}'],
]);
const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['a', '\\x07'],
  ['f', '\\f'],
  ['n', '\\n'],
  ['r', '\\r'],
  ['t', '\\t'],
  ['v', '\\v'],
  ['0', '\\0'],
]);
const SYNTAX = /[\\^$.*+?()[\]{}|/-]/;

const quoted = (char: string): string => (SYNTAX.test(char) ? `\\${char}` : char);

/** A Python regular expression in JavaScript's words, for its flag `u`. */
export function translate(
  source: string,
  flags: { readonly ignoreCase?: boolean; readonly multiline?: boolean },
): Translated {
  const inline = /^\(\?([aiLmsux]+)\)/.exec(source);
  const letters = new Set(inline?.[1] ?? '');
  if (flags.ignoreCase) letters.add('i');
  if (flags.multiline) letters.add('m');
  const translator = new Translator(source.slice(inline?.[0].length ?? 0), letters);
  return { body: translator.all(), ignoreCase: letters.has('i') };
}

class Translator {
  readonly #source: string;
  readonly #flags: ReadonlySet<string>;
  #at = 0;
  #out = '';

  constructor(source: string, flags: ReadonlySet<string>) {
    this.#source = source;
    this.#flags = flags;
  }

  all(): string {
    while (this.#at < this.#source.length) this.#next();
    return this.#out;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern.source, 'uy');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#source);
    if (found) this.#at += found[0].length;
    return found;
  }

  #next(): void {
    const char = this.#source.charAt(this.#at);
    if (char === '\\') this.#escape();
    else if (char === '[') this.#class();
    else if (char === '(') this.#group();
    else if (char === '{') this.#braces();
    else if (this.#flags.has('x') && this.#take(/\s+|#[^\n]*/)) return;
    else {
      const [whole = char] = this.#take(/[\s\S]/) ?? [];
      this.#out += this.#plain(whole);
    }
  }

  #plain(char: string): string {
    const lines = this.#flags.has('m');
    switch (char) {
      case '.':
        return this.#flags.has('s') ? '[\\s\\S]' : '[^\\n]';
      case '^':
        return lines ? '(?<![^\\n])' : '(?<![\\s\\S])';
      case '$':
        // Python's $ also matches before a line break at the very end.
        return lines ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))';
      case ']':
      case '}':
      case '/':
        return `\\${char}`;
      default:
        return char;
    }
  }

  #escape(): void {
    const [whole, long, octal, back, letter, other = ''] =
      this.#take(
        /\\(?:(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})|(0[0-7]{0,2}|[0-3][0-7]{2})|([1-9]\d?)|([A-Za-z])|([\s\S]))/,
      ) ?? [];
    if (whole === undefined) throw failure('The regular expression ends with a backslash.');
    if (long !== undefined) this.#out += `\\u{${long.slice(1)}}`;
    else if (octal !== undefined) this.#out += `\\u{${parseInt(octal, 8).toString(16)}}`;
    else if (back !== undefined) this.#out += `(?:\\${back})`;
    else if (letter === undefined) this.#out += quoted(other);
    else this.#out += CLASSES.get(letter) ?? control(letter);
  }

  #class(): void {
    const [, not = ''] = this.#take(/\[(\^?)/) ?? [];
    let body = '';
    let first = true;
    for (;;) {
      const found = this.#take(
        /\\(?:(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})|(0[0-7]{0,2})|([A-Za-z])|([\s\S]))|([\s\S])/,
      );
      if (!found) throw failure('The regular expression has a "[" that is never closed.');
      const [whole, long, octal, letter, escaped, plain] = found;
      if (whole === ']' && !first) break;
      first = false;
      if (long !== undefined) body += `\\u{${long.slice(1)}}`;
      else if (octal !== undefined) body += `\\u{${parseInt(octal, 8).toString(16)}}`;
      else if (letter !== undefined) {
        body += letter === 'b' ? '\\b' : (IN_CLASS.get(letter) ?? control(letter));
        // A dash behind a class is a dash, not a range.
        if (IN_CLASS.has(letter) && this.#take(/-(?!\])/)) body += '\\-';
      } else if (plain === '-') body += body === '' || this.#source[this.#at] === ']' ? '\\-' : '-';
      else body += inClass(escaped ?? plain ?? '');
    }
    this.#out += `[${not}${body}]`;
  }

  #group(): void {
    if (this.#take(/\(\?#[^)]*\)/)) return;
    const named = this.#take(/\(\?P<(\w+)>/);
    if (named) {
      this.#out += `(?<${named[1] ?? ''}>`;
      return;
    }
    const reference = this.#take(/\(\?P=(\w+)\)/);
    if (reference) {
      this.#out += `\\k<${reference[1] ?? ''}>`;
      return;
    }
    const known = this.#take(/\(\?(?::|=|!|<=|<!|<(?=[A-Za-z_]))|\((?!\?)/);
    if (!known) {
      throw failure(
        'The regular expression has a kind of group that is not supported.',
        'Flags such as (?i) are understood at the very start, or as arguments of the filter.',
      );
    }
    this.#out += known[0];
  }

  /** A number of repetitions, or a brace that means itself. */
  #braces(): void {
    const count = this.#take(/\{(\d*)(?:(,)(\d*))?\}/);
    const [, from = '', comma, to = ''] = count ?? [];
    if (count && (from !== '' || (comma !== undefined && to !== ''))) {
      this.#out += `{${from || '0'}${comma ?? ''}${to}}`;
      return;
    }
    if (count) this.#at -= count[0].length - 1;
    else this.#at++;
    this.#out += '\\{';
  }
}

function control(letter: string): string {
  const found = CONTROLS.get(letter);
  if (found === undefined) throw failure(`The regular expression has a bad escape \\${letter}.`);
  return found;
}

const inClass = (char: string): string => (/[\\\]^[/-]/.test(char) ? `\\${char}` : char);
