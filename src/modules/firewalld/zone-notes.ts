import type { Result } from '../../model/module.ts';
import { wideProtocols } from './coverage.ts';
import { covered, formatPort, type Port, readPorts } from './ports.ts';
import type { FirewalldFacts, FirewalldState, ZoneSettings } from './state.ts';
import { drift, zoneOf } from './zone-edit.ts';

/** A zone as `register` sees it: argument names, both configurations, null where it does not exist. */
export function zoneData(state: FirewalldState, zone: string): Result['data'] {
  const { runtime, permanent } = zoneOf(state, zone);
  return { zone, runtime: settingsData(runtime), permanent: settingsData(permanent) };
}

const settingsData = (settings: ZoneSettings | null) =>
  settings && {
    target: settings.target,
    interfaces: settings.interfaces,
    sources: settings.sources,
    services: settings.services,
    ports: settings.ports,
    protocols: settings.protocols,
    source_ports: settings.sourcePorts,
    forward_ports: settings.forwardPorts,
    icmp_blocks: settings.icmpBlocks,
    rich_rules: settings.richRules,
    forward: settings.forward,
    masquerade: settings.masquerade,
    icmp_block_inversion: settings.icmpBlockInversion,
  };

/** `10250/tcp: covered by 10000-30000/tcp` for each wanted port that is listed only inside a larger range. */
export function coveredNotes(want: readonly Port[], settings: ZoneSettings | null): string[] {
  const listed = readPorts(settings?.ports ?? []);
  return want.flatMap((port) => {
    if (listed.some((other) => formatPort(other) === formatPort(port))) return [];
    const around = listed.filter((other) => covered([port], [other]));
    return around.map((other) => `${formatPort(port)}: covered by ${formatPort(other)}`);
  });
}

/** The daemon is down: nothing is filtered now, whatever the task says of the files. */
export const offlineWarnings = ({ access }: FirewalldFacts): string[] =>
  access === 'offline'
    ? [
        'firewalld is not running: only its permanent configuration is kept, which takes effect when it starts; start it: systemctl enable --now firewalld',
      ]
    : [];

/** What holds for any task that wrote to a zone: its two configurations differ. */
export function stateNotes(state: FirewalldState, facts: FirewalldFacts, zone: string): string[] {
  if (facts.access === 'offline') return [];
  return drift(zoneOf(state, zone)).map((phrase) => `zone ${zone}: ${phrase}`);
}

/** "all tcp is open": a protocol entry of the zone opens every port of it. */
export const wideWarnings = (settings: ZoneSettings | null, zone: string): string[] =>
  wideProtocols(settings?.protocols ?? []).map(
    (proto) => `all ${proto} is open in zone ${zone}: its protocols hold ${proto}`,
  );
