import type { FromSchema } from 'json-schema-to-ts';
import type { Inspection, InspectModule, ParamsSchema, Seen } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';
import { firewalld } from './resource.ts';
import type { FirewalldFacts, FirewalldScope, FirewalldState, ZoneSettings } from './state.ts';
import { drift } from './zone-edit.ts';
import { zoneNameProblems } from './zone-problems.ts';

const params = {
  type: 'object',
  description:
    'Tells how firewalld is set up: default zone, and the settings of zones as they run and as they come after a reboot. Changes nothing. `orch firewall export HOST` prints them as tasks.',
  properties: {
    zones: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description:
        'Zones to look at besides those in use: the default zone, those that hold an interface or a source, and those with a file in /etc/firewalld/zones.',
    },
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Arguments of `firewalld_facts`, defaults filled in. */
export type FirewalldFactsParams = FromSchema<typeof params>;

/** The zones of a host as data. */
export const firewalldFacts: InspectModule<
  FirewalldFactsParams,
  FirewalldScope,
  FirewalldState,
  FirewalldFacts
> = {
  kind: 'inspect',
  name: 'firewalld_facts',
  params,
  example: `- name: How is the firewall set up?
  firewalld_facts: {}
  register: firewall

- name: The public zone opens
  debug:
    var: firewall.zones.public.runtime.ports
`,
  resource: firewalld,
  problems: (given) => {
    const { zones } = given as { readonly zones?: unknown };
    return Array.isArray(zones)
      ? zones.flatMap((zone, i) => zoneNameProblems(zone, `/zones/${i}`))
      : [];
  },
  scope: ({ zones }): FirewalldScope => ({
    ...{ zones, interfaces: [ALL_INTERFACES], sources: [], services: [], edited: true },
    ...{ definitions: false, mayReload: true, thorough: true, offline: true },
  }),
  inspect,
};

/** Where a name of an interface is asked for: all that NetworkManager has. */
const ALL_INTERFACES = '*';

function inspect(
  { state, facts }: Seen<FirewalldState, FirewalldFacts>,
  { zones: asked }: FirewalldFactsParams,
): Inspection {
  const missing = asked.filter((zone) => {
    const found = Object.hasOwn(state.zones, zone) ? state.zones[zone] : undefined;
    return !found || (found.runtime === null && found.permanent === null);
  });
  const zones = Object.entries(state.zones)
    .filter(([, { runtime, permanent }]) => runtime !== null || permanent !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    findings: [],
    notes: zones.flatMap(([name, zone]) => drift(zone).map((what) => `zone ${name}: ${what}`)),
    warnings: missing.map((zone) => `there is no zone ${zone}`),
    data: {
      running: facts.access !== 'offline',
      version: facts.version,
      default_zone: state.defaultZone,
      panic: facts.panic,
      zone_names: [...facts.zoneNames],
      zones: Object.fromEntries(
        zones.map(([name, zone]) => [
          name,
          { runtime: settingsOf(zone.runtime), permanent: settingsOf(zone.permanent) },
        ]),
      ),
      oddities: [...facts.oddities],
    },
  };
}

/** Settings under the names that firewalld_zone has for them. */
const settingsOf = (zone: ZoneSettings | null): Value =>
  zone && {
    ...{ target: zone.target, interfaces: zone.interfaces, sources: zone.sources },
    ...{ services: zone.services, ports: zone.ports, protocols: zone.protocols },
    ...{ rich_rules: zone.richRules, forward: zone.forward, masquerade: zone.masquerade },
    icmp_block_inversion: zone.icmpBlockInversion,
    ...{ source_ports: zone.sourcePorts, forward_ports: zone.forwardPorts },
    icmp_blocks: zone.icmpBlocks,
  };
