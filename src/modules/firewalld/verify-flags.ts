import { cidrsOverlap } from '../../lib/cidr.ts';
import type { Finding, Seen } from '../../model/module.ts';
import { wideProtocols } from './coverage.ts';
import { allOverlaps, overlapSentence } from './overlap.ts';
import { coalesce, readPorts } from './ports.ts';
import type { FirewalldFacts, FirewalldState } from './state.ts';
import { type Config, drift, settingsIn } from './zone-edit.ts';

/** What is dangerous or odd about a firewalld whatever was asked of it. */
export interface Flags {
  readonly findings: readonly (Finding & { readonly config?: Config })[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

type Current = Seen<FirewalldState, FirewalldFacts>;

/** The sources that zones must have, by zone. */
export type Wanted = ReadonlyMap<string, readonly string[]>;

/** Looks for the traps: everything open, overlaps, drift, panic, other tools, a reload that hurts. */
export function flagsOf(
  current: Current,
  configs: readonly Config[],
  podNetworks: readonly string[],
  wanted: Wanted = new Map(),
): Flags {
  const { state, facts } = current;
  const perConfig = configs.flatMap((config) => [
    ...wide(state, config),
    ...overlapping(state, config, wanted),
    ...forwarding(state, config, podNetworks),
  ]);
  return {
    findings: [...perConfig, ...dangers(current)],
    warnings: [
      ...drifts(state),
      ...(before(facts.version, 1, 1) ? [] : messy(state)),
      ...facts.oddities.filter((oddity) => !oddity.startsWith('panic')),
      ...(facts.k3sActive === true && reloadFlushes(facts) ? [RELOAD(facts)] : []),
    ],
    notes: [
      ...configs.flatMap((config) => exposed(state, config, podNetworks)),
      ...(facts.k3sActive !== true && reloadFlushes(facts) ? [RELOAD(facts)] : []),
    ],
  };
}

const zonesIn = (state: FirewalldState, config: Config) =>
  Object.keys(state.zones)
    .sort()
    .flatMap((zone) => {
      const settings = settingsIn(state, zone, config);
      return settings ? [{ zone, settings }] : [];
    });

const wide = (state: FirewalldState, config: Config) =>
  zonesIn(state, config).flatMap(({ zone, settings }) =>
    wideProtocols(settings.protocols).map((proto) => {
      // A protocol may be listed by number, which YAML would not take for text without quotes.
      const entries = settings.protocols
        .filter((entry) => wideProtocols([entry]).includes(proto))
        .map((entry) => (/^\d+$/.test(entry) ? `'${entry}'` : entry));
      return {
        config,
        message: `zone ${zone}: protocols hold ${proto}: every ${proto} port is open`,
        cure: `firewalld_zone: {zone: ${zone}, remove: {protocols: [${entries.join(', ')}]}}`,
      };
    }),
  );

/** Of two that overlap the one goes that nobody asked for. */
const overlapping = (state: FirewalldState, config: Config, wanted: Wanted) =>
  allOverlaps(state, config).map((overlap) => {
    const { zone, source, otherZone, otherSource } = overlap;
    const asked = (name: string, what: string): boolean =>
      wanted.get(name)?.includes(what) ?? false;
    const [from, what] =
      asked(otherZone, otherSource) && !asked(zone, source)
        ? [zone, source]
        : [otherZone, otherSource];
    return {
      config,
      message: overlapSentence(overlap),
      cure: `firewalld_zone: {zone: ${from}, remove: {sources: [${what}]}}`,
    };
  });

/** Zones whose sources are pods and that do not accept everything anyway. */
const podZones = (state: FirewalldState, config: Config, pods: readonly string[]) =>
  zonesIn(state, config).flatMap(({ zone, settings }) => {
    const source = settings.sources.find((s) => pods.some((pod) => cidrsOverlap(s, pod)));
    return source === undefined || settings.target === 'ACCEPT'
      ? []
      : [{ zone, source, forward: settings.forward }];
  });

const forwarding = (state: FirewalldState, config: Config, pods: readonly string[]) =>
  podZones(state, config, pods)
    .filter(({ forward }) => forward === false)
    .map(({ zone, source }) => ({
      config,
      message: `zone ${zone}: forward is off, but the zone holds the pod network ${source}: pods cannot reach the outside`,
      cure: `firewalld_zone: {zone: ${zone}, forward: true}`,
    }));

const exposed = (state: FirewalldState, config: Config, pods: readonly string[]): string[] =>
  podZones(state, config, pods)
    .filter(({ forward }) => forward === true)
    .map(
      ({ zone, source }) =>
        `zone ${zone} (${config}) holds the pod network ${source} and forwards: its other networks reach every pod port`,
    );

function dangers({ state, facts }: Current): Finding[] {
  const findings: Finding[] = [];
  if (facts.access === 'offline') {
    findings.push({
      message: 'firewalld is not running: nothing is enforced',
      // Unmasking what is not masked does nothing.
      cure: 'systemctl unmask firewalld; systemctl enable --now firewalld',
    });
  }
  if (state.zones[state.defaultZone]?.runtime?.target === 'ACCEPT') {
    findings.push({
      message: `the default zone ${state.defaultZone} accepts everything: so does every interface that is in no zone`,
      cure: 'firewalld_zone: {zone: public, default: true}',
    });
  }
  if (facts.panic) {
    findings.push({
      message: 'panic mode is on: firewalld drops everything and refuses changes',
      cure: 'firewall-cmd --panic-off',
    });
  }
  if (facts.poison.length > 0) {
    findings.push({
      message: `${facts.poison.join(', ')} below /etc/firewalld/zones make the next reload erase all zones`,
      cure: 'move them elsewhere',
    });
  }
  if (before(facts.version, 1, 1)) {
    for (const message of messy(state)) {
      findings.push({
        message: `${message}; firewalld ${facts.version} does not load such a zone`,
        cure: 'close and open the ports again with firewalld_port: orch writes merged lists',
      });
    }
  }
  return findings;
}

/** Zone files whose port ranges overlap: written by hand, since firewalld merges what it is told. */
const messy = (state: FirewalldState): string[] =>
  zonesIn(state, 'permanent').flatMap(({ zone, settings }) => {
    const ports = readPorts(settings.ports);
    return coalesce(ports).length === ports.length
      ? []
      : [`the file of zone ${zone} lists ports that overlap: ${settings.ports.join(', ')}`];
  });

const drifts = (state: FirewalldState): string[] =>
  Object.keys(state.zones)
    .sort()
    .flatMap((name) => {
      const zone = state.zones[name];
      return zone ? drift(zone).map((phrase) => `zone ${name}: ${phrase}`) : [];
    });

const reloadFlushes = ({ version, oddities }: FirewalldFacts): boolean =>
  before(version, 2, 0) && !oddities.includes('FlushAllOnReload=no');

const RELOAD = ({ version }: FirewalldFacts): string =>
  `do not reload firewalld here: ${version} flushes the iptables rules of K3s; hostPort rules return only when their pods restart`;

/** Whether a version is known and older than major.minor. */
function before(version: string, major: number, minor: number): boolean {
  const [a, b = 0] = version.split('.').map(Number);
  return version !== '' && a !== undefined && (a < major || (a === major && b < minor));
}
