/** A value as K3s configuration files hold it. */
export type FlatScalar = string | number | boolean | null;

/** One key of a file, in the order written; keys may repeat. */
export interface FlatEntry {
  readonly key: string;
  readonly value: FlatScalar | readonly FlatScalar[];
  readonly line: number;
}

/** Why a file is not understood, and where (lines count from 1). */
export interface FlatFault {
  readonly line: number;
  readonly what: string;
}

/**
 * Reads the YAML that K3s configuration is written in: a map of scalars and lists of scalars. What goes
 * beyond (nested maps, anchors, tags, multi-line text) is a fault, never a guess.
 */
export function parseFlat(text: string): readonly FlatEntry[] | FlatFault {
  try {
    return read(text.replace(/^\uFEFF/, '').split(/\r?\n/));
  } catch (error) {
    if (error instanceof Fault) return { line: error.line, what: error.message };
    throw error;
  }
}

class Fault extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

function read(rows: readonly string[]): readonly FlatEntry[] {
  const entries: { key: string; value: FlatEntry['value']; line: number }[] = [];
  let open: { entry: (typeof entries)[number]; items: FlatScalar[]; indent: number } | undefined;
  for (let i = 0; i < rows.length; i++) {
    const line = i + 1;
    const row = rows[i] ?? '';
    if (/^\s*(#|$)/.test(row) || (/^---\s*(#.*)?$/.test(row) && entries.length === 0)) continue;
    if (/^\s*\t/.test(row)) throw new Fault(line, 'a tab indents it, which YAML does not allow');
    const item = /^( *)-(?: +(.*))?$/.exec(row);
    if (item) {
      const indent = item[1]?.length ?? 0;
      if (!open || (open.items.length > 0 && indent !== open.indent))
        throw new Fault(line, 'a list item stands where none is expected');
      open.indent = indent;
      const rest = item[2] ?? '';
      if (/^-( |$)|^\[/.test(rest)) throw new Fault(line, 'a list inside a list is not a K3s flag');
      if (/^[\w.-]+\+?:( |$)/.test(rest))
        throw new Fault(line, 'a map inside a list is not a K3s flag');
      open.items.push(scalar(rest, line));
      open.entry.value = open.items;
      continue;
    }
    if (row.startsWith(' '))
      throw new Fault(line, 'it is indented, but no list or text goes on here');
    const pair = keyOf(row);
    if (!pair) throw new Fault(line, 'it is no `key: value`');
    const entry = { key: pair.key, value: null as FlatEntry['value'], line };
    entries.push(entry);
    open = undefined;
    if (/^\s*(#.*)?$/.test(pair.rest)) open = { entry, items: [], indent: 0 };
    else if (pair.rest.startsWith('[')) entry.value = flow(pair.rest, line);
    else entry.value = scalar(pair.rest, line);
  }
  return entries;
}

function keyOf(row: string): { key: string; rest: string } | undefined {
  const match =
    /^(?:"([^"\\]*)"|'([^']*)'|([^\s:#'"[\]{}&*!|>%@`,?-][^:#]*?))\s*:(?:\s+(.*))?$/.exec(row);
  if (!match) return undefined;
  return { key: match[1] ?? match[2] ?? match[3] ?? '', rest: match[4] ?? '' };
}

function flow(text: string, line: number): readonly FlatScalar[] {
  const items: FlatScalar[] = [];
  let rest = text.slice(1).trim();
  while (!rest.startsWith(']')) {
    const match =
      /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,[\]{}"'#][^,[\]{}#]*)\s*(,|(?=\]))\s*/.exec(rest);
    if (!match)
      throw new Fault(line, 'its list is not closed on the same line, or holds more than words');
    items.push(scalar(match[1]?.trim() ?? '', line));
    rest = rest.slice(match[0].length);
  }
  if (!/^\]\s*(\s#.*)?$/.test(rest)) throw new Fault(line, 'something follows the list');
  return items;
}

function scalar(text: string, line: number): FlatScalar {
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')\s*(?:\s#.*)?$/.exec(text);
  if (quoted) return quoted[2]?.replaceAll("''", "'") ?? unescape(quoted[1] ?? '', line);
  if (/^["']/.test(text)) throw new Fault(line, 'a quotation mark is not closed on the same line');
  const plain = text.replace(/(^|\s)#.*$/, '').trim();
  if (/^[[\]{}&*!|>%@`,]|^[-?:](\s|$)/.test(plain))
    throw new Fault(line, `it begins with ${plain.charAt(0)}, which orch does not read`);
  if (/:(\s|$)/.test(plain)) throw new Fault(line, 'it holds a second `key: value`');
  return plainScalar(plain);
}

/** Words that are no text to K3s's YAML 1.1 reader. */
export function plainScalar(plain: string): FlatScalar {
  if (/^(null|Null|NULL|~|)$/.test(plain)) return null;
  if (/^(true|True|TRUE|yes|Yes|YES|on|On|ON|y|Y)$/.test(plain)) return true;
  if (/^(false|False|FALSE|no|No|NO|off|Off|OFF|n|N)$/.test(plain)) return false;
  // As go-yaml, which K3s reads with: underscores part digits, but a number does not begin with one.
  if (plain.startsWith('_')) return plain;
  const digits = plain.replaceAll('_', '');
  if (/^[-+]?0[0-7]+$/.test(digits)) {
    return (digits.startsWith('-') ? -1 : 1) * parseInt(digits.replace(/^[-+]/, ''), 8);
  }
  if (/^[-+]?(0|[1-9]\d*)$/.test(digits) || /^0x[0-9a-fA-F]+$/.test(digits)) return Number(digits);
  if (/^[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?$/.test(digits)) return Number(digits);
  return plain;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
  '0': '\0',
  r: '\r',
};

function unescape(text: string, line: number): string {
  return text.replaceAll(/\\(x[0-9a-fA-F]{2}|.)/g, (_, mark: string) => {
    if (/^x./.test(mark)) return String.fromCharCode(parseInt(mark.slice(1), 16));
    const found = ESCAPES[mark];
    if (found === undefined) throw new Fault(line, `it holds \\${mark}, which orch does not read`);
    return found;
  });
}

// What a YAML reader would refuse, or take for the end of a line.
const CONTROL = /[\p{Cc}]/gu;

/** A scalar as YAML: quoted when it would otherwise be read as something else. */
export function emitScalar(value: FlatScalar): string {
  if (typeof value !== 'string') return String(value);
  const isPlain =
    /^([A-Za-z/][A-Za-z0-9/._=,:@+~-]*|\d+(\.\d+){3}(\/\d+)?)$/.test(value) &&
    !value.endsWith(':') &&
    !/^[eE][-+]?\d/.test(value) &&
    typeof plainScalar(value) === 'string';
  if (isPlain) return value;
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll(CONTROL, (mark) => `\\x${mark.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${escaped}"`;
}
