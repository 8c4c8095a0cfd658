import { globPattern } from '../../lib/glob.ts';
import type { Facts } from './system.ts';

/** Facts that are not called `ansible_...` anywhere. */
const BARE = new Set(['gather_subset', 'module_setup']);

/** Facts under the names a playbook uses: `ansible_hostname`. */
export const factNames = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      BARE.has(name) ? name : `ansible_${name}`,
      value,
    ]),
  );

/** The facts one of the globs names, with or without `ansible_` in front; all of them where there is none. */
export function matching(facts: Facts, globs: readonly string[]): Facts {
  const wanted = globs.filter((glob) => glob !== '' && glob !== '*');
  if (wanted.length === 0) return facts;
  const patterns = wanted.map(globPattern);
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) =>
      patterns.some((pattern) => pattern.test(name) || pattern.test(`ansible_${name}`)),
    ),
  );
}
