import { OrchError } from '../../lib/errors.ts';
import { jsonText } from '../../model/json-text.ts';
import { Secret, Unknown, type Value, isLazy, isMap } from '../../model/value.ts';

/** A value as an operator reads it: text as it is, everything else as JSON; secrets masked. */
export const showValue = (value: Value): string =>
  typeof value === 'string' ? value : jsonText(eager(value), 2);

/** More levels than anybody writes: variables of hosts that hold all variables of hosts have no end. */
const LEVELS = 100;

/** A value in which maps made on reading are made. Throws TEMPLATE_FAILED where that has no end. */
export function eager(value: Value, level = 0): Value {
  if (level > LEVELS) {
    throw new OrchError(
      'TEMPLATE_FAILED',
      `The value has more than ${LEVELS} levels: it holds itself, as a variable that was set to all of hostvars does.`,
      { hint: 'Name what is wanted of it: "{{ hostvars[name].variable }}".' },
    );
  }
  const made = (item: Value): Value => eager(item, level + 1);
  if (isLazy(value)) {
    return Object.fromEntries(value.keys().map((key) => [key, made(value.get(key) ?? null)]));
  }
  if (value instanceof Secret || value instanceof Unknown) return value;
  if (Array.isArray(value)) return (value as readonly Value[]).map(made);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, made(item)]));
}

/** A message: text, or a list of texts as lines. */
export const showMessage = (value: Value): string =>
  Array.isArray(value) ? (value as readonly Value[]).map(showValue).join('\n') : showValue(value);
