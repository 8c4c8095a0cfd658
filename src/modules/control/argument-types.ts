import { Float, isLazy, isMap, Secret, type Value } from '../../model/value.ts';

/** Types that a specification may name. */
export const TYPES: Readonly<Record<string, (value: Value) => string | undefined>> = {
  str: () => undefined,
  raw: () => undefined,
  any: () => undefined,
  path: (value) => (isScalar(value) ? undefined : 'a path'),
  bool: (value) => (isBool(value) ? undefined : 'true or false'),
  int: (value) =>
    value instanceof Float ||
    (typeof value === 'number' && Number.isInteger(value)) ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && /^\s*[-+]?\d[\d_]*\s*$/.test(value))
      ? undefined
      : 'a whole number',
  float: (value) =>
    value instanceof Float ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
      ? undefined
      : 'a number',
  list: (value) =>
    Array.isArray(value) ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    value instanceof Float
      ? undefined
      : 'a list',
  dict: (value) =>
    isMap(value) ||
    isLazy(value) ||
    (typeof value === 'string' && /^\s*\{.*\}\s*$|^\s*\w+=/s.test(value))
      ? undefined
      : 'a map',
  json: (value) =>
    typeof value === 'string' || Array.isArray(value) || isMap(value) ? undefined : 'JSON',
  jsonarg: (value) =>
    typeof value === 'string' || Array.isArray(value) || isMap(value) ? undefined : 'JSON',
  bytes: (value) => (isSize(value) ? undefined : 'a size such as 10M'),
  bits: (value) => (isSize(value) ? undefined : 'a size such as 10Mb'),
};

/** Whether a value is no list and no map. */
export const isScalar = (value: Value): boolean =>
  value === null || typeof value !== 'object' || value instanceof Secret || value instanceof Float;

/** Whether a value can be taken for true or false. */
export const isBool = (value: Value): boolean =>
  typeof value === 'boolean' ||
  value === 0 ||
  value === 1 ||
  (typeof value === 'string' && /^(y|yes|on|1|true|t|n|no|off|0|false|f)$/i.test(value));

const isSize = (value: Value): boolean =>
  value instanceof Float ||
  typeof value === 'number' ||
  (typeof value === 'string' && /^\s*\d+(\.\d+)?\s*[A-Za-z]*\s*$/.test(value));
