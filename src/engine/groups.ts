import type { Value } from '../model/value.ts';
import type { Stage } from './stage.ts';

/** Hosts of every group; hosts that are in none are in `ungrouped`. */
export function groups({ world }: Pick<Stage, 'world'>): Value {
  const { hosts, groups: all } = world.inventory;
  const named = [...all].filter(([name]) => name !== 'all' && name !== 'ungrouped');
  const grouped = new Set(named.flatMap(([, group]) => group.hosts));
  return {
    all: [...hosts.keys()],
    ungrouped: [...hosts.keys()].filter((name) => !grouped.has(name)),
    ...Object.fromEntries(named.map(([name, group]) => [name, group.hosts])),
  };
}
