import { lines, sh, type Shell } from '../../lib/shell.ts';
import type { Step } from '../../model/module.ts';
import { BUS, OBJECT } from './busctl-call.ts';
import type { Zones } from './plan-diff.ts';
import type { FirewalldFacts } from './state.ts';

/**
 * The connections of NetworkManager that must name another zone; it applies that to the device at once. nmcli and
 * firewall-cmd may say success and move nothing (FW#1628), so what they say is not taken for it: the profile is
 * read back, and the zone that runs is waited for. Connections of devices in `unnamed` name no zone for the default one.
 */
export function managedSteps(
  { networkManager, access }: Pick<FirewalldFacts, 'networkManager' | 'access'>,
  to: Zones,
  defaultZone: { readonly from: string; readonly to: string },
  unnamed: readonly string[] = [],
): readonly Step[] {
  return Object.entries(networkManager).flatMap(([device, { uuid, zone }]) => {
    const bound = Object.keys(to).find((name) => to[name]?.interfaces.includes(device)) ?? '';
    const wanted = bound === defaultZone.to && unnamed.includes(device) ? '' : bound;
    if (wanted === zone || (zone === '' && wanted === defaultZone.to)) return [];
    const running = wanted === '' ? defaultZone.to : wanted;
    return [
      {
        name: `zone ${wanted === '' ? '(default)' : wanted} of the NetworkManager connection of ${device}`,
        do: lines([
          sh`set -e`,
          modify(uuid, wanted),
          readBack(device, uuid, wanted),
          ...(access === 'offline' ? [] : [awaitZone(access, device, running)]),
        ]),
        inverse: modify(uuid, zone),
        stage: 'persistent',
        disruption: 'connection',
        reason: `NetworkManager moves ${device} at once`,
      },
    ];
  });
}

const modify = (uuid: string, zone: string): Shell =>
  sh`nmcli connection modify uuid ${uuid} connection.zone ${zone} >/dev/null`;

const readBack = (device: string, uuid: string, zone: string): Shell =>
  sh`z=$(nmcli -g connection.zone connection show ${uuid})
[ "$z" = ${zone} ] || { echo ${`NetworkManager said yes, yet the connection of ${device} names the zone`} "'$z'" >&2; exit 1; }`;

/** NetworkManager tells firewalld after it has answered: up to five seconds. */
const awaitZone = (access: 'dbus' | 'cli', device: string, zone: string): Shell =>
  sh`n=0; while :; do
  z=$(${zoneOf(access, device)}) || z=
  z=\${z#s \\"}; z=\${z%\\"}
  case $z in ${zone} | '' | 'no zone') break ;; esac
  n=$((n + 1)); [ $n -le 5 ] || { echo ${`NetworkManager said yes, yet ${device} still is in the zone`} "$z (firewalld issue 1628)" >&2; exit 1; }
  sleep 1
done`;

const zoneOf = (access: 'dbus' | 'cli', device: string): Shell =>
  access === 'dbus'
    ? sh`busctl --system --auto-start=no --timeout=15 call ${BUS} ${OBJECT} ${`${BUS}.zone`} getZoneOfInterface s ${device} 2>/dev/null`
    : sh`firewall-cmd ${`--get-zone-of-interface=${device}`} 2>/dev/null`;

/** Zones without the interfaces whose zone NetworkManager's connections say. */
export const unmanaged = (
  zones: Zones,
  { networkManager }: Pick<FirewalldFacts, 'networkManager'>,
): Zones =>
  Object.fromEntries(
    Object.entries(zones).map(([name, settings]) => [
      name,
      {
        ...settings,
        interfaces: settings.interfaces.filter((device) => !(device in networkManager)),
      },
    ]),
  );
