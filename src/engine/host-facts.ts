import type { Given } from '../model/scope.ts';
import { isMap, type Value } from '../model/value.ts';

/** Facts that have no name of their own. */
const BARE = new Set(['gather_subset', 'module_setup']);

/**
 * The variables facts come to: `ansible_facts`, what was known before kept in it, and each fact as `ansible_NAME`, or, of `own`, by its name alone. They
 * are finished values: whatever braces a host puts into them, nobody evaluates them.
 */
export function factVars(
  facts: Readonly<Record<string, Value>>,
  before: Given | undefined,
  own: Readonly<Record<string, Value>> = {},
): Readonly<Record<string, Value>> {
  const known = before && 'value' in before && isMap(before.value) ? before.value : {};
  const named = Object.entries(facts)
    .filter(([name]) => !BARE.has(name))
    .map(([name, value]) => [`ansible_${name}`, value] as const);
  return { ansible_facts: { ...known, ...facts, ...own }, ...own, ...Object.fromEntries(named) };
}
