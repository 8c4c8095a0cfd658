import { cidrContains } from '../../lib/cidr.ts';
import type { ControlLine, FirewalldFacts, FirewalldState } from './state.ts';
import { type Config, settingsIn } from './zone-edit.ts';
import { type Met, zoneMet } from './zone-reach.ts';

/** Where packets come from, and what was known of the interfaces when the host was looked at. */
export type Coming = Pick<FirewalldFacts, 'networkManager' | 'prioritised'> &
  Pick<ControlLine, 'client' | 'bound' | 'profiled' | 'defaultZone'>;

/** The zone of a client on an interface; NetworkManager's profiles win over permanent bindings. */
export function meets(
  state: FirewalldState,
  config: Config,
  { client, bound, profiled, defaultZone, networkManager, prioritised }: Coming,
  device: string | undefined,
): Met {
  const met = zoneMet(state, config, client, device);
  // With priorities any zone may be asked first: all that hold the client or the interface.
  const perhaps = prioritised ? rivals(state, config, client) : met.perhaps;
  if (device === undefined || met.by.startsWith('source ')) return { ...met, perhaps };
  const owner = bound[device];
  const profile = networkManager[device];
  if (profile === undefined && !profiled.includes(device)) return { ...met, perhaps };
  // A profile without a zone follows the default zone, though the interface is listed in it.
  const follows = profile ? profile.zone === '' : owner === defaultZone;
  const zone = profile === undefined && config === 'permanent' ? (owner ?? met.zone) : met.zone;
  return follows && zone === defaultZone
    ? { zone: state.defaultZone, by: 'default zone', doubts: met.doubts, perhaps, rivals: [] }
    : { ...met, zone, by: zone === met.zone ? met.by : `interface ${device}`, perhaps };
}

const rivals = (state: FirewalldState, config: Config, client: string): string[] =>
  Object.keys(state.zones).filter((zone) =>
    settingsIn(state, zone, config)?.sources.some((source) => cidrContains(source, client)),
  );

/** Why another zone than the one that was met may be asked. */
export const mayDiffer = (
  met: Met,
  zone: string,
  client: string,
  device: string | undefined,
): string =>
  met.perhaps.includes(zone)
    ? `an ipset or MAC address among the sources of zone ${zone} may hold ${client}`
    : `zones ${met.zone} and ${zone} both hold ${device ?? 'the interface'}, one of them by a name that ends with +`;
