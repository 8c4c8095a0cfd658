import { join } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { findInventory } from '../inventory/find.ts';
import { selectHosts } from '../inventory/patterns.ts';
import { loadPolicy } from '../load/policy.ts';
import type { Files } from '../model/files.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Policy, PolicyRule } from '../model/policy.ts';
import type { InventoryFlags } from './flags.ts';

/** The files of the policy: the one that --policy names, else policy.yml beside each inventory, where there is one. */
export function policyFiles(
  { policy }: Pick<InventoryFlags, 'policy'>,
  inventories: readonly string[],
  files: Files,
): readonly string[] {
  if (policy === false) return [];
  if (typeof policy === 'string') return [policy];
  const beside = inventories.flatMap((name) => {
    const found = findInventory(name, files);
    return found.kind === 'files' ? NAMES.map((one) => join(found.dir, one)) : [];
  });
  return [...new Set(beside)].filter((path) => files.exists(path) === 'file');
}

const NAMES = ['policy.yml', 'policy.yaml'];

/** The policy of these files; nothing where there is none. Throws OrchErrors with all that is wrong with them. */
export function openPolicy(
  paths: readonly string[],
  inventory: Inventory,
  files: Files,
): Policy | undefined {
  if (paths.length === 0) return undefined;
  const rules = paths.flatMap((file) => loadPolicy(file, files));
  for (const rule of rules) hostsOf(rule, inventory);
  const known = new WeakMap<Inventory, Map<PolicyRule, ReadonlySet<string>>>();
  const meant = (rule: PolicyRule, among: Inventory): ReadonlySet<string> => {
    const sets = known.get(among) ?? new Map<PolicyRule, ReadonlySet<string>>();
    known.set(among, sets);
    const names = sets.get(rule) ?? hostsOf(rule, among);
    sets.set(rule, names);
    return names;
  };
  return { rules, rulesOf: (host, among) => rules.filter((rule) => meant(rule, among).has(host)) };
}

/** Names of the hosts of a rule, whatever --limit says. Throws OrchError POLICY_INVALID. */
function hostsOf({ hosts, hostsSource }: PolicyRule, inventory: Inventory): ReadonlySet<string> {
  try {
    return new Set(selectHosts(inventory, hosts).map(({ name }) => name));
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    throw new OrchError('POLICY_INVALID', error.message, { source: hostsSource, hint: error.hint });
  }
}
