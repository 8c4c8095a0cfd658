import type { Source } from '../lib/source.ts';
import type { ScalarTree } from '../model/tree.ts';

/** A plain scalar as a tree. */
export function plainTree(text: string, source: Source): ScalarTree {
  const value = resolvePlain(text);
  const tree: ScalarTree = { kind: 'scalar', value, source };
  return Number.isInteger(value) && text.includes('.') ? { ...tree, float: true } : tree;
}

/**
 * The value of a plain (unquoted) YAML scalar, exactly as PyYAML, and so Ansible, reads it: YAML 1.1
 * without `y` and `n`; a float needs a dot; dates stay text; `0644` is octal; `1:30` is 90.
 */
export function resolvePlain(text: string): null | boolean | number | string {
  const first = text.charCodeAt(0);
  // Most scalars are words: decide on the first letter before any pattern is tried.
  if (Number.isNaN(first) || text === '~') return null;
  if (WORDS.has(text)) return WORDS.get(text) ?? null;
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  return numeric ? number(text) : text;
}

const WORDS: ReadonlyMap<string, null | boolean> = new Map<string, null | boolean>([
  ...['null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (w) => [w, false] as const,
  ),
]);

const INTEGER = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*(?::[0-5]?[0-9])*)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;

function number(text: string): number | string {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  if (INTEGER.test(text)) {
    const value = integer(digits);
    // A number JavaScript cannot hold exactly stays text rather than become another number.
    return Number.isSafeInteger(value) ? (value === 0 ? 0 : sign * value) : text;
  }
  if (FLOAT.test(text)) return sign * (digits.includes(':') ? sixty(digits) : Number(digits));
  return /^[-+]?\.(?:inf|Inf|INF)$/.test(text) ? sign * Infinity : text;
}

function integer(digits: string): number {
  if (/^0[bx]/.test(digits)) return Number(digits);
  if (digits.includes(':')) return sixty(digits);
  return digits.startsWith('0') ? Number.parseInt(digits, 8) : Number(digits);
}

const sixty = (digits: string): number =>
  digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
