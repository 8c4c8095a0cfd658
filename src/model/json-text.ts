import { Float } from './value.ts';

/** No text of a host begins a JSON text with it: control characters are written otherwise there. */
const MARK = '\u0000float ';
const MARKED = /"\\u0000float ([-+.\de]+)"/g;

/** JSON in which `2.0` is written as that, which `JSON.stringify` cannot do. */
export function jsonText(value: unknown, indent?: number): string {
  const written = JSON.stringify(
    value,
    function (this: unknown, key: string, item: unknown) {
      const raw = (this as Readonly<Record<string, unknown>>)[key];
      return raw instanceof Float ? `${MARK}${String(raw)}` : item;
    },
    indent,
  );
  return written.replace(MARKED, '$1');
}
