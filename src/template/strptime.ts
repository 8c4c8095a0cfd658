import { failure } from './faults.ts';
import { DAYS, MONTHS } from './strftime.ts';

/** A time that was read: milliseconds since 1970 as if it were UTC, with what is below a millisecond behind the point. */
export interface ReadTime {
  readonly ms: number;
  /** Minutes ahead of UTC, where the text says so. */
  readonly offset?: number;
}

const short = (names: readonly string[]): string => names.map((name) => name.slice(0, 3)).join('|');

const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  f: '\\d{1,6}',
  j: '\\d{1,3}',
  m: '\\d{1,2}',
  d: '\\d{1,2}',
  H: '\\d{1,2}',
  I: '\\d{1,2}',
  M: '\\d{1,2}',
  S: '\\d{1,2}',
  y: '\\d{2}',
  s: '\\d+',
  b: short(MONTHS),
  h: short(MONTHS),
  B: MONTHS.join('|'),
  a: short(DAYS),
  A: DAYS.join('|'),
  p: 'AM|PM',
  z: '[+-]\\d{2}:?[0-5]\\d|Z',
  Z: 'UTC|GMT',
};

/** The directives of a format and the pattern that finds them. */
function patternOf(format: string): { names: readonly string[]; pattern: RegExp } {
  const names: string[] = [];
  const source = format
    .replace(/%F/g, '%Y-%m-%d')
    .replace(/%T/g, '%H:%M:%S')
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\s+/g, '\\s+')
    .replace(/%(.)/g, (_, directive: string) => {
      if (directive === '%') return '%';
      const digits = Object.hasOwn(DIRECTIVES, directive) ? DIRECTIVES[directive] : undefined;
      if (digits === undefined) throw failure(`The directive %${directive} cannot be read.`);
      names.push(directive);
      return `(${digits})`;
    });
  return { names, pattern: new RegExp(`^${source}$`, 'i') };
}

/** Reads a time by C's directives. Raises when the text does not fit. */
export function strptime(value: string, format: string): ReadTime {
  const { names, pattern } = patternOf(format);
  const found = pattern.exec(value);
  if (!found) throw failure(`The text does not have the form "${format}" of a time.`);
  const got = new Map(names.map((name, i) => [name, found[i + 1] ?? '']));
  const number = (name: string, fallback: number): number =>
    got.has(name) ? Number(got.get(name)) : fallback;
  if (got.has('s')) return { ms: number('s', 0) * 1000 };
  const written = number('y', 0);
  const year = number('Y', got.has('y') ? written + (written < 69 ? 2000 : 1900) : 1900);
  const half = got.get('p')?.toUpperCase();
  const hour = got.has('I') ? (number('I', 0) % 12) + (half === 'PM' ? 12 : 0) : number('H', 0);
  const fraction = Number((got.get('f') ?? '').padEnd(6, '0')) / 1000;
  const date = dateOf(year, got);
  if (date === undefined || hour > 23 || number('M', 0) > 59 || number('S', 0) > 59) {
    throw failure('There is no such date or time.');
  }
  const ms = date + ((hour * 60 + number('M', 0)) * 60 + number('S', 0)) * 1000 + fraction;
  const offset = offsetOf(got.get('z'));
  return offset === undefined ? { ms } : { ms, offset };
}

/** The day, in milliseconds; nothing where there is none such. */
function dateOf(year: number, got: ReadonlyMap<string, string>): number | undefined {
  const word = got.get('b') ?? got.get('h') ?? got.get('B');
  if (word === undefined && !got.has('m') && got.has('j')) {
    const at = Date.UTC(year, 0, Number(got.get('j')));
    return Number(got.get('j')) > 0 && new Date(at).getUTCFullYear() === year ? at : undefined;
  }
  const month = word
    ? MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === word.slice(0, 3).toLowerCase())
    : Number(got.get('m') ?? 1) - 1;
  const day = Number(got.get('d') ?? 1);
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return month < 0 || month > 11 || day < 1 || day > days ? undefined : Date.UTC(year, month, day);
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
