import type { Host, Inventory } from '../model/inventory.ts';
import type { Evaluator, Given, Layer, Scope } from '../model/scope.ts';
import type { Value } from '../model/value.ts';

/** What is known without a play: the host, the groups, the variables of others. */
export function knownWithoutPlay(
  inventory: Inventory,
  host: Host | undefined,
  evaluator: Evaluator,
): Layer {
  const scopes = new Map<string, Scope>();
  const scopeOf = (name: string): Scope | undefined => {
    const found = inventory.hosts.get(name);
    if (!found) return undefined;
    const made = scopes.get(name) ?? evaluator.scope(found.layers);
    scopes.set(name, made);
    return made;
  };
  const varsOf = (name: string): Value | undefined => {
    const scope = scopeOf(name);
    if (!scope) return undefined;
    const keys = [...new Set(scope.layers.flatMap(({ vars }) => [...vars.keys()]))];
    return { lazy: true, keys: () => keys, get: (key) => scope.get(key) };
  };
  const groups = (): Value =>
    Object.fromEntries([...inventory.groups].map(([name, group]) => [name, group.hosts]));
  const known: [string, Given][] = [
    ['groups', { lazy: groups }],
    ['hostvars', { value: { lazy: true, keys: () => [...inventory.hosts.keys()], get: varsOf } }],
  ];
  if (host) {
    known.push(['inventory_hostname', { value: host.name }]);
    known.push(['inventory_hostname_short', { value: host.name.split('.')[0] ?? host.name }]);
    known.push(['group_names', { value: host.groups }]);
  }
  return { name: 'magic variables', vars: new Map(known) };
}
