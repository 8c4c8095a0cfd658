import { isMap, type Value } from '../model/value.ts';
import type { Validator } from './problems.ts';

/** The words that Ansible takes for a boolean. */
const TRUE = /^(?:y|yes|on|1|true|t|1\.0)$/i;
const FALSE = /^(?:n|no|off|0|false|f|0\.0)$/i;

type Convert = (value: Value) => Value | undefined;

/** How a value becomes one of the type that is wanted; nothing when it cannot. */
const CONVERT: Readonly<Record<string, Convert>> = {
  integer: (value) =>
    typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : undefined,
  number: (value) =>
    typeof value === 'string' && /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(value)
      ? Number(value)
      : undefined,
  boolean: (value) => {
    const word = typeof value === 'number' ? String(value) : value;
    if (typeof word !== 'string') return undefined;
    return TRUE.test(word.trim()) ? true : FALSE.test(word.trim()) ? false : undefined;
  },
};

/**
 * Converts in place what a template could only give as text, `"{{ port + 1 }}"` where an integer is wanted,
 * as Ansible converts arguments. True when anything was converted: then it is worth another look.
 */
export function convert(root: Value, errors: NonNullable<Validator['errors']>): boolean {
  let changed = false;
  for (const { keyword, instancePath, params } of errors) {
    const wanted: unknown = keyword === 'type' ? params['type'] : undefined;
    const types = Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted];
    const path = instancePath.split('/').slice(1).map(unescape);
    for (const type of types) {
      const work =
        typeof type === 'string' && Object.hasOwn(CONVERT, type) ? CONVERT[type] : undefined;
      if (work && replace(root, path, work)) {
        changed = true;
        break;
      }
    }
  }
  return changed;
}

const unescape = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

function replace(root: Value, path: readonly string[], work: Convert): boolean {
  const last = path.at(-1);
  let holder: unknown = root;
  for (const part of path.slice(0, -1)) holder = own(holder, part);
  if (last === undefined || !(Array.isArray(holder) || isMap(holder))) return false;
  const made = work(own(holder, last) as Value);
  if (made === undefined) return false;
  Object.defineProperty(holder, last, {
    value: made,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return true;
}

const own = (holder: unknown, key: string): unknown =>
  typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
    ? (holder as Readonly<Record<string, unknown>>)[key]
    : undefined;
