import { repeat } from './arithmetic.ts';
import { failure, limitText } from './faults.ts';

/** Python's `strip` and its siblings: takes white space, or any of the given characters, off the ends. */
export function strip(value: string, chars: string | undefined, ends: 'l' | 'r' | 'lr'): string {
  const drop = (c: string | undefined): boolean =>
    c !== undefined && (chars === undefined ? /\s/.test(c) : chars.includes(c));
  let from = 0;
  let to = value.length;
  if (ends !== 'r') while (from < to && drop(value[from])) from++;
  if (ends !== 'l') while (to > from && drop(value[to - 1])) to--;
  return value.slice(from, to);
}

/** Python's `split`: by a separator or by runs of white space, at most `max` times. */
export function split(value: string, separator: string | undefined, max = -1): string[] {
  if (separator === '') throw failure('A separator cannot be empty.');
  if (separator === undefined) {
    const words = value.trim().split(/\s+/).filter(Boolean);
    if (max < 0 || words.length <= max) return words;
    const rest = new RegExp(`^\\s*(?:\\S+\\s+){${max}}`).exec(value)?.[0].length ?? 0;
    const last = value.slice(rest);
    return last.trim() === '' ? words.slice(0, max) : [...words.slice(0, max), last];
  }
  const parts = value.split(separator);
  if (max < 0 || parts.length <= max + 1) return parts;
  return [...parts.slice(0, max), parts.slice(max).join(separator)];
}

/** Python's `rsplit`. */
export function splitRight(value: string, separator: string | undefined, max: number): string[] {
  const parts = split(value, separator);
  if (max < 0 || parts.length <= max) return parts;
  if (separator === undefined) {
    const rest = new RegExp(`(?:\\s+\\S+){${max}}\\s*$`).exec(value);
    const first = value.slice(0, rest?.index ?? 0);
    const last = parts.slice(parts.length - max);
    return first.trim() === '' ? last : [first, ...last];
  }
  if (parts.length <= max + 1) return parts;
  const keep = parts.length - max;
  return [parts.slice(0, keep).join(separator), ...parts.slice(keep)];
}

const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;

/** Python's `splitlines`. */
export function lines(value: string, keepEnds: boolean): string[] {
  const found: string[] = [];
  let at = 0;
  for (const end of value.matchAll(LINE_END)) {
    const next = end.index + end[0].length;
    found.push(value.slice(at, keepEnds ? next : end.index));
    at = next;
  }
  return at < value.length ? [...found, value.slice(at)] : found;
}

/** Upper case at the start of each word, lower case elsewhere. */
export const title = (value: string): string =>
  value.toLowerCase().replace(/\p{L}+/gu, (word) => capitalize(word));

/** Python's str.capitalize. */
export const capitalize = (value: string): string =>
  value.charAt(0).toUpperCase() + value.slice(1).toLowerCase();

/** The fill that a text lacks to be as wide. */
export function pad(value: string, width: number, fill: string): string {
  if (fill.length !== 1) throw failure('The fill must be one character.');
  return repeat(fill, width - Array.from(value).length);
}

/** Pads a text on both sides; the odd blank goes where Python puts it. */
export function center(value: string, width: number, fill = ' '): string {
  const gap = width - Array.from(value).length;
  if (gap <= 0) return value;
  const left = Math.floor(gap / 2) + (gap & width & 1);
  return repeat(fill, left) + value + repeat(fill, gap - left);
}

/** A number as text with zeros before it, behind its sign. */
export function zeroFill(value: string, width: number): string {
  const sign = /^[-+]/.exec(value)?.[0] ?? '';
  return sign + repeat('0', width - value.length) + value.slice(sign.length);
}

/** Python's `replace`. */
export function replace(value: string, old: string, by: string, count: number): string {
  let parts: string[];
  if (old !== '') parts = split(value, old, count);
  else {
    const all = ['', ...Array.from(value), ''];
    parts =
      count < 0 || count >= all.length - 1
        ? all
        : [...all.slice(0, count), all.slice(count).join('')];
  }
  limitText(value.length + parts.length * by.length);
  return parts.join(by);
}

/** Python's `expandtabs`. */
export function expandTabs(value: string, size: number): string {
  let column = 0;
  let out = '';
  for (const char of value) {
    if (char === '\t') {
      const width = size > 0 ? size - (column % size) : 0;
      out += repeat(' ', width);
      column += width;
    } else {
      out += char;
      column = char === '\n' || char === '\r' ? 0 : column + 1;
    }
    limitText(out.length);
  }
  return out;
}
