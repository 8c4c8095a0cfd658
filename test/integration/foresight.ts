import type { Change } from '../../src/model/change.ts';
import type { Firewall, Zone } from '../lab/read-firewall.ts';
import type { Told } from './orch.ts';

const KEYS: Readonly<Record<string, string>> = {
  interfaces: 'interfaces',
  sources: 'sources',
  services: 'services',
  ports: 'ports',
  protocols: 'protocols',
  richRules: 'rich rules',
  forward: 'forward',
  masquerade: 'masquerade',
  target: 'target',
};

/** The firewall a host would have if exactly the changes a check named were made to the one it has. */
export function foreseen(before: Firewall, check: Told, host: string): Firewall {
  const changes = check
    .all('task-ended')
    .filter((event) => event.host === host)
    .flatMap((event) => event.outcome.changes);
  return changes.reduce(make, before);
}

function make(firewall: Firewall, change: Change): Firewall {
  const [zones, zone, layer, field] = change.path;
  const key = KEYS[field ?? ''];
  if (
    zones !== 'zones' ||
    zone === undefined ||
    key === undefined ||
    (layer !== 'runtime' && layer !== 'permanent')
  ) {
    throw new Error(`a change this test cannot make: ${JSON.stringify(change)}`);
  }
  const old: Zone = firewall[layer][zone] ?? {};
  const items = new Set(old[key] ?? []);
  if (change.kind === 'set') {
    for (const item of change.removed) {
      if (!items.delete(item)) throw new Error(`${zone} ${layer} ${key} has no ${item} to remove`);
    }
    for (const item of change.added) items.add(item);
  } else if (change.kind === 'value') {
    items.clear();
    items.add(
      typeof change.to === 'boolean'
        ? change.to
          ? 'yes'
          : 'no'
        : JSON.stringify(change.to).replaceAll('"', ''),
    );
  }
  const settings = { ...old, [key]: [...items].sort() };
  return { ...firewall, [layer]: { ...firewall[layer], [zone]: settings } };
}
