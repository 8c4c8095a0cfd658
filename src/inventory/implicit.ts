import type { Host } from '../model/inventory.ts';
import type { Inheritance } from './inherit.ts';

const LOCAL: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);

/**
 * The control node itself, which needs no inventory: a host of one of its names that an inventory has, else one that
 * is reached locally. It inherits from `all` and is in no group.
 */
export function implicitHost(
  name: string,
  hosts: ReadonlyMap<string, Host>,
  inherit: Inheritance,
): Host | undefined {
  if (!LOCAL.has(name)) return undefined;
  for (const host of hosts.values()) if (LOCAL.has(host.name)) return host;
  const vars = new Map([['ansible_connection', { value: 'local' }]]);
  const own = [...inherit.ofHost(name), { name: 'implicit localhost', vars }];
  return {
    name,
    groups: [],
    layers: [...own, ...inherit.ofGroups(new Set()).layers],
    own: own.length,
    file: '',
    source: { file: '', line: 1, column: 1 },
  };
}
