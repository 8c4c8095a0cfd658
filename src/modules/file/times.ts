import { Refusal } from '../../model/module.ts';

/** A time argument: seconds since 1970 as text, `now`, or nothing when it is kept. */
export function timeOf(
  given: string | number | undefined,
  format: string,
  pointer: string,
): string | undefined | Refusal {
  if (given === undefined || given === 'preserve') return undefined;
  if (given === 'now') return 'now';
  const found = parsed(String(given), format);
  return (
    found ??
    new Refusal(
      `Error while obtaining timestamp for time ${String(given)} using format ${format}`,
      {
        pointer,
        code: 'ARGUMENT_INVALID',
        hint: 'Write it as YYYYMMDDhhmm.SS in quotes, or give its format.',
      },
    )
  );
}

const FIELDS: Readonly<Record<string, readonly [string, string]>> = {
  Y: ['year', '\\d{4}'],
  m: ['month', '\\d{1,2}'],
  d: ['day', '\\d{1,2}'],
  H: ['hour', '\\d{1,2}'],
  M: ['minute', '\\d{1,2}'],
  S: ['second', '\\d{1,2}'],
};

/** Read in the time zone of the host, which only the host knows: so this is UTC unless the format says %s. */
function parsed(text: string, format: string): string | undefined {
  if (format === '%s') return /^\d+$/.test(text) ? text : undefined;
  const names: string[] = [];
  const pattern = format.replace(
    /%(.)|[\\^$.*+?()[\]{}|/-]/g,
    (whole, field: string | undefined) => {
      const known = field === undefined ? undefined : FIELDS[field];
      if (!known) return `\\${whole}`;
      names.push(known[0]);
      return `(${known[1]})`;
    },
  );
  const found = new RegExp(`^${pattern}$`).exec(text);
  if (!found) return undefined;
  const at = (name: string, otherwise: number): number =>
    names.includes(name) ? Number(found[names.indexOf(name) + 1]) : otherwise;
  const time = Date.UTC(
    at('year', 1900),
    at('month', 1) - 1,
    at('day', 1),
    at('hour', 0),
    at('minute', 0),
    at('second', 0),
  );
  return String(Math.floor(time / 1000));
}
