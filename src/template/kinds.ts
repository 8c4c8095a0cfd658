import { isList, isMapping, isText, numberOf, Special, Undef, type Val } from './values.ts';

/** The name of a value's type in the reader's words. */
export function kindOf(value: Val): string {
  if (value === null) return 'none';
  if (isText(value)) return 'text';
  if (typeof value === 'boolean') return 'a boolean';
  if (numberOf(value) !== undefined) return 'a number';
  if (isList(value)) return 'a list';
  if (isMapping(value)) return 'a map';
  if (value instanceof Undef) return 'undefined';
  return value instanceof Special ? `a ${value.type}` : 'unknown';
}
