import type { ParamsSchema } from './module.ts';
import { Float, isMap, type Value } from './value.ts';

/** The part of a schema that says what may be made of another type. */
interface Typed {
  readonly type?: string | readonly string[];
  readonly items?: Typed;
}

/**
 * Arguments with their types as Ansible takes them, for modules that say `x-lenient`: "yes" is true where a
 * boolean is wanted, "5" a number, 5 a text, "a,b" a list. What fits already, and what cannot be meant, stays.
 */
export function lenient(schema: ParamsSchema, given: Value): Value {
  if (schema['x-lenient'] !== true || !isMap(given)) return numbered(given);
  const made = Object.entries(given).map(([name, value]): [string, Value] => {
    const key = canonical(schema, name);
    const property = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    return [key, property ? fitted(property, value) : value];
  });
  const same = made.every(([key, value]) => Object.hasOwn(given, key) && given[key] === value);
  return same ? given : Object.fromEntries(made);
}

function fitted(property: Typed, value: Value): Value {
  const types = [property.type ?? []].flat();
  if (types.length === 0) return value;
  if (value instanceof Float) return fromFloat(types, value, property);
  if (Array.isArray(value))
    return types.includes('array') ? listOf(property, value) : numbered(value);
  if (isMap(value)) return numbered(value);
  if (typeof value === 'string')
    return types.includes('string') ? value : fromText(types, value, property);
  if (typeof value === 'number') return fromNumber(types, value, property);
  if (typeof value === 'boolean' && !types.includes('boolean') && types.includes('string'))
    return value ? 'True' : 'False';
  return value;
}

function listOf({ items }: Typed, list: readonly Value[]): Value {
  if (!items) return list;
  const made = list.map((item) => fitted(items, item));
  return made.every((item, i) => item === list[i]) ? list : made;
}

/** `2.0` is a text where a text is wanted, else a number like any other. */
const fromFloat = (types: readonly string[], value: Float, property: Typed): Value =>
  types.includes('string') ? String(value) : fromNumber(types, value.n, property);

/** The same with numbers for what was written as `2.0`: modules of this kind know no other. */
function numbered(value: Value): Value {
  if (value instanceof Float) return value.n;
  if (Array.isArray(value)) {
    const list = value as readonly Value[];
    const made = list.map(numbered);
    return made.every((item, i) => item === list[i]) ? list : made;
  }
  if (!isMap(value)) return value;
  const made = Object.entries(value).map(([key, item]) => [key, numbered(item)] as const);
  return made.every(([key, item]) => item === value[key]) ? value : Object.fromEntries(made);
}

function fromNumber(types: readonly string[], value: number, { items }: Typed): Value {
  const isWhole = types.includes('integer') && Number.isInteger(value);
  if (types.includes('number') || isWhole) return value;
  if (types.includes('boolean') && (value === 0 || value === 1)) return value === 1;
  if (types.includes('string')) return String(value);
  return types.includes('array') ? [fitted(items ?? {}, value)] : value;
}

function fromText(types: readonly string[], text: string, { items }: Typed): Value {
  if (types.includes('boolean')) {
    if (/^(y|yes|on|1|true|t)$/i.test(text)) return true;
    if (/^(n|no|off|0|false|f)$/i.test(text)) return false;
  }
  if (types.includes('integer') && /^[-+]?\d+$/.test(text.trim())) return Number(text);
  if (types.includes('number') && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text.trim()))
    return Number(text);
  if (!types.includes('array')) return text;
  return text.split(',').map((word) => fitted(items ?? {}, word.trim()));
}

/** The name an argument goes by, of all its names in `x-aliases`. */
export function canonical(schema: ParamsSchema, key: string): string {
  if (Object.hasOwn(schema.properties, key)) return key;
  const found = Object.entries(schema.properties).find(([, property]) =>
    aliasesOf(property).includes(key),
  );
  return found?.[0] ?? key;
}

/** Other names of an argument. */
export const aliasesOf = (property: object): readonly string[] =>
  (property as { readonly 'x-aliases'?: readonly string[] })['x-aliases'] ?? [];
