import { Moment, strftime, strptime } from '../moment.ts';
import type { Filter } from '../runtime.ts';
import { failure } from '../faults.ts';
import { text } from '../text.ts';
import { numberNeeded } from '../numbers.ts';
import { isText } from '../values.ts';

/** Filters on dates and times; times without a zone are taken as UTC. */
export const TIMES: Readonly<Record<string, Filter>> = {
  to_datetime: {
    params: ['format'],
    run: (value, given) =>
      new Moment(strptime(text(value), given.text('format', '%Y-%m-%d %H:%M:%S'))),
  },
  strftime: {
    params: ['second', 'utc'],
    run: (value, given, runtime) => {
      const second = given.get('second');
      if (second !== undefined && second !== null) {
        const seconds = isText(second) ? Number(text(second)) : numberNeeded('strftime', second);
        if (Number.isNaN(seconds)) throw failure('The seconds of strftime are no number.');
        const zone = new Date(seconds * 1000).getTimezoneOffset() * 60_000;
        return strftime(text(value), seconds * 1000 - (given.flag('utc') ? 0 : zone));
      }
      const now = runtime.ports.now?.();
      if (!now) throw failure('The filter "strftime" needs a time here.');
      return strftime(
        text(value),
        now.getTime() - (given.flag('utc') ? 0 : now.getTimezoneOffset() * 60_000),
      );
    },
  },
};
