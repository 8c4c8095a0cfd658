import { Moment } from '../moment.ts';
import { offsetText, strftime } from '../strftime.ts';
import { strptime } from '../strptime.ts';
import type { Filter } from '../runtime.ts';
import { failure } from '../faults.ts';
import { text } from '../text.ts';
import { numberNeeded } from '../numbers.ts';
import { isText } from '../values.ts';

/** A time of the control node, or of UTC, as C's strftime writes it: it knows no microseconds. */
function written(format: string, date: Date, utc: boolean): string {
  if (Number.isNaN(date.getTime())) throw failure('The time is out of range.');
  const minutes = utc ? 0 : -date.getTimezoneOffset();
  const name = utc ? 'GMT' : zoneName(date);
  return strftime(format.replace(/%f/g, '%%f'), date.getTime() + minutes * 60_000, {
    offset: offsetText(minutes),
    name,
  });
}

const zoneName = (date: Date): string =>
  date.toLocaleTimeString('en-GB', { timeZoneName: 'short' }).split(' ').at(-1) ?? '';

/** Filters on dates and times; times without a zone are taken as UTC. */
export const TIMES: Readonly<Record<string, Filter>> = {
  to_datetime: {
    params: ['format'],
    run: (value, given) => {
      const { ms, offset } = strptime(text(value), given.text('format', '%Y-%m-%d %H:%M:%S'));
      return new Moment(ms, offset);
    },
  },
  strftime: {
    params: ['second', 'utc'],
    run: (value, given, runtime) => {
      const second = given.get('second');
      if (second !== undefined && second !== null) {
        const seconds = isText(second) ? Number(text(second)) : numberNeeded('strftime', second);
        if (Number.isNaN(seconds)) throw failure('The seconds of strftime are no number.');
        return written(text(value), new Date(seconds * 1000), given.flag('utc'));
      }
      const now = runtime.ports.now?.();
      if (!now) throw failure('The filter "strftime" needs a time here.');
      return written(text(value), now, given.flag('utc'));
    },
  },
};
