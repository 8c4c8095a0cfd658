/** Reads a time as people write it: `60s`, `2m`, `90`, or a number of seconds; nothing when it is none. */
export function secondsOf(value: unknown): number | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([sm])?\s*$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === 'm' ? 60 : 1);
}
