/** Why a pattern cannot be used, as a sentence without its subject: "has an unknown escape \\q". */
export class PatternFlaw extends Error {}

/** How a pattern is read. */
export interface PatternOptions {
  /** `bytes`: \w, \d and \s are ASCII, as in patterns over bytes; the subject is text of bytes (latin1). */
  readonly over?: 'text' | 'bytes';
  readonly multiline?: boolean;
  readonly dotAll?: boolean;
  readonly ignoreCase?: boolean;
}

interface Flags {
  ignoreCase: boolean;
  multiline: boolean;
  dotAll: boolean;
  verbose: boolean;
  ascii: boolean;
}

const ASCII = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: ' \\t\\n\\r\\f\\v',
} as const;
const UNICODE = {
  d: '\\p{Nd}',
  w: '\\p{L}\\p{N}_',
  s: '\\s\\x1c-\\x1f',
} as const;

/** A pattern of Python's `re` as a JavaScript one that matches the same. Throws PatternFlaw. */
export function pythonRegex(source: string, options: PatternOptions = {}): RegExp {
  const { body, ignoreCase } = new Translator(source, options).all();
  try {
    return new RegExp(body, ignoreCase ? 'dgiv' : 'dgv');
  } catch {
    throw new PatternFlaw('is no valid regular expression');
  }
}

/** Whether a pattern asks for `(?m)` by itself, as blockinfile wants to know. */
export const isMultiline = (source: string): boolean => /^\(\?[aiLmsux]*m[aiLmsux]*\)/.test(source);

class Translator {
  readonly #text: string;
  readonly #flags: Flags;
  #at = 0;

  constructor(source: string, options: PatternOptions) {
    this.#flags = {
      ignoreCase: options.ignoreCase ?? false,
      multiline: options.multiline ?? false,
      dotAll: options.dotAll ?? false,
      verbose: false,
      ascii: options.over === 'bytes',
    };
    const inline = /^\(\?([aiLmsux]+)\)/.exec(source);
    for (const letter of inline?.[1] ?? '') this.#flag(letter);
    this.#text = source.slice(inline?.[0].length ?? 0);
  }

  all(): { readonly body: string; readonly ignoreCase: boolean } {
    let body = '';
    while (this.#at < this.#text.length) body += this.#next();
    return { body, ignoreCase: this.#flags.ignoreCase };
  }

  #flag(letter: string): void {
    if (letter === 'i') this.#flags.ignoreCase = true;
    if (letter === 'm') this.#flags.multiline = true;
    if (letter === 's') this.#flags.dotAll = true;
    if (letter === 'x') this.#flags.verbose = true;
    if (letter === 'a') this.#flags.ascii = true;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found ?? undefined;
  }

  #next(): string {
    if (this.#flags.verbose && this.#take(/\s+|#[^\n]*/y)) return '';
    const quantifier = this.#take(/\{(\d*),?(\d*)\}[?+]?|[*+?][?+]?/y);
    if (quantifier) return this.#quantified(quantifier);
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    if (char === '\\') return this.#escape();
    if (char === '[') return this.#class();
    if (char === '(') return this.#group();
    this.#at += char.length;
    if (char === '.') return this.#flags.dotAll ? '[\\s\\S]' : '[^\\n]';
    if (char === '^') return this.#flags.multiline ? '(?<![^\\n])' : '^';
    if (char === '$') return this.#flags.multiline ? '(?![^\\n])' : '(?=\\n?$)';
    return char === '|' || char === ')' ? char : literal(char);
  }

  #quantified([whole, from = '', to = '']: RegExpExecArray): string {
    if (!whole.startsWith('{')) {
      if (whole.length === 2 && whole.endsWith('+'))
        throw new PatternFlaw(`has a possessive quantifier ${whole}, which orch does not have`);
      return whole;
    }
    if (!whole.includes(',')) return from === '' ? Array.from(whole).map(literal).join('') : whole;
    if (from === '' && to === '') return Array.from(whole).map(literal).join('');
    return from === '' ? whole.replace('{,', '{0,') : whole;
  }

  #group(): string {
    if (this.#take(/\(\?#[^)]*\)/y)) return '';
    const named = this.#take(/\(\?P<([A-Za-z_]\w*)>/y);
    if (named) return `(?<${named[1] ?? ''}>`;
    const again = this.#take(/\(\?P=([A-Za-z_]\w*)\)/y);
    if (again) return `\\k<${again[1] ?? ''}>`;
    const plain = this.#take(/\((?:\?(?::|=|!|<=|<!))?(?!\?)/y);
    if (plain) return plain[0];
    const what = this.#text.slice(this.#at, this.#at + 5);
    throw new PatternFlaw(`has a group ${what}..., which orch does not have`);
  }

  #escape(): string {
    const [, char = ''] = this.#take(/\\([\s\S]?)/y) ?? [];
    if (char === '') throw new PatternFlaw('ends in a backslash');
    if (char === 'A') return '^';
    if (char === 'Z') return '$';
    if (char === 'b' || char === 'B') return this.#border(char);
    if (/[1-9]/.test(char)) {
      const more = this.#take(/\d/y)?.[0] ?? '';
      return `(?:\\${char}${more})`;
    }
    return this.#charClass(char) ?? literal(this.#character(char));
  }

  #border(char: 'b' | 'B'): string {
    const w = `[${this.#set.w}]`;
    const both = `(?<=${w})(?!${w})|(?<!${w})(?=${w})`;
    return char === 'b' ? `(?:${both})` : `(?!${both})`;
  }

  get #set(): typeof ASCII | typeof UNICODE {
    return this.#flags.ascii ? ASCII : UNICODE;
  }

  #charClass(char: string): string | undefined {
    const lower = char.toLowerCase();
    if (lower !== 'd' && lower !== 'w' && lower !== 's') return undefined;
    return `[${char === lower ? '' : '^'}${this.#set[lower]}]`;
  }

  /** The character an escape stands for; the backslash and its letter are read already. */
  #character(char: string): string {
    const known = SIMPLE.get(char);
    if (known !== undefined) return known;
    if (char === '0')
      return String.fromCodePoint(parseInt(this.#take(/[0-7]{0,2}/y)?.[0] || '0', 8));
    const length = { x: 2, u: 4, U: 8 }[char];
    if (length !== undefined) {
      const digits = this.#take(new RegExp(`[0-9A-Fa-f]{${length}}`, 'y'))?.[0];
      const code = digits === undefined ? -1 : parseInt(digits, 16);
      if (code < 0 || code > 0x10ffff) throw new PatternFlaw(`has an incomplete escape \\${char}`);
      return String.fromCodePoint(code);
    }
    if (/[A-Za-z]/.test(char)) throw new PatternFlaw(`has an unknown escape \\${char}`);
    return char;
  }

  #class(): string {
    const negated = this.#take(/\[\^/y) ? '^' : '';
    if (negated === '') this.#at += 1;
    let body = '';
    for (let first = true; ; first = false) {
      if (this.#at >= this.#text.length) throw new PatternFlaw('has a [ that is never closed');
      if (!first && this.#take(/\]/y)) return `[${negated}${body}]`;
      const from = this.#member();
      if (isOne(from) && this.#take(/-(?!\])/y)) {
        const to = this.#member();
        if (!isOne(to)) throw new PatternFlaw('has a range that does not end in a character');
        body += `${literal(from)}-${literal(to)}`;
      } else body += isOne(from) ? literal(from) : from;
    }
  }

  /** One character of a class, or a class in brackets. */
  #member(): string {
    const escaped = this.#take(/\\([\s\S]?)/y);
    if (!escaped) {
      const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
      this.#at += char.length;
      return char;
    }
    const char = escaped[1] ?? '';
    if (char === 'b') return '\b';
    if (/[1-7]/.test(char))
      return String.fromCodePoint(parseInt(char + (this.#take(/[0-7]{0,2}/y)?.[0] ?? ''), 8));
    return this.#charClass(char) ?? this.#character(char);
  }
}

const isOne = (text: string): boolean => Array.from(text).length === 1;

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\x07'],
]);

/** A character as itself, wherever it stands. */
function literal(char: string): string {
  if (/[\p{L}\p{N}_]/u.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  return `\\u{${code.toString(16)}}`;
}

/** What a Python replacement (`\1`, `\g<name>`, `\n`) stands for in a match. Throws PatternFlaw. */
export function expandReplacement(
  replacement: string,
  groups: readonly (string | undefined)[],
  named: Readonly<Record<string, string | undefined>> = {},
): string {
  return replacement.replace(
    /\\(?:g<([^>]*)>|([1-9]\d?)|(0[0-7]{0,2}|[0-7]{3})|([\s\S]|$))/g,
    (whole, name?: string, digits?: string, octal?: string, char?: string) => {
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8) & 0xff);
      if (char !== undefined) {
        if (char === '\\') return '\\';
        const known = SIMPLE.get(char) ?? (char === 'b' ? '\b' : undefined);
        if (known !== undefined) return known;
        if (/[A-Za-z]/.test(char)) throw new PatternFlaw(`has an unknown escape ${whole}`);
        return whole;
      }
      const key = name ?? digits ?? '';
      const isNumber = /^\d+$/.test(key);
      const known = isNumber ? Number(key) < groups.length : Object.hasOwn(named, key);
      if (!known) throw new PatternFlaw(`names the group ${key}, which the pattern does not have`);
      return (isNumber ? groups[Number(key)] : named[key]) ?? '';
    },
  );
}

/** Replaces every match, as Python's `sub` does, and counts. Throws PatternFlaw. */
export function replaceAll(
  text: string,
  pattern: RegExp,
  replacement: string,
): { readonly text: string; readonly count: number } {
  let count = 0;
  const replaced = text.replace(pattern, (...found: readonly unknown[]) => {
    count += 1;
    const last = found.at(-1);
    const named =
      typeof last === 'object' ? (last as Record<string, string | undefined>) : undefined;
    const groups = found.slice(0, named ? -3 : -2) as readonly (string | undefined)[];
    return expandReplacement(replacement, groups, named);
  });
  return { text: replaced, count };
}
