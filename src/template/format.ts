import { failure, limitText, wrongType } from './faults.ts';
import { repr, text } from './text.ts';
import { integerOf, isMapping, numberOf, own, Tuple, type Val } from './values.ts';

/** How one value is to be laid out. */
export interface Spec {
  readonly fill: string;
  readonly align: string | undefined;
  readonly sign: string;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly separator: string | undefined;
  readonly precision: number | undefined;
  readonly type: string;
}

/** A text of a width; zeros go between the sign and the digits. */
export function pad(body: string, { width, align, zero, fill }: Spec, usual: string): string {
  limitText(width);
  const gap = width - Array.from(body).length;
  if (gap <= 0) return body;
  const how = align ?? (zero ? '=' : usual);
  const filler = zero && fill === ' ' ? '0' : fill;
  if (how === '<') return body + filler.repeat(gap);
  if (how === '^') {
    return filler.repeat(Math.floor(gap / 2)) + body + filler.repeat(Math.ceil(gap / 2));
  }
  const head = how === '=' ? (/^[-+ ]?(?:0[xXobB])?/.exec(body)?.[0] ?? '') : '';
  return head + filler.repeat(gap) + body.slice(head.length);
}

const BASES: Readonly<Record<string, number>> = { x: 16, X: 16, o: 8, b: 2 };

/** A number in the form a letter of C's printf stands for, with its sign. */
export function numberText(
  value: Val,
  { type, precision, alternate, sign, separator }: Spec,
): string {
  const n = numberOf(value);
  if (n === undefined) throw wrongType(`The format "${type}"`, 'a number', value);
  const body = digits(value, n, { type, precision, alternate });
  const grouped = separator === undefined ? body : group(body, separator);
  const negative = grouped.startsWith('-');
  const plus = sign === '+' || sign === ' ' ? sign : '';
  return negative ? grouped : plus + grouped;
}

function group(body: string, separator: string): string {
  const [, head = '', whole = '', rest = ''] = /^(-?)(\d*)(.*)$/s.exec(body) ?? [];
  return head + whole.replace(/\B(?=(?:\d{3})+$)/g, separator) + rest;
}

function digits(
  value: Val,
  n: number,
  { type, precision, alternate }: Pick<Spec, 'type' | 'precision' | 'alternate'>,
): string {
  const base = BASES[type];
  if (base !== undefined) {
    const whole = integerOf(value);
    if (whole === undefined) throw wrongType(`The format "${type}"`, 'a whole number', value);
    const size = whole < 0 ? -whole : whole;
    const body = (whole < 0 ? '-' : '') + (alternate ? `0${type}` : '') + size.toString(base);
    return type === 'X' ? body.toUpperCase() : body;
  }
  if (!Number.isFinite(n)) return text(value);
  const places = precision ?? 6;
  if ('fF'.includes(type)) return n.toFixed(Math.min(places, 100));
  if ('eE'.includes(type)) return exponent(n.toExponential(Math.min(places, 100)), type);
  if ('gG'.includes(type)) return general(n, places || 1, type);
  if (type === '%') return `${(n * 100).toFixed(Math.min(places, 100))}%`;
  throw failure(`The format "${type}" is not supported.`);
}

function exponent(body: string, type: string): string {
  const fixed = body.replace(/e([-+])(\d)$/, 'e$10$2');
  return type === type.toUpperCase() ? fixed.toUpperCase() : fixed;
}

/** The shorter of the two forms, as C's `%g`. */
export function general(n: number, places: number, type: string): string {
  if (n === 0) return Object.is(n, -0) ? '-0' : '0';
  const [head = '', tail = ''] = n.toExponential(Math.min(places - 1, 100)).split('e');
  const power = Number(tail);
  if (power < -4 || power >= places) return exponent(`${trimZeros(head)}e${tail}`, type);
  return trimZeros(n.toFixed(Math.min(Math.max(places - 1 - power, 0), 100)));
}

const trimZeros = (body: string): string =>
  body.includes('.') ? body.replace(/\.?0+$/, '') : body;

/** Python's `text % values`. */
export function percent(format: string, values: Val): string {
  const list: readonly Val[] = values instanceof Tuple ? values : [values];
  let next = 0;
  const take = (): Val => {
    const value = list[next++];
    if (value === undefined) throw failure('"%" has fewer values than the format asks for.');
    return value;
  };
  const out = format.replace(
    /%(?:\(([^)]*)\))?([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([\s\S]?)/g,
    (...found: string[]) => {
      const [, name, flags = '', width = '', precision, type = ''] = found as (
        | string
        | undefined
      )[];
      if (type === '%') return '%';
      const wide = width === '*' ? count(take()) : Number(width || 0);
      const exact =
        precision === undefined ? undefined : precision === '*' ? count(take()) : Number(precision);
      const value = name === undefined ? take() : named(values, name);
      const spec = {
        fill: ' ',
        align: flags.includes('-') || wide < 0 ? '<' : undefined,
        sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-',
        alternate: flags.includes('#'),
        zero: flags.includes('0') && !flags.includes('-') && !'sracr'.includes(type),
        width: Math.abs(wide),
        separator: undefined,
        precision: exact,
        type,
      };
      return pad(converted(value, spec), spec, '>');
    },
  );
  const unused = next < list.length && !(isMapping(values) && next <= 1);
  if (unused) throw failure('"%" has more values than the format asks for.');
  return out;
}

function count(value: Val): number {
  const whole = integerOf(value);
  if (whole === undefined) throw wrongType('"*" in a format', 'a whole number', value);
  return Number(whole);
}

function named(values: Val, name: string): Val {
  const value = isMapping(values) ? own(values, name) : undefined;
  if (value === undefined) throw failure(`"%" has no value for "%(${name})".`);
  return value;
}

function converted(value: Val, spec: Spec): string {
  const { type, precision } = spec;
  if (type === 's') return text(value).slice(0, precision);
  if (type === 'r' || type === 'a') return repr(value).slice(0, precision);
  if (type === 'c') {
    const code = integerOf(value);
    if (code !== undefined) return String.fromCodePoint(Number(code));
    if (Array.from(text(value)).length !== 1) throw failure('"%c" needs one character.');
    return text(value);
  }
  if ('diu'.includes(type) && type !== '') {
    const n = numberOf(value);
    if (n === undefined) throw wrongType(`The format "${type}"`, 'a number', value);
    const whole = integerOf(value) ?? BigInt(Math.trunc(n));
    const plus = whole >= 0 && spec.sign !== '-' ? spec.sign : '';
    const size = String(whole < 0 ? -whole : whole).padStart(precision ?? 0, '0');
    return plus + (whole < 0 ? '-' : '') + size;
  }
  return numberText(value, spec);
}
