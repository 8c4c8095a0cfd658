/** Control characters, and marks that make text read otherwise than it is written (Unicode Cc, Cf, line separators). */
const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Most text is nothing but this, and needs no closer look. */
const ORDINARY = /^[\x20-\x7e\n\t]*$/;

/** Text from a host made safe to print: every control character but newline and tab is spelt out (`\x1b`). */
export const visible = (text: string): string =>
  ORDINARY.test(text)
    ? text
    : text.replace(HIDDEN, (char) => {
        if (char === '\n' || char === '\t') return char;
        if (char === '\r') return '\\r';
        const code = char.codePointAt(0) ?? 0;
        return code < 256
          ? `\\x${code.toString(16).padStart(2, '0')}`
          : `\\u{${code.toString(16)}}`;
      });

/** The same for text that must stay on one line. */
export const oneLine = (text: string): string =>
  visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/** A copy of JSON-like data in which every string, keys too, is visible. */
export function allVisible<T>(data: T): T {
  const copy = (value: unknown): unknown => {
    if (typeof value === 'string') return visible(value);
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return value;
    if ('toJSON' in value && typeof value.toJSON === 'function') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [visible(key), copy(item)]),
    );
  };
  return copy(data) as T;
}
