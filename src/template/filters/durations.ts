import { failure } from '../faults.ts';
import type { Filter, Given } from '../runtime.ts';
import { text } from '../text.ts';
import { numberOf, numeric, type Val } from '../values.ts';

const SHORT: Readonly<Record<string, string>> = {
  millisecond: 'ms',
  msec: 'ms',
  msecond: 'ms',
  sec: 's',
  second: 's',
  min: 'm',
  minute: 'm',
  hour: 'h',
  day: 'd',
  week: 'w',
  month: 'mo',
  year: 'y',
};

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/** Milliseconds in each unit; a month has 30 days and a year 365, where nothing else is said. */
const unitsOf = (given: Given): Readonly<Record<string, number>> => ({
  ms: 1,
  s: SECOND,
  m: 60 * SECOND,
  h: 60 * 60 * SECOND,
  d: DAY,
  w: 7 * DAY,
  mo: (numberOf(given.get('month')) ?? 30) * DAY,
  y: (numberOf(given.get('year')) ?? 365) * DAY,
});

/** The milliseconds of a unit, by any of its names. */
function sizeOf(name: string, units: Readonly<Record<string, number>>): number | undefined {
  const bare = name.replace(/s+$/, '');
  const short = Object.hasOwn(SHORT, bare) ? (SHORT[bare] ?? name) : name;
  return Object.hasOwn(units, short) ? units[short] : undefined;
}

function convert(value: Val, unit: string, given: Given): Val {
  const written = text(value);
  if (written === '0') return 0;
  const units = unitsOf(given);
  const size = sizeOf(unit, units);
  if (size === undefined) throw failure(`There is no unit of time "${unit}".`, 'Use s, min, h, d.');
  const sum = written
    .split(/\s+/)
    .filter((part) => part !== '')
    .reduce((total, part) => {
      const [, count, name = ''] = /^(-?\d+)(\w+)/.exec(part) ?? [];
      const factor = sizeOf(name, units);
      if (count === undefined || factor === undefined)
        throw failure(`"${part}" is no length of time.`, 'Write it like 1h 30min.');
      return total + Number(count) * factor;
    }, 0);
  return numeric(Math.round((sum / size) * 1e12) / 1e12, true);
}

const into = (unit: string): Filter => ({
  params: ['year', 'month'],
  run: (value, given) => convert(value, unit, given),
});

/** Filters of community.general on lengths of time, such as `1h 30min`. */
export const DURATIONS: Readonly<Record<string, Filter>> = {
  to_time_unit: {
    params: ['unit', 'year', 'month'],
    run: (value, given) => convert(value, given.text('unit', 'ms'), given),
  },
  to_milliseconds: into('ms'),
  to_seconds: into('s'),
  to_minutes: into('m'),
  to_hours: into('h'),
  to_days: into('d'),
  to_weeks: into('w'),
  to_months: into('mo'),
  to_years: into('y'),
};
