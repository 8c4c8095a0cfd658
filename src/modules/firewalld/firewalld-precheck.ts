import { familyOf } from '../../lib/cidr.ts';
import { didYouMean } from '../../lib/nearest.ts';
import type { Finding, Inspection, InspectModule, Problem, Seen } from '../../model/module.ts';
import { readPortItems } from './port-items.ts';
import { formatPort, type Port } from './ports.ts';
import { type PrecheckParams, precheckParams } from './precheck-params.ts';
import { needed, type Peer, peersOf } from './precheck-rows.ts';
import { firewalld } from './resource.ts';
import type { FirewalldFacts, FirewalldScope, FirewalldState } from './state.ts';
import { type PortGap, portGap, singleQuoted } from './verify-zone.ts';
import { type Config, settingsIn } from './zone-edit.ts';
import { type Met, zoneMet } from './zone-reach.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;

/** Finds the ports that nodes need and this host does not let in, before an installer trips over them. */
export const firewalldPrecheck: InspectModule<
  PrecheckParams,
  FirewalldScope,
  FirewalldState,
  FirewalldFacts
> = {
  kind: 'inspect',
  name: 'firewalld_precheck',
  params: precheckParams,
  example: `- name: Nodes reach each other
  firewalld_precheck:
    roles: [server]
    internal_interface: eth1
    peers: [10.0.0.11, 10.0.0.12]
    rows:
      - {ports: 6443/tcp, from: node, to: server, why: Kubernetes API}
      - {ports: 8472/udp, from: node, to: node, why: Flannel VXLAN}
`,
  resource: firewalld,
  problems,
  scope: ({ internal_interface: device, peers }): FirewalldScope => ({
    zones: [],
    interfaces: device === undefined ? [] : [device],
    sources: peers.map((peer) => (typeof peer === 'string' ? peer : peer.address)),
    services: [],
    definitions: true,
    mayReload: false,
    thorough: true,
    offline: true,
  }),
  inspect,
};

function inspect(current: Current, params: PrecheckParams): Inspection {
  const { state, facts } = current;
  if (facts.access === 'offline') {
    const data = { skipped: true, missing: [], installer_missing: [] };
    return { findings: [], notes: ['skipped: firewalld not running'], warnings: [], data };
  }
  const device = params.internal_interface;
  const findings: Finding[] = [];
  if (device !== undefined && !facts.interfaces.includes(device)) {
    const has = [...facts.interfaces].sort().join(', ');
    findings.push({
      message: `interface ${device} does not exist on this host; it has: ${has}.${didYouMean(device, facts.interfaces)}`,
      cure: 'correct internal_interface',
    });
  }
  const gaps = gapsOf(current, params, 'runtime');
  const spread = new Set(gaps.map(({ met, text }) => `${met.zone} ${text}`)).size > 1;
  findings.push(...gaps.map((gap) => findingOf(gap, params, spread)));
  findings.push(...policyFindings(current, params));
  const installer = installerView(current, params);
  if (installer && params.installer_compat) findings.push(installer);
  return {
    findings,
    notes:
      installer && !params.installer_compat
        ? [`the product installer will say: ${installer.message}${byDesign(params)}`]
        : [],
    warnings: [...rebootWarnings(current, params, gaps), ...doubtWarnings(current, params)],
    data: {
      skipped: false,
      zones: [
        ...new Set(peersOf(params).map((peer) => met(current, 'runtime', peer, device).zone)),
      ],
      missing: [...new Set(gaps.flatMap(({ ports }) => ports.map(formatPort)))],
      installer_missing: installer?.ports.map(formatPort) ?? [],
      default_zone: state.defaultZone,
    },
  };
}

/** What some peers miss in the zone they meet. */
interface Gap extends PortGap {
  readonly met: Met;
  readonly peers: readonly Peer[];
}

const met = ({ state }: Current, config: Config, peer: Peer, device: string | undefined): Met =>
  zoneMet(state, config, peer.address, device);

/** The gaps of all peers, peers with the same gap together. */
function gapsOf(current: Current, params: PrecheckParams, config: Config): readonly Gap[] {
  const gaps = new Map<string, Gap>();
  for (const peer of peersOf(params)) {
    const zone = met(current, config, peer, params.internal_interface);
    const settings = settingsIn(current.state, zone.zone, config);
    const gap = settings && portGap(needed(params, peer), settings, current.facts, peer.address);
    if (!gap) continue;
    const key = `${zone.zone} ${gap.text}`;
    const same = gaps.get(key);
    gaps.set(key, { met: zone, ...gap, peers: [...(same?.peers ?? []), peer] });
  }
  return [...gaps.values()];
}

function findingOf(
  { met: { zone, by }, peers, ...gap }: Gap,
  params: PrecheckParams,
  spread: boolean,
): Finding {
  const who = peers.flatMap(({ address }) => address ?? []).join(', ');
  const whose = spread && who !== '' ? ` for ${who} (${by})` : '';
  return {
    message: `missing in zone ${zone}: ${gap.text}${whose}`,
    cure: cureOf(zone, gap, params),
  };
}

/** A task, ready to be pasted. */
function cureOf(zone: string, { ports, rules, closed }: PortGap, params: PrecheckParams): string {
  if (rules.length > 0 && closed.length === 0) {
    const list = rules.map((rule) => `\n        - ${singleQuoted(rule)}`).join('');
    return `- firewalld_zone:\n    zone: ${zone}\n    remove:\n      rich_rules:${list}`;
  }
  const device = params.internal_interface;
  if (params.layout === 'segregated' && device !== undefined) {
    return `- firewalld_zone:\n    zone: trusted\n    interfaces: [${device}]`;
  }
  const list = ports.map(formatPort).join(', ');
  return `- firewalld_port:\n    zone: ${zone}\n    ports: [${list}]`;
}

/** A policy may deny what its zones let in, and comes before them; what exactly is not worked out, so it counts as a gap. */
function policyFindings(current: Current, params: PrecheckParams): readonly Finding[] {
  const zones = new Set(
    peersOf(params).map((peer) => met(current, 'runtime', peer, params.internal_interface).zone),
  );
  return current.facts.hostPolicies
    .filter(({ denies, from }) => denies && from.some((zone) => zone === 'ANY' || zones.has(zone)))
    .map(({ name, from }) => ({
      message: `policy ${name} (from ${from.join(', ')} to this host) may deny what the nodes send`,
      cure: `look: firewall-cmd --info-policy=${name}; away with it: firewall-cmd --permanent --delete-policy=${name}, then orch run playbooks/reload-safe.yml`,
    }));
}

/** What the installer looks at: running ports, services and target of the default zone, nothing else. */
function installerView(
  { state, facts }: Current,
  params: PrecheckParams,
): (Finding & { readonly ports: readonly Port[] }) | undefined {
  const zone = state.defaultZone;
  const settings = settingsIn(state, zone, 'runtime');
  const asked = needed(params, { address: undefined, roles: undefined });
  const gap = settings && portGap(asked, { ...settings, protocols: [], richRules: [] }, facts);
  if (!gap) return undefined;
  return {
    message: `missing in default zone ${zone}: ${gap.text}`,
    cure: cureOf(zone, gap, { ...params, layout: 'shared' }),
    ports: gap.ports,
  };
}

const byDesign = ({ layout }: PrecheckParams): string =>
  layout === 'segregated' ? ' (by design: in the segregated layout nodes meet another zone)' : '';

/** What runs but is not permanent is gone after a reboot. */
function rebootWarnings(current: Current, params: PrecheckParams, now: readonly Gap[]): string[] {
  const known = new Set(now.map(({ met: { zone }, text }) => `${zone} ${text}`));
  return gapsOf(current, params, 'permanent')
    .filter(({ met: { zone }, text }) => !known.has(`${zone} ${text}`))
    .map(({ met: { zone }, text }) => `after a reboot or reload, missing in zone ${zone}: ${text}`);
}

/** What may decide differently from what was judged. */
function doubtWarnings(current: Current, params: PrecheckParams): string[] {
  const ipsets = peersOf(params).flatMap(
    (peer) => met(current, 'runtime', peer, params.internal_interface).doubts,
  );
  return [
    ...[...new Set(ipsets)].map(
      (ipset) => `${ipset} may hold a peer: its members were not looked at`,
    ),
    ...current.facts.oddities,
  ];
}

function problems(params: unknown): readonly Problem[] {
  const { rows, peers } = params as { readonly rows?: unknown; readonly peers?: unknown };
  const list: readonly unknown[] = Array.isArray(peers) ? peers : [];
  return [
    ...(Array.isArray(rows) ? readPortItems(rows, '/rows').problems : []),
    ...list.flatMap((peer, i) => {
      if (typeof peer !== 'string' || familyOf(peer) !== undefined) return [];
      return [
        {
          pointer: `/peers/${i}`,
          message: `"${peer}" is no address`,
          hint: 'peers are addresses such as 10.0.0.11, not names',
        },
      ];
    }),
  ];
}
