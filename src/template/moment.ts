import { failure } from './faults.ts';
import { offsetText, strftime } from './strftime.ts';
import { text } from './text.ts';
import { Callable, numberOf, numeric, Special, type Args, type Val } from './values.ts';

const two = (n: number, width = 2): string => String(n).padStart(width, '0');

const FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond'] as const;

/** A date and time as Python's datetime, with or without an offset from UTC; kept in UTC fields. */
export class Moment extends Special {
  readonly type: string = 'datetime';
  /** What is below a millisecond stands behind the point. */
  readonly ms: number;
  /** Minutes ahead of UTC; without it nobody knows where the clock hangs. */
  readonly offset: number | undefined;

  constructor(ms: number, offset?: number) {
    super();
    this.ms = ms;
    this.offset = offset;
  }

  plus(ms: number): Moment {
    return new Moment(this.ms + ms, this.offset);
  }

  /** How far it is behind another. Raises where only one of them says how far it is from UTC. */
  since(other: Moment): number {
    if ((this.offset === undefined) !== (other.offset === undefined))
      throw failure('A time with a zone and one without cannot be compared.', 'Read both with %z.');
    return rounded(this.utc - other.utc);
  }

  /** Milliseconds since 1970. */
  get utc(): number {
    return this.ms - (this.offset ?? 0) * 60_000;
  }

  protected get fields(): Readonly<Record<(typeof FIELDS)[number], number>> {
    const date = new Date(this.ms);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      microsecond: date.getUTCMilliseconds() * 1000 + Math.round((this.ms % 1) * 1000),
    };
  }

  override toString(): string {
    const zone = this.offset === undefined ? '' : offsetText(this.offset, ':');
    const clock = this.fields.microsecond > 0 ? '%H:%M:%S.%f' : '%H:%M:%S';
    return this.#format(`%Y-%m-%d ${clock}`) + zone;
  }

  override repr(): string {
    const { year, month, day, hour, minute, second, microsecond } = this.fields;
    const parts = [year, month, day, hour, minute];
    if (second > 0 || microsecond > 0) parts.push(second);
    if (microsecond > 0) parts.push(microsecond);
    return `datetime.datetime(${parts.join(', ')})`;
  }

  #format(format: string): string {
    const { offset } = this;
    if (offset === undefined) return strftime(format, this.ms);
    const name = offset === 0 ? 'UTC' : `UTC${offsetText(offset, ':')}`;
    return strftime(format, this.ms, { offset: offsetText(offset), name });
  }

  /** Its Python attributes; nothing when it has none of that name. */
  override attribute(name: string): Val | undefined {
    const field = FIELDS.find((one) => one === name);
    if (field) return this.fields[field];
    const weekday = new Date(this.ms).getUTCDay();
    switch (name) {
      case 'strftime':
        return new Callable(name, ({ list }) => {
          if (typeof list[0] !== 'string') throw failure('strftime needs a format text.');
          return this.#format(list[0]);
        });
      case 'isoformat':
        return new Callable(name, ({ list, named }) =>
          this.toString().replace(' ', text(list[0] ?? named.get('sep') ?? 'T')),
        );
      case 'weekday':
        return new Callable(name, () => (weekday + 6) % 7);
      case 'isoweekday':
        return new Callable(name, () => weekday || 7);
      case 'date':
        return new Callable(name, () => new Day(this.ms));
      case 'time':
        return new Callable(name, () => new Clock(this.ms));
      case 'replace':
        return new Callable(name, (args) => this.#replaced(args));
      case 'timestamp':
        return new Callable(name, () => numeric(this.utc / 1000, true));
      default:
        return undefined;
    }
  }

  #replaced({ list, named }: Args): Moment {
    const now = this.fields;
    const [year, month, day, hour, minute, second, micro] = FIELDS.map((field, i) => {
      const given = numberOf(list[i] ?? named.get(field));
      return given ?? now[field];
    });
    const date = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1);
    if (new Date(date).getUTCDate() !== day) throw failure('There is no such date.');
    const seconds = ((hour ?? 0) * 60 + (minute ?? 0)) * 60 + (second ?? 0);
    return new Moment(date + seconds * 1000 + (micro ?? 0) / 1000, this.offset);
  }
}

/** The sum of fractions of milliseconds, as microseconds are whole. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** A time of day. */
export class Clock extends Moment {
  override readonly type = 'time';

  override toString(): string {
    return strftime(this.fields.microsecond > 0 ? '%H:%M:%S.%f' : '%H:%M:%S', this.ms);
  }
}

/** A date without a time. */
export class Day extends Moment {
  override readonly type = 'date';

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
    const micro = Math.round((this.ms - Math.floor(this.ms / 1000) * 1000) * 1000);
    const exact = micro > 0 ? `${clock}.${two(micro, 6)}` : clock;
    return days === 0 ? exact : `${days} day${Math.abs(days) === 1 ? '' : 's'}, ${exact}`;
  }

  override attribute(name: string): Val | undefined {
    const days = Math.floor(this.ms / 86_400_000);
    if (name === 'days') return days;
    if (name === 'seconds') return Math.floor((this.ms - days * 86_400_000) / 1000);
    if (name === 'microseconds')
      return Math.round((this.ms - Math.floor(this.ms / 1000) * 1000) * 1000);
    if (name === 'total_seconds') {
      return new Callable(name, () => numeric(this.ms / 1000, true));
    }
    return undefined;
  }
}
