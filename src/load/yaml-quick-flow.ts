import type { Source } from '../lib/source.ts';
import type { Entry, Tree } from '../model/tree.ts';
import { plainTree } from './scalar.ts';
import { leave } from './yaml-left.ts';

/** A value within a line, and where it ends. */
export interface Piece {
  readonly tree: Tree;
  readonly end: number;
}

type At = (offset: number) => Source;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\', '/': '/' };

/** A quoted text that ends on its line. */
export function quoted(text: string, start: number, at: At): Piece {
  const mark = text[start] ?? leave();
  // Runs of plain characters are one step each: one step a character would overflow the stack at long texts.
  const found = mark === '"' ? /"([^"\\]*(?:\\.[^"\\]*)*)"/y : /'([^']*(?:''[^']*)*)'/y;
  found.lastIndex = start;
  const [whole, inner = ''] = found.exec(text) ?? leave();
  const value =
    mark === '"'
      ? inner.replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? leave())
      : inner.replaceAll("''", "'");
  return { tree: { kind: 'scalar', value, source: at(start) }, end: start + whole.length };
}

/** A list or map in brackets that ends on its line. */
export function flowValue(text: string, start: number, at: At): Piece {
  const char = text[start];
  if (char === '"' || char === "'") return quoted(text, start, at);
  if (char === '[') return flowList(text, start, at);
  if (char === '{') return flowMap(text, start, at);
  const word = /[A-Za-z0-9_/.~+-][^,[\]{}:#'"&*!|>%@`\\]*/y;
  word.lastIndex = start;
  const [whole] = word.exec(text) ?? leave();
  const next = text[start + whole.length];
  if ((next !== ',' && next !== ']' && next !== '}') || /^-(?: |$)/.test(whole)) leave();
  return { tree: plainTree(whole.trimEnd(), at(start)), end: start + whole.length };
}

const blanks = (text: string, from: number): number => {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
};

function flowList(text: string, start: number, at: At): Piece {
  const items: Tree[] = [];
  let here = blanks(text, start + 1);
  while (text[here] !== ']') {
    const piece = flowValue(text, here, at);
    items.push(piece.tree);
    here = behind(text, piece.end, ']');
  }
  return { tree: { kind: 'list', items, source: at(start) }, end: here + 1 };
}

const FLOW_KEY = /([A-Za-z0-9_][\w./-]*): +/y;

function flowMap(text: string, start: number, at: At): Piece {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  let here = blanks(text, start + 1);
  while (text[here] !== '}') {
    FLOW_KEY.lastIndex = here;
    const [whole, key = ''] = FLOW_KEY.exec(text) ?? leave();
    if (seen.has(key)) leave();
    seen.add(key);
    const piece = flowValue(text, here + whole.length, at);
    entries.push({ key, keySource: at(here), value: piece.tree });
    here = behind(text, piece.end, '}');
  }
  return { tree: { kind: 'map', entries, source: at(start) }, end: here + 1 };
}

/** Where the next item begins, or the closing bracket. */
function behind(text: string, end: number, close: string): number {
  const here = blanks(text, end);
  if (text[here] === close) return here;
  if (text[here] !== ',') leave();
  const next = blanks(text, here + 1);
  // `{a: 1, }` and the like are rare.
  return text[next] === close ? leave() : next;
}
