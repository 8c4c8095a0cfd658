import { jsonText } from '../model/json-text.ts';
import { Secret, Unknown, type Value } from '../model/value.ts';

/** A value as one short line, for labels and names. */
export function show(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Secret) return String(value);
  if (value instanceof Unknown) return '(unknown)';
  return jsonText(value);
}
