import { isLazy, Secret } from '../model/value.ts';
import { limitText } from './faults.ts';
import { reveal } from './secrets.ts';
import {
  Dict,
  entriesOf,
  Float,
  isList,
  isMapping,
  known,
  Special,
  Tuple,
  type AnyMap,
  type Val,
} from './values.ts';

/** A value as text, as Python's `str` gives it: True, None, [1, 'a'], 5.0. */
export function text(value: Val): string {
  if (typeof value === 'string') return value;
  if (value instanceof Secret) return reveal(value);
  if (value instanceof Special && !(value instanceof Dict)) {
    return known(value) === '' ? '' : value.toString();
  }
  return repr(value);
}

/** A value as Python's `repr` gives it: text in quotes. */
export function repr(value: Val): string {
  const plain = known(value);
  if (plain === null) return 'None';
  if (typeof plain === 'boolean') return plain ? 'True' : 'False';
  if (typeof plain === 'bigint') return String(plain);
  if (typeof plain === 'number') return numberText(plain);
  if (typeof plain === 'string') return quoted(plain);
  if (plain instanceof Secret) return quoted(reveal(plain));
  if (plain instanceof Float) return floatText(plain.n);
  if (isList(plain)) {
    const items = plain.map(repr).join(', ');
    limitText(items.length);
    if (!(plain instanceof Tuple)) return `[${items}]`;
    return plain.length === 1 ? `(${items},)` : `(${items})`;
  }
  if (isMapping(plain)) return dictText(plain);
  if (plain instanceof Special) return plain.repr();
  return '';
}

function dictText(map: AnyMap): string {
  // A lazy map such as hostvars is never wanted as text; its names are enough.
  if (isLazy(map)) return `{${map.keys().map(quoted).join(', ')}}`;
  const items = entriesOf(map).map(([key, item]) => `${repr(key)}: ${repr(item)}`);
  return `{${items.join(', ')}}`;
}

function numberText(n: number): string {
  return Number.isSafeInteger(n) ? String(n) : floatText(n);
}

/** A float as Python prints it: exponents from 1e16 up and below 1e-4, two digits in them. */
function floatText(n: number): string {
  if (Number.isNaN(n)) return 'nan';
  if (!Number.isFinite(n)) return n > 0 ? 'inf' : '-inf';
  const size = Math.abs(n);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [mantissa = '', exponent = ''] = n.toExponential().split('e');
    return `${mantissa}e${exponent[0] ?? '+'}${exponent.slice(1).padStart(2, '0')}`;
  }
  const plain = Object.is(n, -0) ? '-0' : String(n);
  return plain.includes('.') ? plain : `${plain}.0`;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\\', '\\\\'],
]);

/** A character that Python does not print, by its number. */
function coded(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function quoted(value: string): string {
  const mark = value.includes("'") && !value.includes('"') ? '"' : "'";
  // linters cannot know that control characters are meant here, hence the escapes by number.
  const body = value.replace(/[\\]|(?! )[\p{C}\p{Z}]/gu, (c) => ESCAPES.get(c) ?? coded(c));
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark;
}
