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
  if (host) hosts.set(name, inGroups(host, [...joined], all));
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

/** A host in further groups: their variables are weaker than what it has already. */
function inGroups(host: Host, groups: readonly string[], all: ReadonlyMap<string, Group>): Host {
  const fresh = groups.filter((group) => !host.groups.includes(group));
  if (fresh.length === 0) return host;
  const layers = fresh.flatMap((group) => all.get(group)?.layers ?? []);
  const names = [...fresh, ...host.groups.filter((group) => group !== 'ungrouped')];
  return { ...host, groups: names.sort(), layers: [...host.layers, ...layers] };
}
