import { jsonText } from '../../model/json-text.ts';
import { Secret, Unknown, type Value, isLazy, isMap } from '../../model/value.ts';

/** A value as an operator reads it: text as it is, everything else as JSON; secrets masked. */
export const showValue = (value: Value): string =>
  typeof value === 'string' ? value : jsonText(eager(value), 2);

/** A value in which maps made on reading are made. */
export function eager(value: Value): Value {
  if (isLazy(value)) {
    return Object.fromEntries(value.keys().map((key) => [key, eager(value.get(key) ?? null)]));
  }
  if (value instanceof Secret || value instanceof Unknown) return value;
  if (Array.isArray(value)) return (value as readonly Value[]).map(eager);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, eager(item)]));
}

/** A message: text, or a list of texts as lines. */
export const showMessage = (value: Value): string =>
  Array.isArray(value) ? (value as readonly Value[]).map(showValue).join('\n') : showValue(value);
