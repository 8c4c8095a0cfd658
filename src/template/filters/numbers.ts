import { order } from '../compare.ts';
import { OPERATORS } from '../arithmetic.ts';
import { failure } from '../faults.ts';
import { numberNeeded } from '../numbers.ts';
import { iterate, type Filter, type Given, type Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { integer, or, isFloat, isText, numberOf, numeric, type Val } from '../values.ts';
import { field, folded } from './keys.ts';

function toInteger(value: Val, fallback: Val, base: number): Val {
  const number = numberOf(value);
  if (typeof value === 'bigint') return value;
  if (number !== undefined) return Number.isFinite(number) ? whole(number) : fallback;
  if (!isText(value)) return fallback;
  const digits = text(value)
    .trim()
    .replace(/(?<=\d)_(?=\d)/g, '');
  const prefixed = { 16: /^0x/i, 8: /^0o/i, 2: /^0b/i }[base];
  const body = prefixed ? digits.replace(prefixed, '') : digits;
  const exact = /^[-+]?[0-9a-z]+$/i.test(body) ? exactly(body, base) : undefined;
  if (exact !== undefined) return exact;
  const float = toFloat(digits);
  return float === undefined || !Number.isFinite(float) ? fallback : whole(float);
}

/** A float without what stands behind its point. */
const whole = (n: number): Val => integer(BigInt(Math.trunc(n)));

function exactly(body: string, base: number): Val | undefined {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, base);
  const bare = body.replace(/^[-+]/, '').toLowerCase();
  if (!Array.from(bare).every((c) => digits.includes(c))) return undefined;
  if (bare.length < 10) return parseInt(body, base);
  const size = Array.from(bare).reduce((n, c) => n * BigInt(base) + BigInt(digits.indexOf(c)), 0n);
  return integer(body.startsWith('-') ? -size : size);
}

function toFloat(value: string): number | undefined {
  if (/^[-+]?(?:inf|infinity)$/i.test(value)) return value.startsWith('-') ? -Infinity : Infinity;
  if (/^[-+]?nan$/i.test(value)) return NaN;
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(value) ? Number(value) : undefined;
}

/** Rounds as Python does: halves to the even neighbour, judged by the exact value. */
function round(n: number, places: number, method: string): number {
  const scale = 10 ** places;
  if (method === 'ceil') return Math.ceil(n * scale) / scale;
  if (method === 'floor') return Math.floor(n * scale) / scale;
  if (method !== 'common') throw failure('round() knows the methods common, ceil and floor.');
  if (places >= 0 && Math.abs(n) < 1e21) {
    const digits = Math.min(places, 60);
    const fixed = n.toFixed(digits);
    const exact = n.toFixed(Math.min(digits + 40, 100));
    const half = /^50*$/.test(exact.replace('.', '').slice(fixed.replace('.', '').length));
    const last = Number(fixed.at(-1));
    if (!half || last % 2 === 0) return Number(fixed);
    const step = 10 ** -digits;
    return Number((Number(fixed) - Math.sign(n) * step).toFixed(digits));
  }
  const scaled = n * scale;
  const near = Math.round(scaled);
  const half = Math.abs(scaled % 1) === 0.5;
  return (half && near % 2 !== 0 ? near - 1 : near) / scale;
}

function extreme(value: Val, given: Given, runtime: Runtime, sign: 1 | -1): Val {
  const items = iterate(value);
  const attribute = given.get('attribute');
  const sensitive = given.flag('case_sensitive');
  const key = (item: Val): Val =>
    folded(
      attribute === undefined || attribute === null ? item : field(item, attribute, runtime),
      sensitive,
    );
  let best = items[0];
  if (best === undefined)
    return runtime.undefined('An empty list has no smallest or largest item.');
  for (const item of items.slice(1)) if (order(key(item), key(best)) * sign < 0) best = item;
  return best;
}

/** Filters to and from numbers. */
export const NUMBERS: Readonly<Record<string, Filter>> = {
  int: {
    params: ['default', 'base'],
    run: (value, given) =>
      toInteger(
        value,
        or(given.get('default'), () => 0),
        given.integer('base', 10),
      ),
  },
  float: {
    params: ['default'],
    run: (value, given) => {
      const number = numberOf(value) ?? (isText(value) ? toFloat(text(value).trim()) : undefined);
      if (number !== undefined) return numeric(number, true);
      return or(given.get('default'), () => numeric(0, true));
    },
  },
  abs: {
    params: [],
    run: (value) => numeric(Math.abs(numberNeeded('abs', value)), isFloat(value)),
  },
  round: {
    params: ['precision', 'method'],
    run: (value, given) => {
      const rounded = round(
        numberNeeded('round', value),
        given.integer('precision', 0),
        given.text('method', 'common'),
      );
      const whole = !isFloat(value) && given.text('method', 'common') === 'common';
      return numeric(rounded, !whole);
    },
  },
  sum: {
    params: ['attribute', 'start'],
    run: (value, given, runtime) => {
      const attribute = given.get('attribute');
      let total: Val = given.get('start') ?? 0;
      for (const item of iterate(value)) {
        const part =
          attribute === undefined || attribute === null ? item : field(item, attribute, runtime);
        total = OPERATORS['+']?.(total, part) ?? total;
      }
      return total;
    },
  },
  min: { params: ['case_sensitive', 'attribute'], run: (v, g, r) => extreme(v, g, r, 1) },
  max: { params: ['case_sensitive', 'attribute'], run: (v, g, r) => extreme(v, g, r, -1) },
  log: {
    params: ['base'],
    run: (value, given) => {
      const n = numberNeeded('log', value);
      if (n <= 0) throw failure('Only positive numbers have a logarithm.');
      const base = given.get('base');
      if (base === 10) return numeric(Math.log10(n), true);
      return numeric(
        base === undefined ? Math.log(n) : Math.log(n) / Math.log(numberNeeded('log', base)),
        true,
      );
    },
  },
  pow: {
    params: ['exponent'],
    run: (value, given) =>
      numeric(numberNeeded('pow', value) ** numberNeeded('pow', given.need('exponent')), true),
  },
  root: {
    params: ['base'],
    run: (value, given) => {
      const base = numberNeeded('root', given.get('base') ?? 2);
      const n = numberNeeded('root', value);
      return numeric(base === 2 ? Math.sqrt(n) : n ** (1 / base), true);
    },
  },
  filesizeformat: {
    params: ['binary'],
    run: (value, given) => {
      const base = given.flag('binary') ? 1024 : 1000;
      const bytes = numberNeeded(
        'filesizeformat',
        isText(value) ? (toFloat(text(value)) ?? value) : value,
      );
      if (bytes === 1) return '1 Byte';
      if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
      const power = Math.min(Math.floor(Math.log(bytes) / Math.log(base)), 8);
      const unit = 'kMGTPEZY'.charAt(power - 1);
      return `${(bytes / base ** power).toFixed(1)} ${base === 1024 ? `${unit.toUpperCase()}iB` : `${unit}B`}`;
    },
  },
};
