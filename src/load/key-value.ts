import type { Source } from '../lib/source.ts';
import type { ScalarTree } from '../model/tree.ts';

/** One `key=value` of a text; the value is a text, its quotes taken off. */
export interface KeyValue {
  readonly key: string;
  readonly keySource: Source;
  readonly value: ScalarTree;
}

/** What stands in a text of old-style arguments. */
export interface KeyValues {
  readonly pairs: readonly KeyValue[];
  /** What is no pair: the command line of `shell: ls creates=/x`. Empty when there is nothing. */
  readonly rest: string;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

/**
 * The old way to write arguments, `state=present name="a b"`, as Ansible splits it: quotes and templates
 * keep blanks together, `\=` is no pair. Where `only` is given, other keys belong to the rest. Nothing when a
 * quote or a template is not closed.
 */
export function parseKeyValues(
  scalar: ScalarTree,
  only?: ReadonlySet<string>,
): KeyValues | undefined {
  const text = String(scalar.value);
  const tokens = split(text);
  if (!tokens) return undefined;
  const pairs: KeyValue[] = [];
  let rest = '';
  for (const token of tokens) {
    const pair = pairOf(token, text, scalar);
    if (pair && (!only || only.has(pair.key))) pairs.push(pair);
    else {
      const kept = pair ? token.text : token.text.replaceAll('\\=', '=');
      rest += rest === '' || rest.endsWith('\n') ? kept : ` ${kept}`;
    }
  }
  return { pairs, rest };
}

function pairOf({ text, at }: Token, all: string, scalar: ScalarTree): KeyValue | undefined {
  const equals = /^[^=][^=\\]*(?:\\.[^=\\]*)*(?==)/s.exec(text)?.[0].length;
  if (equals === undefined) return undefined;
  const key = text.slice(0, equals).trim();
  if (!/^[A-Za-z_][\w.-]*$/.test(key)) return undefined;
  const raw = text.slice(equals + 1);
  const value = unquoted(unescaped(raw).trim());
  return {
    key,
    keySource: placeIn(scalar, all, at),
    value: { ...scalar, value, source: placeIn(scalar, all, at + equals + 1) },
  };
}

/** Exact on the first line of a plain text; below it the line is right where the text is a block. */
function placeIn({ source }: ScalarTree, text: string, at: number): Source {
  const before = text.slice(0, at).split('\n');
  return before.length > 1 ? source : { ...source, column: source.column + at };
}

const unquoted = (text: string): string =>
  text.length > 1 &&
  /^["']/.test(text) &&
  text.endsWith(text.charAt(0)) &&
  !text.endsWith(`\\${text.charAt(0)}`)
    ? text.slice(1, -1)
    : text;

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const unescaped = (text: string): string =>
  text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|([\\'"abfnrtv]))/g,
    (_, two: string | undefined, four: string | undefined, one: string | undefined) =>
      one === undefined
        ? String.fromCharCode(Number.parseInt(two ?? four ?? '0', 16))
        : (ESCAPES[one] ?? one),
  );

/** The state of a reader of such a text: what is open where it stands. */
class Splitter {
  readonly tokens: { text: string; at: number }[] = [];
  #quote = '';
  readonly #depth = { '{{': 0, '{%': 0, '{#': 0 };

  get open(): boolean {
    return this.#quote !== '' || Object.values(this.#depth).some((depth) => depth > 0);
  }

  get #braces(): boolean {
    return Object.values(this.#depth).some((depth) => depth > 0);
  }

  add(text: string): void {
    const last = this.tokens.at(-1);
    if (last) last.text += text;
  }

  /** One word between blanks; `first` of its line, of `many` words. */
  word(word: string, at: number, first: boolean, many: boolean): void {
    const wasQuoted = this.#quote !== '';
    const wasBraced = this.#braces;
    this.#quote = quoteAfter(word, this.#quote);
    const last = this.tokens.at(-1);
    if (last && (wasBraced || wasQuoted)) {
      last.text += `${first && wasQuoted ? '' : many ? (first ? '' : ' ') : '\n'}${word}`;
    } else if (word !== '') this.tokens.push({ text: word, at });
    for (const [open, close] of BRACES)
      this.#depth[open] = Math.max(0, this.#depth[open] + count(word, open) - count(word, close));
  }
}

const BRACES = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
] as const;

const count = (text: string, part: string): number => text.split(part).length - 1;

function quoteAfter(word: string, before: string): string {
  let quote = before;
  for (let i = 0; i < word.length; i++) {
    const letter = word.charAt(i);
    if ((letter !== '"' && letter !== "'") || word.charAt(i - 1) === '\\') continue;
    if (quote === '') quote = letter;
    else if (quote === letter) quote = '';
  }
  return quote;
}

function split(text: string): readonly Token[] | undefined {
  const reader = new Splitter();
  const lines = text.split('\n');
  let at = 0;
  for (const [number, line] of lines.entries()) {
    const words = line.split(' ');
    let continued = false;
    for (const [i, word] of words.entries()) {
      if (word === '' && i > 0) reader.add(' ');
      else if (word === '\\' && !reader.open) continued = true;
      else reader.word(word, at, i === 0, words.length > 1);
      at += word.length + 1;
    }
    if (lines.length > 1 && number < lines.length - 1 && !continued) reader.add('\n');
  }
  return reader.open ? undefined : reader.tokens;
}
