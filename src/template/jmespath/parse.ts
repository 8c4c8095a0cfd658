import { readJson } from '../json-read.ts';
import type { Path } from './ast.ts';
import { tokensOf, wrong, type Token } from './tokens.ts';

const CURRENT: Path = { kind: 'current' };
/** How tightly what stands between two expressions binds. */
const POWER: Readonly<Record<string, number>> = {
  '|': 1,
  '||': 2,
  '&&': 3,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '==': 5,
  '!=': 5,
  '[]': 9,
  '*': 20,
  '[?': 21,
  '.': 40,
  '!': 45,
  '[': 55,
};
/** Behind what binds less than this, a projection ends. */
const PROJECTION_END = 10;
const DEEPEST = 100;

const kept = new Map<string, Path>();

/** Parses a JMESPath expression. */
export function parsePath(text: string): Path {
  const known = kept.get(text);
  if (known) return known;
  const parser = new PathParser(tokensOf(text));
  const path = parser.whole();
  if (kept.size > 500) kept.clear();
  kept.set(text, path);
  return path;
}

class PathParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Path {
    const path = this.#expression(0);
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return path;
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #is(operator: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === 'operator' && token.text === operator;
  }

  #skip(operator: string): boolean {
    if (!this.#is(operator)) return false;
    this.#at++;
    return true;
  }

  #need(operator: string): void {
    if (!this.#skip(operator)) throw this.#unexpected(operator);
  }

  #unexpected(wanted?: string): Error {
    const { kind, text } = this.#token;
    const found = kind === 'end' ? 'it ends' : `there is "${text}"`;
    return wrong(`${found} where ${wanted ? `"${wanted}"` : 'something else'} should come`);
  }

  #expression(power: number): Path {
    if (++this.#depth > DEEPEST) throw wrong('it is nested too deeply');
    let left = this.#first();
    while (this.#token.kind === 'operator' && power < (POWER[this.#token.text] ?? 0)) {
      left = this.#rest(left);
    }
    this.#depth--;
    return left;
  }

  #first(): Path {
    const { kind, text } = this.#token;
    this.#at++;
    if (kind === 'name') return this.#is('(') ? this.#call(text) : { kind: 'field', name: text };
    if (kind === 'quoted') return { kind: 'field', name: quotedText(text) };
    if (kind === 'raw') return { kind: 'literal', value: text };
    if (kind === 'json') return { kind: 'literal', value: jsonValue(text) };
    if (kind !== 'operator') {
      this.#at--;
      throw this.#unexpected();
    }
    switch (text) {
      case '@':
        return CURRENT;
      case '*':
        return this.#each('values', CURRENT, undefined, this.#projected(POWER['*'] ?? 0));
      case '[]':
        return this.#flattened(CURRENT);
      case '[?':
        return this.#filter(CURRENT);
      case '[':
        return this.#bracket();
      case '{':
        return this.#map();
      case '!':
        return { kind: 'not', of: this.#expression(POWER['!'] ?? 0) };
      case '&':
        return { kind: 'reference', of: this.#expression(0) };
      case '(': {
        const inside = this.#expression(0);
        this.#need(')');
        return inside;
      }
      default:
        this.#at--;
        throw this.#unexpected();
    }
  }

  #rest(left: Path): Path {
    const { text } = this.#token;
    this.#at++;
    switch (text) {
      case '.':
        if (this.#skip('*')) {
          return this.#each('values', left, undefined, this.#projected(POWER['.'] ?? 0));
        }
        return { kind: 'then', left, right: this.#behindDot(POWER['.'] ?? 0) };
      case '[]':
        return this.#flattened(left);
      case '[?':
        return this.#filter(left);
      case '[':
        return this.#subscript(left);
      case '|':
        return { kind: 'then', left, right: this.#expression(POWER['|'] ?? 0) };
      case '||':
        return { kind: 'or', left, right: this.#expression(POWER['||'] ?? 0) };
      case '&&':
        return { kind: 'and', left, right: this.#expression(POWER['&&'] ?? 0) };
      default:
        return {
          kind: 'compare',
          operator: text,
          left,
          right: this.#expression(POWER[text] ?? 0),
        };
    }
  }

  #each(over: 'list' | 'values', of: Path, test: Path | undefined, right: Path): Path {
    return { kind: 'each', over, of, test, right };
  }

  #flattened(of: Path): Path {
    const right = this.#projected(POWER['[]'] ?? 0);
    return this.#each('list', { kind: 'flatten', of }, undefined, right);
  }

  #filter(of: Path): Path {
    const test = this.#expression(0);
    this.#need(']');
    const right = this.#is('[]') ? CURRENT : this.#projected(POWER['[?'] ?? 0);
    return this.#each('list', of, test, right);
  }

  /** `[0]`, `[1:2]`, `[*]` behind something. */
  #subscript(left: Path): Path {
    const { kind } = this.#token;
    if (kind === 'number' || this.#is(':')) {
      const index = this.#indexOrSlice();
      const path: Path = { kind: 'then', left, right: index };
      return index.kind === 'slice'
        ? this.#each('list', path, undefined, this.#projected(POWER['*'] ?? 0))
        : path;
    }
    this.#need('*');
    this.#need(']');
    return this.#each('list', left, undefined, this.#projected(POWER['*'] ?? 0));
  }

  /** `[0]`, `[*]` or a list of expressions, at the start. */
  #bracket(): Path {
    if (this.#token.kind === 'number' || this.#is(':')) {
      return this.#subscript(CURRENT);
    }
    if (this.#is('*') && this.#is(']', 1)) return this.#subscript(CURRENT);
    const items = [this.#expression(0)];
    while (this.#skip(',')) items.push(this.#expression(0));
    this.#need(']');
    return { kind: 'list', items };
  }

  #indexOrSlice(): Extract<Path, { kind: 'index' | 'slice' }> {
    const bounds: (number | undefined)[] = [undefined];
    while (!this.#skip(']')) {
      if (this.#skip(':')) bounds.push(undefined);
      else if (this.#token.kind === 'number') {
        bounds[bounds.length - 1] = Number(this.#token.text);
        this.#at++;
      } else throw this.#unexpected(']');
      if (bounds.length > 3) throw wrong('a slice has at most three parts');
    }
    const [index = 0] = bounds;
    return bounds.length === 1 ? { kind: 'index', index } : { kind: 'slice', bounds };
  }

  #map(): Path {
    const entries: (readonly [string, Path])[] = [];
    do {
      const { kind, text } = this.#token;
      if (kind !== 'name' && kind !== 'quoted') throw this.#unexpected();
      this.#at++;
      this.#need(':');
      entries.push([kind === 'quoted' ? quotedText(text) : text, this.#expression(0)]);
    } while (this.#skip(','));
    this.#need('}');
    return { kind: 'map', entries };
  }

  #call(name: string): Path {
    this.#need('(');
    const args: Path[] = [];
    while (!this.#is(')')) {
      args.push(this.#expression(0));
      if (!this.#skip(',')) break;
    }
    this.#need(')');
    return { kind: 'call', name, args };
  }

  /** What a projection does with each item. */
  #projected(power: number): Path {
    const next = this.#token.kind === 'operator' ? (POWER[this.#token.text] ?? 0) : 0;
    if (next < PROJECTION_END) return CURRENT;
    if (this.#is('[') || this.#is('[?')) return this.#expressionFrom(CURRENT, power);
    if (this.#skip('.')) return this.#behindDot(power);
    throw this.#unexpected();
  }

  #expressionFrom(left: Path, power: number): Path {
    let path = left;
    while (this.#token.kind === 'operator' && power < (POWER[this.#token.text] ?? 0)) {
      path = this.#rest(path);
    }
    return path;
  }

  #behindDot(power: number): Path {
    const { kind } = this.#token;
    const fits =
      kind === 'name' || kind === 'quoted' || this.#is('*') || this.#is('{') || this.#is('[');
    if (!fits) throw this.#unexpected();
    return this.#expression(power);
  }
}

function quotedText(text: string): string {
  const value = readJson(text);
  if (typeof value !== 'string') throw wrong('a name in quotes is no text');
  return value;
}

function jsonValue(text: string): ReturnType<typeof readJson> {
  try {
    return readJson(text);
  } catch {
    // As the older form of the language has it: `foo` is the text foo.
    return readJson(JSON.stringify(text.trimStart()));
  }
}
