import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import { parseAddress } from './address.ts';

/** Most hosts that one name may stand for. */
const MOST = 100_000;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The hosts a name in an inventory stands for, and the port behind it. Throws INVENTORY_INVALID. */
export function expandHosts(
  written: string,
  source: Source,
): { readonly names: readonly string[]; readonly port?: number } {
  const address = parseAddress(written);
  const names = expandRanges(address?.host ?? written, source);
  return address?.port === undefined ? { names } : { names, port: address.port };
}

/**
 * The hosts a name stands for: `node[01:10]`, `db-[a:c]`, `n[0:10:2]`, several ranges in one name too.
 * Throws INVENTORY_INVALID for a range that is none.
 */
export function expandRanges(name: string, source: Source): readonly string[] {
  const start = name.indexOf('[');
  if (start < 0) return [name];
  const end = name.indexOf(']', start);
  if (end < 0) throw invalid(name, source, 'a bracket is not closed');
  const values = rangeValues(name.slice(start + 1, end), name, source);
  const tails = expandRanges(name.slice(end + 1), source);
  if (values.length * tails.length > MOST)
    throw invalid(name, source, `it stands for more than ${MOST} hosts`);
  const head = name.slice(0, start);
  return values.flatMap((value) => tails.map((rest) => head + value + rest));
}

function rangeValues(range: string, name: string, source: Source): readonly string[] {
  const [from = '', to = '', by = '1', ...more] = range.split(':');
  const step = /^\d+$/.test(by) ? Number(by) : 0;
  if (!range.includes(':') || more.length > 0 || step < 1)
    throw invalid(name, source, 'a range is [first:last] or [first:last:step]');
  const at = { name, source };
  if (/^[A-Za-z]$/.test(from) && /^[A-Za-z]$/.test(to)) {
    return count(LETTERS.indexOf(from), LETTERS.indexOf(to), step, at).map((i) =>
      LETTERS.charAt(i),
    );
  }
  const first = from === '' ? '0' : from;
  if (!/^\d+$/.test(first) || !/^\d+$/.test(to))
    throw invalid(name, source, 'both ends of a range must be numbers, or both letters');
  const width = first.startsWith('0') && first.length > 1 ? first.length : 0;
  if (width > 0 && to.length !== width)
    throw invalid(name, source, `"${first}" and "${to}" must have the same number of digits`);
  return count(Number(first), Number(to), step, at).map((n) => String(n).padStart(width, '0'));
}

function count(
  first: number,
  last: number,
  step: number,
  at: { name: string; source: Source },
): number[] {
  if (last < first) throw invalid(at.name, at.source, 'it ends before it begins');
  if ((last - first) / step >= MOST)
    throw invalid(at.name, at.source, `it stands for more than ${MOST} hosts`);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}

const invalid = (name: string, source: Source, why: string): OrchError =>
  new OrchError('INVENTORY_INVALID', `The range in "${name}" cannot be read: ${why}.`, {
    source,
    hint: 'Write it like node[01:10], db-[a:c] or rack[1:9:2].',
  });
