import { OrchError } from '../../lib/errors.ts';
import type { Scope } from '../../model/scope.ts';
import { type MapTree, entry } from '../../model/tree.ts';
import { type Value, firstUnknown, isMap, opened } from '../../model/value.ts';
import { showValue } from './texts.ts';

/** The value of an argument; nothing when it is left out, null or omitted. */
export const valueArg = (args: MapTree, key: string, scope: Scope): Value | undefined => {
  const given = entry(args, key);
  if (!given) return undefined;
  const value = scope.resolve(given.value);
  return value === null || isOmitted(value, scope) ? undefined : value;
};

/** A value without the entries of its maps that are omitted, however deep. */
export function withoutOmitted(value: Value, scope: Scope): Value {
  if (Array.isArray(value))
    return (value as readonly Value[]).map((item) => withoutOmitted(item, scope));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => !isOmitted(item, scope))
      .map(([key, item]) => [key, withoutOmitted(item, scope)]),
  );
}

/** Whether a template gave `omit`: the argument counts as left out. */
export const isOmitted = (value: Value, scope: Scope): boolean =>
  typeof value === 'string' &&
  value.startsWith('__omit_place_holder__') &&
  value === scope.get('omit');

/** An argument as text. */
export function textArg(args: MapTree, key: string, scope: Scope): string | undefined {
  const value = valueArg(args, key, scope);
  return value === undefined ? undefined : showValue(opened(value));
}

/** An argument as a boolean, as Ansible reads it. */
export function truthArg(args: MapTree, key: string, scope: Scope, otherwise: boolean): boolean {
  const value = valueArg(args, key, scope);
  if (value === undefined) return otherwise;
  const plain = opened(value);
  return typeof plain === 'string' ? /^(y|yes|on|true|t|1)$/i.test(plain) : Boolean(plain);
}

/** An argument as a number. Throws ARGUMENT_INVALID when it is none. */
export function numberOf(args: MapTree, key: string, scope: Scope): number | undefined {
  const value = valueArg(args, key, scope);
  if (value === undefined || firstUnknown(value)) return undefined;
  const number = Number(opened(value));
  if (Number.isFinite(number) && value !== '') return number;
  throw new OrchError('ARGUMENT_INVALID', `${key} must be a number, is ${showValue(value)}`, {
    source: entry(args, key)?.value.source,
  });
}

/** An argument as words: a list, or text with commas. */
export function wordsArg(args: MapTree, key: string, scope: Scope): readonly string[] {
  const value = valueArg(args, key, scope);
  if (value === undefined) return [];
  const plain = opened(value);
  const list = Array.isArray(plain)
    ? (plain as readonly Value[]).map(showValue)
    : showValue(plain).split(',');
  return list.map((word) => word.trim()).filter((word) => word !== '');
}

/** An argument as a map. Throws ARGUMENT_INVALID when it is none. */
export function mapArg(args: MapTree, key: string, scope: Scope): Readonly<Record<string, Value>> {
  const value = valueArg(args, key, scope);
  if (value === undefined || firstUnknown(value)) return {};
  if (isMap(value)) return value;
  throw new OrchError('ARGUMENT_INVALID', `${key} must be a map`, {
    source: entry(args, key)?.value.source,
  });
}
