import type { Runtime } from '../runtime.ts';
import { text } from '../text.ts';
import { Secret } from '../../model/value.ts';
import { isText, numberOf, Undef, type Val } from '../values.ts';

/** What stands at `attribute` of an item: `a.b.0` goes down step by step. */
export function field(item: Val, attribute: Val, runtime: Runtime): Val {
  if (numberOf(attribute) !== undefined) return runtime.item(item, attribute);
  let found = item;
  for (const part of text(attribute).split('.')) {
    found = runtime.item(found, /^\d+$/.test(part) ? Number(part) : part);
    if (found instanceof Undef) return found;
  }
  return found;
}

/** A value as sorting and grouping see it: text in lower case unless case counts. */
export const folded = (value: Val, caseSensitive: boolean): Val =>
  !caseSensitive && isText(value) ? fold(value) : value;

const fold = (value: string | Secret): Val =>
  typeof value === 'string' ? value.toLowerCase() : new Secret(value.reveal().toLowerCase());
