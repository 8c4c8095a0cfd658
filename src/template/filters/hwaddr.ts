import { failure } from '../faults.ts';
import { netOf, showIp, firstOf, parseNet } from '../net.ts';
import type { Filter, Given } from '../runtime.ts';
import { text } from '../text.ts';
import { isText, type Val } from '../values.ts';

/** The twelve hexadecimal digits of a hardware address, however it is written; nothing when it is none. */
function digitsOf(value: Val): string | undefined {
  if (!isText(value)) return undefined;
  const written = text(value).toLowerCase();
  if (/^[\da-f]{12}$/.test(written)) return written;
  const parts = written.split(/[-:.]/);
  const width = { 6: 2, 3: 4, 2: 6 }[parts.length];
  // A vendor's part alone, such as 52:54:00, is written out as netaddr does.
  if (width === undefined) return undefined;
  const fits = parts.every((part) => /^[\da-f]+$/.test(part) && part.length <= width);
  return fits ? parts.map((part) => part.padStart(width, '0')).join('') : undefined;
}

const groups = (digits: string, size: number): readonly string[] =>
  digits.match(new RegExp(`.{${size}}`, 'g')) ?? [];

const QUERIES: Readonly<Record<string, (digits: string) => Val>> = {
  bare: (digits) => digits.toUpperCase(),
  bool: () => true,
  int: (digits) => Number.parseInt(digits, 16),
  cisco: (digits) => groups(digits, 4).join('.'),
  eui48: (digits) => groups(digits, 2).join('-').toUpperCase(),
  win: (digits) => groups(digits, 2).join('-').toUpperCase(),
  linux: (digits) => groups(digits, 2).join(':'),
  unix: (digits) =>
    groups(digits, 2)
      .map((part) => part.replace(/^0/, ''))
      .join(':'),
  pgsql: (digits) => groups(digits, 6).join(':'),
  postgresql: (digits) => groups(digits, 6).join(':'),
  psql: (digits) => groups(digits, 6).join(':'),
};

function ask(value: Val, given: Given): Val {
  const query = given.text('query', '');
  const digits = digitsOf(value);
  if (query === '') return digits === undefined ? null : value;
  const known = Object.hasOwn(QUERIES, query) ? QUERIES[query] : undefined;
  if (digits === undefined) {
    if (query === 'bool') return null;
    throw failure('The value is no hardware address.');
  }
  if (!known) {
    throw failure(
      `Hardware addresses know no query "${query}".`,
      `The queries: ${Object.keys(QUERIES).join(', ')}.`,
    );
  }
  return known(digits);
}

/** The address that a machine with a hardware address gives itself in an IPv6 network. */
function slaac(value: Val, given: Given): Val {
  const net = isText(value) ? parseNet(text(value)) : undefined;
  const digits = digitsOf(given.get('query') ?? '');
  if (net?.version !== 6 || digits === undefined) return false;
  const eui = BigInt(`0x${digits.slice(0, 6)}fffe${digits.slice(6)}`) ^ (1n << 57n);
  const made = netOf(6, firstOf(net) + eui, 128);
  return made ? showIp(6, made.ip) : false;
}

const hwaddr: Filter = { params: ['query', 'alias'], run: ask };

/** Filters on hardware addresses, after ansible.utils. */
export const HARDWARE: Readonly<Record<string, Filter>> = {
  hwaddr,
  macaddr: hwaddr,
  slaac: { params: ['query'], run: slaac },
};
