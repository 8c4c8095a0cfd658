import { Refusal } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';
import type { HostAddress, K3sFacts } from './state.ts';

/** What a preset is made from. */
export interface PresetParams {
  readonly preset: 'segregated' | 'shared' | 'none';
  readonly internal_interface?: string;
  readonly external_interface?: string;
  /** Flags the playbook gives itself: they need no looking up. */
  readonly flags: Readonly<Record<string, Value>>;
}

/**
 * The flags of a preset, from the addresses of the host. `segregated`: nodes talk over the internal
 * interface; advertise-address is set, because it would follow node-external-ip otherwise and agents would be
 * sent to an address the firewall does not open (k3s pkg/cli/server/server.go).
 */
export function presetFlags(
  { preset, internal_interface: internal, external_interface: external, flags }: PresetParams,
  role: 'server' | 'agent',
  facts: K3sFacts,
): Readonly<Record<string, Value>> | Refusal {
  if (preset === 'none' || internal === undefined) return {};
  const inside = flags['node-ip'] ?? addressOf(internal, '/internal_interface', facts);
  if (inside instanceof Refusal) return inside;
  const near = { 'flannel-iface': internal, 'node-ip': inside };
  if (preset === 'shared' || external === undefined) return near;
  const outside = flags['node-external-ip'] ?? addressOf(external, '/external_interface', facts);
  if (outside instanceof Refusal) return outside;
  const node = { ...near, 'node-external-ip': outside };
  if (role === 'agent') return node;
  const first = words(inside)[0] ?? '';
  return {
    ...node,
    'advertise-address': first,
    'tls-san': [...words(inside), ...words(outside)],
  };
}

const words = (value: Value): readonly string[] =>
  (Array.isArray(value) ? (value as readonly Value[]) : [value]).flatMap((item) =>
    typeof item === 'string' ? item.split(',').map((word) => word.trim()) : [],
  );

/** The one address of an interface: IPv4, or IPv6 where it has no other. */
function addressOf(name: string, pointer: string, facts: K3sFacts): string | Refusal {
  const all = facts.addresses.filter((address) => address.interface === name && address.global);
  const four = all.filter(({ family }) => family === 4);
  const found = four.length > 0 ? four : all;
  const [first, second] = found;
  if (!first) {
    const why = facts.interfaces.includes(name) ? 'has no address' : 'does not exist';
    return new Refusal(`${name} ${why} on this host, which has ${listAddresses(facts.addresses)}`, {
      pointer,
      hint: 'Name another interface, or give node-ip and node-external-ip in flags.',
    });
  }
  if (second) {
    return new Refusal(
      `${name} has more than one address (${found.map(({ address }) => address).join(', ')}): which one is meant is not clear`,
      {
        pointer,
        hint: `Give ${pointer === '/internal_interface' ? 'node-ip' : 'node-external-ip'} in flags.`,
      },
    );
  }
  return first.address;
}

/** `10.91.0.11 (eth1), 192.0.2.10 (eth0)` */
export const listAddresses = (addresses: readonly HostAddress[]): string =>
  addresses
    .filter(({ global }) => global)
    .map(({ address, interface: name }) => `${address} (${name})`)
    .join(', ') || 'no addresses at all';
