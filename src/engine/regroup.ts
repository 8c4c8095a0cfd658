import type { Group, Host, Inventory } from '../model/inventory.ts';

/** An inventory in which a host is in further groups; groups that are new are made, below `parents`. */
export function addToGroups(
  before: Inventory,
  name: string,
  groups: readonly string[],
  parents: readonly string[] = [],
): Inventory {
  const all = new Map(before.groups);
  const joined = new Set<string>();
  for (const group of groups) join(all, group, name, joined);
  for (const parent of parents.filter((one) => one !== 'all')) {
    join(all, parent, name, joined);
    const known = all.get(parent);
    if (known)
      all.set(parent, { ...known, children: [...new Set([...known.children, ...groups])] });
  }
  const hosts = new Map(before.hosts);
  const host = hosts.get(name);
  if (host) hosts.set(name, inGroups(host, [...joined], { ...before, groups: all }));
  return { ...before, hosts, groups: all };
}

/** Puts a host into a group and all groups around it. */
function join(all: Map<string, Group>, group: string, host: string, joined: Set<string>): void {
  if (joined.has(group) || group === 'all' || group === 'ungrouped') return;
  joined.add(group);
  const source = { file: 'add_host', line: 1, column: 1 };
  const known = all.get(group) ?? newGroup(group, source);
  all.set(group, {
    ...known,
    own: [...new Set([...known.own, host])],
    hosts: [...new Set([...known.hosts, host])],
  });
  for (const outer of all.values())
    if (outer.children.includes(group)) join(all, outer.name, host, joined);
}

const newGroup = (name: string, source: Group['source']): Group => ({
  name,
  children: [],
  own: [],
  hosts: [],
  layers: [],
  priority: 1,
  source,
});

/** A host in further groups: it inherits anew, from all its groups. */
function inGroups(host: Host, groups: readonly string[], inventory: Inventory): Host {
  const fresh = groups.filter((group) => !host.groups.includes(group));
  if (fresh.length === 0) return host;
  const names = [...fresh, ...host.groups.filter((group) => group !== 'ungrouped')];
  const inherited = inventory.inherited(ranked(names, inventory.groups));
  return {
    ...host,
    groups: names.sort(),
    layers: [...host.layers.slice(0, host.own), ...inherited],
  };
}

/** Groups, strongest first, as inventories have it: deeper ones, then those of a higher priority, then later names. */
function ranked(names: readonly string[], all: ReadonlyMap<string, Group>): readonly string[] {
  const depths = new Map<string, number>();
  const depth = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    depths.set(name, 1);
    const parents = [...all.values()].filter(
      (one) => one.name !== 'all' && one.children.includes(name),
    );
    const found = Math.max(0, ...parents.map((one) => depth(one.name))) + 1;
    depths.set(name, found);
    return found;
  };
  const priority = (name: string): number => all.get(name)?.priority ?? 1;
  return [...names].sort(
    (a, b) => depth(b) - depth(a) || priority(b) - priority(a) || (a < b ? 1 : -1),
  );
}
