import { Secret } from '../model/value.ts';
import { order } from './compare.ts';
import { failure, wrongType } from './faults.ts';
import { reveal } from './secrets.ts';
import { repr, text } from './text.ts';
import { Dict, entriesOf, Float, isList, isMapping, known, Tuple, type Val } from './values.ts';
import { Moment } from './moment.ts';

/** How JSON is to be written. */
export interface JsonStyle {
  readonly indent: number | undefined;
  readonly comma: string;
  readonly colon: string;
  readonly sortKeys: boolean;
  /** Characters beyond ASCII are escaped. */
  readonly ascii: boolean;
}

/** A value as JSON, as Python's `json.dumps` writes it. */
export function json(value: Val, style: JsonStyle, depth = 0): string {
  const plain = known(value);
  if (isList(plain)) {
    const items = plain.map((item) => json(item, style, depth + 1));
    return brackets('[', items, ']', style, depth);
  }
  if (isMapping(plain)) {
    const entries = entriesOf(plain);
    const sorted = style.sortKeys ? byKey(entries) : entries;
    const items = sorted.map(
      ([key, item]) => jsonText(keyText(key), style) + style.colon + json(item, style, depth + 1),
    );
    return brackets('{', items, '}', style, depth);
  }
  return scalar(plain, style);
}

/** Entries in the order of their keys; raises where keys have none. */
export const byKey = (
  entries: readonly (readonly [Val, Val])[],
): readonly (readonly [Val, Val])[] => [...entries].sort(([a], [b]) => order(a, b));

/** A key as JSON has it: text, also for a number. */
function keyText(key: Val): string {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean') return String(key);
  if (key instanceof Tuple) throw failure('JSON has no tuples for keys.');
  return text(key);
}

function scalar(plain: Val, style: JsonStyle): string {
  if (plain === null || typeof plain === 'boolean') return String(plain);
  if (typeof plain === 'string') return jsonText(plain, style);
  if (plain instanceof Secret) return jsonText(reveal(plain), style);
  if (plain instanceof Moment) return jsonText(plain.toString().replace(' ', 'T'), style);
  if (typeof plain === 'bigint') return String(plain);
  if (typeof plain === 'number' || plain instanceof Float) {
    const word = text(plain);
    return { inf: 'Infinity', '-inf': '-Infinity', nan: 'NaN' }[word] ?? word;
  }
  throw wrongType('JSON', 'plain data', plain);
}

function brackets(
  open: string,
  items: readonly string[],
  close: string,
  { indent, comma }: JsonStyle,
  depth: number,
): string {
  if (items.length === 0) return open + close;
  if (indent === undefined) return open + items.join(comma) + close;
  const pad = `\n${' '.repeat(Math.min(indent, 20) * (depth + 1))}`;
  const end = `\n${' '.repeat(Math.min(indent, 20) * depth)}`;
  return open + pad + items.join(comma.trimEnd() + pad) + end + close;
}

function jsonText(value: string, { ascii }: JsonStyle): string {
  const quoted = JSON.stringify(value);
  if (!ascii) return quoted;
  return quoted.replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A value as Python's pprint shows it: one line when it fits in 80 columns, keys sorted. */
export function pretty(value: Val, indent = 0): string {
  const flat = repr(sorted(value));
  if (flat.length + indent <= 80) return flat;
  const pad = ' '.repeat(indent + 1);
  if (isMapping(value)) {
    const lines = byKey(entriesOf(value)).map(
      ([key, item]) => `${repr(key)}: ${pretty(item, indent + repr(key).length + 3)}`,
    );
    return `{${lines.join(`,\n${pad}`)}}`;
  }
  if (isList(value)) {
    const items = value.map((item) => pretty(item, indent + 1)).join(`,\n${pad}`);
    return value instanceof Tuple ? `(${items})` : `[${items}]`;
  }
  return flat;
}

function sorted(value: Val): Val {
  if (value instanceof Tuple) return Tuple.make(value.map(sorted));
  if (isList(value)) return value.map(sorted);
  if (!isMapping(value)) return value;
  return new Dict(byKey(entriesOf(value)).map(([key, item]) => [key, sorted(item)]));
}
