import { cidrContains, familyOf } from '../../lib/cidr.ts';
import type { FirewalldState } from './state.ts';
import { type Config, settingsIn } from './zone-edit.ts';

/** The zone that a packet meets, and why that one. */
export interface Met {
  readonly zone: string;
  readonly by: string;
  /** Ipsets that are asked first and whose members are not known: one may hold the address. */
  readonly doubts: readonly string[];
  /** Zones asked first by a source that cannot be compared with an address: an ipset or a MAC address. */
  readonly perhaps: readonly string[];
  /** Other zones that hold the interface, by its name or as `eth+`: the one that was bound last is asked, whoever that is. */
  readonly rivals: readonly string[];
}

/**
 * The zone for packets from an address on an interface: the first source that holds it (zones by name),
 * else the interface's zone, else the default zone (order of the daemon's dispatch chains).
 */
export function zoneMet(
  state: FirewalldState,
  config: Config,
  address: string | undefined,
  device: string | undefined,
): Met {
  const doubts: string[] = [];
  const perhaps: string[] = [];
  const zones = Object.keys(state.zones).sort();
  for (const zone of address === undefined ? [] : zones) {
    for (const source of settingsIn(state, zone, config)?.sources ?? []) {
      if (address !== undefined && cidrContains(source, address)) {
        return { zone, by: `source ${source}`, doubts, perhaps, rivals: [] };
      }
      if (source.startsWith('ipset:')) doubts.push(`${source} in zone ${zone}`);
      if (!familyOf(source)) perhaps.push(zone);
    }
  }
  const [zone, ...rivals] =
    device === undefined
      ? []
      : zones.filter((name) =>
          settingsIn(state, name, config)?.interfaces.some((bound) => holds(bound, device)),
        );
  return zone === undefined
    ? { zone: state.defaultZone, by: 'default zone', doubts, perhaps, rivals: [] }
    : { zone, by: `interface ${device ?? ''}`, doubts, perhaps, rivals };
}

/** `vlan+` holds every name that begins with vlan. */
const holds = (bound: string, device: string): boolean =>
  bound === device || (bound.endsWith('+') && device.startsWith(bound.slice(0, -1)));
