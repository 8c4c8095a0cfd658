import type { Source } from '../lib/source.ts';
import type { Entry, ListTree, MapTree, ScalarTree, Tree } from '../model/tree.ts';
import { plainTree } from './scalar.ts';
import { leave, Left } from './yaml-left.ts';
import { blockText, isBlock } from './yaml-quick-block.ts';
import { flowValue, quoted, type Piece } from './yaml-quick-flow.ts';

interface Line {
  readonly text: string;
  readonly indent: number;
  /** From 1. */
  readonly number: number;
}

/**
 * The tree of a YAML text that is as most are: maps and lists by indentation, words, quoted texts and brackets on one
 * line, texts in block style, comments. Nothing where anything else is in it, or anything is wrong: the whole parser reads that. What is read
 * here is what the whole parser makes of it, places included.
 */
export function quickTree(file: string, text: string): Tree | undefined {
  if (ODD.test(text)) return undefined;
  try {
    const all = text.split('\n');
    return new Quick(file, all, linesOf(all)).root();
  } catch (error) {
    if (error instanceof Left) return undefined;
    throw error;
  }
}

/** Tabs and other control characters, carriage returns, and what begins a document that is not the first. */
const ODD = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe]|^(?:---.|\.\.\.|%)|\n(?:---|\.\.\.|%)/;

function linesOf(all: readonly string[]): readonly Line[] {
  const lines: Line[] = [];
  for (const [i, line] of all.entries()) {
    const indent = line.search(/[^ ]/);
    if (indent < 0 || line[indent] === '#' || (line === '---' && lines.length === 0)) continue;
    lines.push({ text: line, indent, number: i + 1 });
  }
  return lines;
}

/** Keys as nearly all are: a word, perhaps with dots, dashes or slashes in it. */
const KEY = /^([A-Za-z0-9_][\w./-]*):(?: +|$)/;

class Quick {
  readonly #file: string;
  readonly #all: readonly string[];
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(file: string, all: readonly string[], lines: readonly Line[]) {
    this.#file = file;
    this.#all = all;
    this.#lines = lines;
  }

  root(): Tree {
    const first = this.#lines[0] ?? leave();
    const tree = this.#block(first.indent);
    return this.#at === this.#lines.length ? tree : leave();
  }

  /** What begins at the current line, in this column. */
  #block(column: number): Tree {
    const line = this.#lines[this.#at] ?? leave();
    const rest = line.text.slice(column);
    if (rest.startsWith('- ') || rest === '-') return this.#list(column);
    return KEY.test(rest) ? this.#map(column) : leave();
  }

  #list(column: number): ListTree {
    const source = this.#place(column);
    const items: Tree[] = [];
    for (let first = true; ; first = false) {
      const line = this.#lines[this.#at];
      if (!line || (!first && line.indent < column)) break;
      if (!first && line.indent !== column) leave();
      const { text } = line;
      if (!text.startsWith('- ', column)) {
        if (first || text === '-'.padStart(column + 1)) leave();
        break;
      }
      const gap = text.slice(column + 1).search(/[^ ]/);
      const inner = column + 1 + gap;
      if (gap < 0 || text[inner] === '#') leave();
      items.push(this.#item(line, inner, column));
    }
    return { kind: 'list', items, source };
  }

  #item(line: Line, inner: number, column: number): Tree {
    const rest = line.text.slice(inner);
    if (rest.startsWith('- ') || rest === '-' || KEY.test(rest)) return this.#block(inner);
    return this.#scalar(line, inner, column);
  }

  #map(column: number): MapTree {
    const source = this.#place(column);
    const entries: Entry[] = [];
    const seen = new Set<string>();
    for (let first = true; ; first = false) {
      const line = this.#lines[this.#at];
      if (!line || (!first && line.indent < column)) break;
      if (!first && line.indent !== column) leave();
      const [whole, key = ''] = KEY.exec(line.text.slice(column)) ?? leave();
      if (seen.has(key)) leave();
      seen.add(key);
      const keySource = this.#place(column);
      const start = column + whole.length;
      entries.push({ key, keySource, value: this.#value(line, start, column, keySource) });
    }
    return { kind: 'map', entries, source };
  }

  #value(line: Line, start: number, column: number, keySource: Source): Tree {
    const { text } = line;
    if (start < text.length && text[start] !== '#') return this.#scalar(line, start, column);
    this.#at++;
    const next = this.#lines[this.#at];
    // A list may stand as far left as its key.
    const listHere = next?.indent === column && /^ *-(?: |$)/.test(next.text);
    if (next && (next.indent > column || listHere)) return this.#block(next.indent);
    return { kind: 'scalar', value: null, source: keySource };
  }

  /** A value on the rest of a line; what goes on in the next line is left to the whole parser. */
  #scalar(line: Line, start: number, column: number): Tree {
    const at = (offset: number): Source => ({
      file: this.#file,
      line: line.number,
      column: offset + 1,
    });
    const rest = line.text.slice(start);
    if (isBlock(rest)) return this.#blockText(rest, line.number, column, at(start));
    const tree = onLine(line.text, start, at);
    this.#at++;
    const next = this.#lines[this.#at];
    if (next && next.indent > column) leave();
    // A comment, or an empty line, ends no text that goes on further to the right.
    return tree;
  }

  #blockText(header: string, number: number, column: number, source: Source): ScalarTree {
    const { value, last } = blockText(header, this.#all, number, column);
    while ((this.#lines[this.#at]?.number ?? Infinity) <= last) this.#at++;
    return { kind: 'scalar', value, source };
  }

  #place(column: number): Source {
    const line = this.#lines[this.#at] ?? leave();
    return { file: this.#file, line: line.number, column: column + 1 };
  }
}

function onLine(text: string, start: number, at: (offset: number) => Source): Tree {
  const char = text[start] ?? '';
  if (char === '"' || char === "'" || char === '{' || char === '[') {
    const piece: Piece =
      char === '{' || char === '[' ? flowValue(text, start, at) : quoted(text, start, at);
    if (!/^ *(?: #.*)?$/.test(text.slice(piece.end))) leave();
    return piece.tree;
  }
  return word(text.slice(start), at(start));
}

/** A plain value to the end of its line. */
function word(rest: string, source: Source): ScalarTree {
  const comment = rest.indexOf(' #');
  const value = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd();
  if (!/^(?:[A-Za-z0-9_/.~+=(<$^;]|-[^ ])/.test(value) || /: |:$/.test(value)) leave();
  return plainTree(value, source);
}
