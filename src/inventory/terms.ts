import { globPattern } from '../lib/glob.ts';
import { parseAddress } from './address.ts';

/** How an IPv6 address with `::` begins: as in Ansible `fd00::*` is one pattern. */
const SIX = /^(?:(?:[0-9a-f]{1,4}:){1,6}:|::)/i;

/**
 * The terms of a pattern, as Ansible splits it: at commas where there are any; else, unless the whole is a host name or
 * an address, at colons and blanks outside of brackets.
 */
export function splitPattern(pattern: string): readonly string[] {
  const parts = pattern.includes(',')
    ? pattern.split(',')
    : parseAddress(pattern.trim()) || SIX.test(pattern.trim())
      ? [pattern]
      : // `(?:` of a regular expression is no place to split at.
        (pattern.match(/(?:\(\?:|[^\s:[\]]|\[[^\]]*\]|[[\]])+/g) ?? []);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The terms in the order in which they count: what adds, then `&`, then `!`. With nothing that adds: `all`. */
export function orderTerms(terms: readonly string[]): readonly string[] {
  const adding = terms.filter((term) => !/^[&!]/.test(term));
  return [
    ...(adding.length > 0 ? adding : ['all']),
    ...terms.filter((term) => term.startsWith('&')),
    ...terms.filter((term) => term.startsWith('!')),
  ];
}

/** A term apart from its position: `web[1:3]` is `web` from 1 to 3. A regular expression has none. */
export interface Subscripted {
  readonly base: string;
  readonly from?: number;
  /** The last one of a range, which belongs to it; -1 for "to the end"; absent for one host. */
  readonly to?: number;
}

/** Takes the position off a term: `[0]`, `[-1]`, `[1:3]`, `[1:]`. */
export function splitSubscript(term: string): Subscripted {
  const match = term.startsWith('~')
    ? null
    : /^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$/s.exec(term);
  if (!match) return { base: term };
  const [, base = '', one, from, to] = match;
  if (one !== undefined) return { base, from: Number(one) };
  return { base, from: Number(from), to: to === undefined || to === '' ? -1 : Number(to) };
}

/** The names a term stands for, as a regular expression. Throws SyntaxError for one that is none. */
export const termRegex = (term: string): RegExp =>
  term.startsWith('~') ? pythonRegex(term.slice(1)) : globPattern(term);

/** Whether a term may match hosts although it also matches groups. */
export const isWild = (term: string): boolean => /^~|[.?*[]/.test(term);

/** A regular expression as Python writes it, anchored at the start as `re.match` is. */
function pythonRegex(source: string): RegExp {
  const [, inline = ''] = /^\(\?([aimsux]+)\)/.exec(source) ?? [];
  const flags = [...new Set(inline)].filter((flag) => 'ims'.includes(flag)).join('');
  const text = source
    .replace(/^\(\?[aimsux]+\)/, '')
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\A', '^')
    .replaceAll('\\Z', '$');
  return new RegExp(`^(?:${text})`, flags);
}
