import { failure } from './faults.ts';

const two = (n: number, width = 2): string => String(n).padStart(width, '0');

/** Names of days, Sunday first. */
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** Names of months. */
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** What `%z` and `%Z` say. */
export interface Zone {
  readonly offset: string;
  readonly name: string;
}

const NO_ZONE: Zone = { offset: '', name: '' };

/** An offset in minutes as `%z` writes it: +0100. */
export const offsetText = (minutes: number, colon = ''): string =>
  `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${colon}${two(Math.abs(minutes) % 60)}`;

/** Formats a time (milliseconds since 1970, UTC) with C's directives. */
export function strftime(format: string, ms: number, zone: Zone = NO_ZONE): string {
  const date = new Date(ms);
  const micro = Math.round((ms - Math.floor(ms)) * 1000);
  if (Number.isNaN(date.getTime())) throw failure('The time is out of range.');
  return format.replace(/%([-_0^#]*)(.)/g, (whole, flags: string, directive: string) => {
    const plain = field(directive, date, micro, zone);
    return plain === undefined ? whole : flagged(plain, flags, directive);
  });
}

/** As glibc does it: `-` no padding, `_` blanks, `0` zeros, `^` capitals, `#` the other case. */
function flagged(plain: string, flags: string, directive: string): string {
  let out = plain;
  for (const flag of flags) {
    if (flag === '-') out = out.replace(/^[0 ]+(?=.)/, '');
    else if (flag === '_') out = out.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
    else if (flag === '0') out = out.replace(/^ +/, (blanks) => '0'.repeat(blanks.length));
    else if (flag === '^') out = out.toUpperCase();
    else out = directive === 'Z' || directive === 'p' ? out.toLowerCase() : out.toUpperCase();
  }
  return out;
}

const DAY = 86_400_000;

/** The days of the year before this one. */
const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY);

/** The week that holds the Thursday, as ISO 8601 counts. */
function isoWeek(date: Date): { week: number; year: number } {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY);
  return { week: Math.floor(dayOfYear(thursday) / 7) + 1, year: thursday.getUTCFullYear() };
}

function field(directive: string, date: Date, micro: number, zone: Zone): string | undefined {
  const hour = date.getUTCHours();
  const day = DAYS[date.getUTCDay()] ?? '';
  const month = MONTHS[date.getUTCMonth()] ?? '';
  const fields: Readonly<Record<string, () => string>> = {
    Y: () => two(date.getUTCFullYear(), 4),
    y: () => two(date.getUTCFullYear() % 100),
    m: () => two(date.getUTCMonth() + 1),
    d: () => two(date.getUTCDate()),
    e: () => String(date.getUTCDate()).padStart(2),
    H: () => two(hour),
    I: () => two(hour % 12 || 12),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    f: () => two(date.getUTCMilliseconds() * 1000 + micro, 6),
    p: () => (hour < 12 ? 'AM' : 'PM'),
    a: () => day.slice(0, 3),
    A: () => day,
    b: () => month.slice(0, 3),
    h: () => month.slice(0, 3),
    k: () => String(hour).padStart(2),
    l: () => String(hour % 12 || 12).padStart(2),
    P: () => (hour < 12 ? 'am' : 'pm'),
    C: () => two(Math.floor(date.getUTCFullYear() / 100)),
    g: () => two(isoWeek(date).year % 100),
    r: () => strftime('%I:%M:%S %p', date.getTime()),
    B: () => month,
    w: () => String(date.getUTCDay()),
    u: () => String(date.getUTCDay() || 7),
    U: () => two(Math.floor((dayOfYear(date) + 7 - date.getUTCDay()) / 7)),
    W: () => two(Math.floor((dayOfYear(date) + 7 - ((date.getUTCDay() + 6) % 7)) / 7)),
    V: () => two(isoWeek(date).week),
    G: () => String(isoWeek(date).year),
    c: () => strftime('%a %b %e %H:%M:%S %Y', date.getTime()),
    x: () => strftime('%m/%d/%y', date.getTime()),
    X: () => strftime('%H:%M:%S', date.getTime()),
    j: () => two(dayOfYear(date) + 1, 3),
    F: () => strftime('%Y-%m-%d', date.getTime()),
    T: () => strftime('%H:%M:%S', date.getTime()),
    D: () => strftime('%m/%d/%y', date.getTime()),
    R: () => strftime('%H:%M', date.getTime()),
    s: () => String(Math.floor(date.getTime() / 1000)),
    z: () => zone.offset,
    Z: () => zone.name,
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  };
  return Object.hasOwn(fields, directive) ? fields[directive]?.() : undefined;
}
