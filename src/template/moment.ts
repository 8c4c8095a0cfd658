import { failure } from './faults.ts';
import { numeric, Special, Callable, type Val } from './values.ts';

const two = (n: number, width = 2): string => String(n).padStart(width, '0');

/** A date and time without a zone, as Python's naive datetime; kept in UTC fields. */
export class Moment extends Special {
  readonly type = 'datetime';
  readonly ms: number;

  constructor(ms: number) {
    super();
    this.ms = ms;
  }

  plus(ms: number): Moment {
    return new Moment(this.ms + ms);
  }

  override toString(): string {
    const fraction = this.ms % 1000;
    return strftime('%Y-%m-%d %H:%M:%S', this.ms) + (fraction ? `.${two(fraction, 3)}000` : '');
  }

  override repr(): string {
    const at = new Date(this.ms);
    const parts = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()];
    parts.push(at.getUTCHours(), at.getUTCMinutes());
    const milli = at.getUTCMilliseconds();
    if (at.getUTCSeconds() > 0 || milli > 0) parts.push(at.getUTCSeconds());
    if (milli > 0) parts.push(milli * 1000);
    return `datetime.datetime(${parts.join(', ')})`;
  }

  /** Its Python attributes; nothing when it has none of that name. */
  override attribute(name: string): Val | undefined {
    const date = new Date(this.ms);
    const numbers: Readonly<Record<string, number>> = {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      microsecond: date.getUTCMilliseconds() * 1000,
    };
    if (Object.hasOwn(numbers, name)) return numbers[name];
    if (name === 'strftime') {
      return new Callable(name, ({ list }) => {
        const format = list[0];
        if (typeof format !== 'string') throw failure('strftime needs a format text.');
        return strftime(format, this.ms);
      });
    }
    if (name === 'isoformat') {
      return new Callable(name, () => this.toString().replace(' ', 'T'));
    }
    if (name === 'weekday') return new Callable(name, () => (date.getUTCDay() + 6) % 7);
    if (name === 'isoweekday') return new Callable(name, () => date.getUTCDay() || 7);
    if (name === 'date') return new Callable(name, () => new Day(this.ms));
    if (name === 'timestamp') return new Callable(name, () => numeric(this.ms / 1000, true));
    return undefined;
  }
}

/** A date without a time. */
export class Day extends Moment {
  override toString(): string {
    return strftime('%Y-%m-%d', this.ms);
  }

  override repr(): string {
    const at = new Date(this.ms);
    return `datetime.date(${at.getUTCFullYear()}, ${at.getUTCMonth() + 1}, ${at.getUTCDate()})`;
  }
}

/** The time between two moments. */
export class Span extends Special {
  readonly type = 'timedelta';
  readonly ms: number;

  constructor(ms: number) {
    super();
    this.ms = ms;
  }

  override toString(): string {
    const days = Math.floor(this.ms / 86_400_000);
    const rest = Math.floor((this.ms - days * 86_400_000) / 1000);
    const clock = `${Math.floor(rest / 3600)}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
    return days === 0 ? clock : `${days} day${Math.abs(days) === 1 ? '' : 's'}, ${clock}`;
  }

  override attribute(name: string): Val | undefined {
    const days = Math.floor(this.ms / 86_400_000);
    if (name === 'days') return days;
    if (name === 'seconds') return Math.floor((this.ms - days * 86_400_000) / 1000);
    if (name === 'total_seconds') {
      return new Callable(name, () => numeric(this.ms / 1000, true));
    }
    return undefined;
  }
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
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

/** Formats a time (milliseconds since 1970, UTC) with C's directives. */
export function strftime(format: string, ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) throw failure('The time is out of range.');
  return format.replace(/%(.)/g, (whole, directive: string) => field(directive, date) ?? whole);
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

function field(directive: string, date: Date): string | undefined {
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
    f: () => two(date.getUTCMilliseconds() * 1000, 6),
    p: () => (hour < 12 ? 'AM' : 'PM'),
    a: () => day.slice(0, 3),
    A: () => day,
    b: () => month.slice(0, 3),
    h: () => month.slice(0, 3),
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
    z: () => '+0000',
    Z: () => 'UTC',
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  };
  return Object.hasOwn(fields, directive) ? fields[directive]?.() : undefined;
}

/** Reads a time by C's directives: milliseconds since 1970 (UTC). Raises when the text does not fit. */
export function strptime(value: string, format: string): number {
  const names: string[] = [];
  const pattern = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%(.)/g, (_, d: string) => {
    if (d === '%') return '%';
    const digits = { Y: '\\d{4}', f: '\\d{1,6}', j: '\\d{1,3}', s: '\\d+' } as const;
    names.push(d);
    if (d === 'Y' || d === 'f' || d === 'j' || d === 's') return `(${digits[d]})`;
    if ('mdHIMSy'.includes(d)) return '(\\d{1,2})';
    if ('bBhaAp'.includes(d)) return '([A-Za-z]+)';
    if (d === 'z' || d === 'Z') return '([+-]\\d{2}:?\\d{2}|[A-Z]+)';
    throw failure(`The directive %${d} cannot be read.`);
  });
  const found = new RegExp(`^${pattern}$`).exec(value);
  if (!found) throw failure(`The text does not have the form "${format}" of a time.`);
  const got = new Map(names.map((name, i) => [name, found[i + 1] ?? '']));
  const number = (name: string, fallback: number): number =>
    got.has(name) ? Number(got.get(name)) : fallback;
  const word = got.get('b') ?? got.get('h') ?? got.get('B');
  const month = word
    ? MONTHS.findIndex((m) => m.slice(0, 3).toLowerCase() === word.slice(0, 3).toLowerCase())
    : number('m', 1) - 1;
  const short = number('y', 0);
  const year = number('Y', got.has('y') ? short + (short < 69 ? 2000 : 1900) : 1900);
  const half = got.get('p')?.toUpperCase();
  const hour = got.has('I') ? (number('I', 0) % 12) + (half === 'PM' ? 12 : 0) : number('H', 0);
  const milli = got.has('f') ? Math.floor(Number((got.get('f') ?? '').padEnd(6, '0')) / 1000) : 0;
  if (got.has('s')) return number('s', 0) * 1000;
  const day = number('d', 1);
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  if (month < 0 || month > 11 || day < 1 || day > days || hour > 23 || number('M', 0) > 59) {
    throw failure('There is no such date or time.');
  }
  return Date.UTC(year, month, day, hour, number('M', 0), number('S', 0), milli);
}
