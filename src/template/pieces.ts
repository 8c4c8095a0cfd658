import { Flaw } from './flaw.ts';
import { tokens, type Piece, type Token } from './lexer.ts';
import type { Syntax } from './syntax.ts';

/** The patterns that a syntax comes down to. */
interface Patterns {
  readonly start: RegExp;
  readonly raw: RegExp;
  readonly endRaw: RegExp;
  readonly endVariable: RegExp;
  readonly endBlock: RegExp;
}

const kept = new WeakMap<Syntax, Patterns>();

function patternsOf(syntax: Syntax): Patterns {
  const known = kept.get(syntax);
  if (known) return known;
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  const starts = [syntax.comment[0], syntax.block[0], syntax.variable[0]]
    .sort((a, b) => b.length - a.length)
    .map(literal);
  const [open, close] = syntax.block.map(literal);
  const made = {
    start: new RegExp(starts.join('|'), 'g'),
    raw: new RegExp(`${open}[-+]?\\s*raw\\s*(-?)${close}`, 'y'),
    endRaw: new RegExp(`${open}([-+]?)\\s*endraw\\s*([-+]?)${close}`, 'g'),
    endVariable: new RegExp(`-?${literal(syntax.variable[1])}`, 'y'),
    endBlock: new RegExp(`[-+]?${close}`, 'y'),
  };
  kept.set(syntax, made);
  return made;
}

/** A tag that was read: the piece it makes, where it ends, and whether it eats the white space behind it. */
interface Read {
  readonly piece: Piece | undefined;
  readonly end: number;
  readonly trim: boolean;
}

/**
 * Cuts a template into text and tags. White space as the syntax has it: with trim_blocks the line break
 * after a block or comment goes unless `+%}`; with lstrip_blocks the blanks before it; `-` eats all on its side.
 */
export function pieces(text: string, syntax: Syntax): readonly Piece[] {
  const patterns = patternsOf(syntax);
  const found: Piece[] = [];
  let at = 0;
  let trim = false;
  while (at < text.length) {
    patterns.start.lastIndex = at;
    const tag = patterns.start.exec(text);
    const start = tag?.index ?? text.length;
    let plain = text.slice(at, start);
    if (trim) plain = plain.trimStart();
    const sign = tag ? text[start + tag[0].length] : undefined;
    if (sign === '-') plain = plain.trimEnd();
    else if (tag && syntax.lstripBlocks && tag[0] !== syntax.variable[0] && sign !== '+') {
      plain = stripLine(plain, found.length === 0 && at === 0);
    }
    if (plain !== '') found.push({ kind: 'text', text: plain, at });
    if (!tag) break;
    const read = readTag(text, start, tag[0], { syntax, patterns });
    if (read.piece) found.push(read.piece);
    at = read.end;
    trim = read.trim;
  }
  return found;
}

/** Text without the blanks of its last line, when that line holds nothing else. */
function stripLine(text: string, first: boolean): string {
  const line = text.lastIndexOf('\n') + 1;
  return (line > 0 || first) && /^[^\S\n]*$/.test(text.slice(line)) ? text.slice(0, line) : text;
}

interface Cutting {
  readonly syntax: Syntax;
  readonly patterns: Patterns;
}

function readTag(text: string, start: number, opening: string, cutting: Cutting): Read {
  const { syntax } = cutting;
  if (opening === syntax.comment[0]) return comment(text, start, syntax);
  if (opening === syntax.block[0]) return raw(text, start, cutting) ?? block(text, start, cutting);
  const from = start + opening.length;
  const signed = text[from] === '-' ? from + 1 : from;
  const read = tokens(text, signed, cutting.patterns.endVariable);
  const list = syntax.plainBackslashes ? read.tokens.map(literally) : read.tokens;
  return {
    piece: { kind: 'output', tokens: list, at: start },
    end: read.end + read.stop.length,
    trim: read.stop.startsWith('-'),
  };
}

/** A text token whose backslashes stand for themselves, but before a quote. */
const literally = (token: Token): Token =>
  token.kind === 'string' && token.text.includes('\\')
    ? {
        ...token,
        written: token.text,
        text: token.text.replace(/\\([\s\S])/g, (pair, char: string) =>
          char === "'" || char === '"' ? pair : `\\\\${char === '\\' ? '\\\\' : char}`,
        ),
      }
    : token;

function block(text: string, start: number, { syntax, patterns }: Cutting): Read {
  const from = start + syntax.block[0].length;
  const signed = text[from] === '-' || text[from] === '+' ? from + 1 : from;
  const read = tokens(text, signed, patterns.endBlock);
  const end = read.end + read.stop.length;
  return {
    piece: { kind: 'block', tokens: read.tokens, at: start },
    end: end + newline(text, end, syntax.trimBlocks && !read.stop.startsWith('+')),
    trim: read.stop.startsWith('-'),
  };
}

function comment(
  text: string,
  start: number,
  { comment: [open, closing], trimBlocks }: Syntax,
): Read {
  const close = text.indexOf(closing, start + open.length);
  if (close < 0) {
    throw new Flaw('The comment is never closed.', start, `Close it with ${closing}.`);
  }
  const end = close + closing.length;
  const sign = close > start + open.length ? text[close - 1] : undefined;
  return {
    piece: undefined,
    end: end + newline(text, end, trimBlocks && sign !== '+'),
    trim: sign === '-',
  };
}

const newline = (text: string, at: number, drop: boolean): number =>
  drop && text[at] === '\n' ? 1 : 0;

function raw(text: string, start: number, { syntax, patterns }: Cutting): Read | undefined {
  patterns.raw.lastIndex = start;
  const open = patterns.raw.exec(text);
  if (!open) return undefined;
  const from = start + open[0].length;
  patterns.endRaw.lastIndex = from;
  const close = patterns.endRaw.exec(text);
  if (!close) {
    const end = `${syntax.block[0]} endraw ${syntax.block[1]}`;
    throw new Flaw('The raw block is never closed.', start, `Close it with ${end}.`);
  }
  let inside = text.slice(from, close.index);
  if (open[1] === '-') inside = inside.trimStart();
  if (close[1] === '-') inside = inside.trimEnd();
  else if (syntax.lstripBlocks && close[1] !== '+') inside = stripLine(inside, false);
  const end = close.index + close[0].length;
  return {
    piece: { kind: 'text', text: inside, at: from },
    end: end + newline(text, end, syntax.trimBlocks && close[2] !== '+'),
    trim: close[2] === '-',
  };
}
