import { Buffer } from 'node:buffer';
import { OrchError } from '../../lib/errors.ts';

/** What busctl prints as text: strings, numbers, booleans, lists (arrays, structs) and maps (dictionaries). */
export type BusValue =
  | string
  | number
  | boolean
  | readonly BusValue[]
  | { readonly [key: string]: BusValue };

/** Reads one reply of `busctl call` in its plain form: `a{sv} 1 "ports" a(ss) 1 "80" "tcp"`. Throws REPLY_UNREADABLE. */
export function readBusctl(text: string): readonly BusValue[] {
  const words = tokens(text);
  const signature = words.next();
  const values = typesOf(signature.text).map((type) => valueOf(type, words));
  if (!words.done()) throw unreadable(text);
  return values;
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

interface Words {
  next(): Token;
  done(): boolean;
  /** How many are left: no array can be longer than that. */
  left(): number;
}

const WORD = /\s*(?:"([^"\\]*(?:\\[^][^"\\]*)*)"|([^\s"]+))/y;

function tokens(text: string): Words {
  const found: Token[] = [];
  const pattern = new RegExp(WORD);
  const body = text.trim();
  while (pattern.lastIndex < body.length) {
    const match = pattern.exec(body);
    if (!match) throw unreadable(text);
    const [, quoted, bare] = match;
    found.push(
      quoted === undefined
        ? { text: bare ?? '', quoted: false }
        : { text: unescape(quoted), quoted: true },
    );
  }
  let at = 0;
  return {
    next() {
      const token = found[at++];
      if (!token) throw unreadable(text);
      return token;
    },
    done: () => at === found.length,
    left: () => found.length - at,
  };
}

/** Splits a signature into complete types: `sa{sv}` → `s`, `a{sv}`. */
function typesOf(signature: string): string[] {
  const types: string[] = [];
  let at = 0;
  while (at < signature.length) {
    const end = typeEnd(signature, at);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function typeEnd(signature: string, start: number): number {
  let at = start;
  while (signature[at] === 'a') at++;
  const open = signature[at];
  if (open !== '(' && open !== '{') {
    if (open === undefined || !/[sogbynqiuxtdv]/.test(open)) throw unreadable(signature);
    return at + 1;
  }
  let depth = 0;
  for (; at < signature.length; at++) {
    const letter = signature[at] ?? '';
    if ('({'.includes(letter)) depth++;
    if (')}'.includes(letter) && --depth === 0) return at + 1;
  }
  throw unreadable(signature);
}

/** D-Bus itself allows no more than 64 containers in one another. */
const DEPTH = 64;

function valueOf(type: string, words: Words, depth = 0): BusValue {
  if (depth > DEPTH) throw unreadable(type);
  const first = type[0] ?? '';
  if (first === 'v') return variant(words, depth);
  if (first === 'a') return array(type.slice(1), words, depth);
  if (first === '(')
    return typesOf(type.slice(1, -1)).map((inner) => valueOf(inner, words, depth + 1));
  const { text, quoted } = words.next();
  if ('sog'.includes(first)) return quoted ? text : fail(text);
  if (first === 'b') return text === 'true' || (text !== 'false' && fail(text));
  return quoted || !Number.isFinite(Number(text)) ? fail(text) : Number(text);
}

function variant(words: Words, depth: number): BusValue {
  const [type, ...more] = typesOf(words.next().text);
  if (type === undefined || more.length > 0) throw unreadable('variant');
  return valueOf(type, words, depth + 1);
}

function array(inner: string, words: Words, depth: number): BusValue {
  const count = Number(words.next().text);
  if (!Number.isInteger(count) || count < 0 || count > words.left())
    throw unreadable(String(count));
  const items = Array.from({ length: count });
  if (!inner.startsWith('{')) return items.map(() => valueOf(inner, words, depth + 1));
  const [key, value, ...more] = typesOf(inner.slice(1, -1));
  if (!/^[sogbynqiuxtd]$/.test(key ?? '') || value === undefined || more.length > 0) {
    throw unreadable(inner);
  }
  return Object.fromEntries(
    items.map(() => [words.next().text, valueOf(value, words, depth + 1)] as const),
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** C escapes as systemd writes them; bytes above ASCII come as octal and are UTF-8 when put together. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  const parts = text.split(/(\\(?:[0-7]{3}|x[0-9a-fA-F]{2}|[^]))/);
  return Buffer.concat(
    parts.map((part) => {
      if (!part.startsWith('\\')) return Buffer.from(part, 'utf8');
      const code = part.slice(1);
      if (/^[0-7]{3}$/.test(code)) return Buffer.from([parseInt(code, 8) & 255]);
      if (/^x..$/.test(code)) return Buffer.from([parseInt(code.slice(1), 16)]);
      return Buffer.from(ESCAPES[code] ?? code, 'utf8');
    }),
  ).toString('utf8');
}

const fail = (text: string): never => {
  throw unreadable(text);
};

const unreadable = (text: string): OrchError =>
  new OrchError(
    'REPLY_UNREADABLE',
    `busctl answered in a form orch does not understand: ${JSON.stringify(text.slice(0, 120))}`,
  );
