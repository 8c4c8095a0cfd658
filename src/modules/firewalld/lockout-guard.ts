import type { Reach, Seen } from '../../model/module.ts';
import { admits } from './lockout-admits.ts';
import { type Known, verdict, type Way, waysIn } from './lockout.ts';
import { readPorts } from './ports.ts';
import type { FirewalldFacts, FirewalldState } from './state.ts';
import { type Config, settingsIn } from './zone-edit.ts';
import { zoneMet } from './zone-reach.ts';

type Current = Seen<FirewalldState, FirewalldFacts>;

/**
 * What a change does to the way in: of the connection in use, and of the sources named, in what runs and after a reload
 * or reboot. Unknown only where the change touches what cannot be told; without a connection nothing is judged.
 */
export function reachFirewalld(
  before: FirewalldState,
  { state: after, facts }: Current,
  sources: readonly string[],
): Reach {
  if (before === after || !facts.session) return SAFE;
  const why = lockoutOf(before, after, facts) ?? shutOut(before, after, facts, sources);
  if (why) {
    const hint = `open port ${why.port} in zone ${why.zone} first (the ssh service, or the port), or leave the way in as it is`;
    return { kind: 'lockout', sentence: why.sentence, hint, ...(why.late ? { late: true } : {}) };
  }
  const doubts = configsOf(facts).flatMap((config) => {
    const now = verdict(after, config, facts);
    return now.kind !== 'unknown' || same(before, after, config, facts) ? [] : [now.why];
  });
  if (doubts.length === 0) return SAFE;
  return { kind: 'unknown', sentence: [...new Set(doubts)].join('; ') };
}

const SAFE: Reach = { kind: 'safe' };

/** What a change does to SSH where no connection is known that could be cut, as on a local one. */
export const lockoutWarnings = (
  before: FirewalldState,
  { state: after, facts }: Current,
): string[] => (before === after || facts.session ? [] : blindWarnings(before, after, facts));

interface Lockout {
  readonly sentence: string;
  readonly port: number;
  readonly zone: string;
  /** Only what is loaded at the next reload or reboot shuts it out. */
  readonly late: boolean;
}

function lockoutOf(
  before: FirewalldState,
  after: FirewalldState,
  facts: FirewalldFacts,
): Lockout | undefined {
  const { session } = facts;
  const lost = configsOf(facts).flatMap((config) => {
    if (verdict(before, config, facts).kind === 'lockout') return [];
    const now = verdict(after, config, facts);
    return now.kind === 'lockout' ? now.ways.slice(0, 1).map((way) => ({ config, way })) : [];
  });
  const [first] = lost;
  if (!session || !first) return undefined;
  const where = lost
    .filter(({ way }) => way.zone === first.way.zone && way.by === first.way.by)
    .map(({ config }) => config);
  const late = lost.every(({ config }) => config === 'permanent');
  const who = `a new SSH connection from ${session.client} to port ${session.port}`;
  return {
    sentence: `${who} ${arrival(first.way, where)}, ${first.way.why}${late ? STRIKES : ''}`,
    port: session.port,
    zone: first.way.zone,
    late,
  };
}

const STRIKES = '; it strikes at the next reload or reboot';

/**
 * A source that must keep its way in and loses it: let in by some interface before, and by none after. Which interface
 * its packets come by is not known, so all there are count.
 */
function shutOut(
  before: FirewalldState,
  after: FirewalldState,
  facts: FirewalldFacts,
  sources: readonly string[],
): Lockout | undefined {
  const { session } = facts;
  if (!session) return undefined;
  const devices = facts.interfaces.filter((device) => device !== 'lo');
  for (const config of configsOf(facts)) {
    for (const source of sources) {
      const line = { ...session, client: firstOf(source) };
      const ways = (state: FirewalldState): readonly Way[] =>
        waysIn(state, config, { ...facts, session: { ...line, interfaces: devices } });
      const lets = (way: Way): boolean => way.answer !== 'no';
      const shut = ways(after);
      const [first] = shut;
      if (!first || !ways(before).some(lets) || shut.some(lets)) continue;
      const late = config === 'permanent';
      const sentence = `a new SSH connection from management source ${source} to port ${session.port} ${arrival(first, [config])}, ${first.why}${late ? STRIKES : ''}`;
      return { sentence, port: session.port, zone: first.zone, late };
    }
  }
  return undefined;
}

/** The address that stands for a network. */
const firstOf = (source: string): string => source.split('/')[0] ?? source;

/** `arrives on eth0, zone drop (runtime and permanent)` */
function arrival({ device, zone, by }: Way, configs: readonly Config[]): string {
  const where = `(${configs.join(' and ')})`;
  if (by.startsWith('source ')) return `meets zone ${zone} ${where} by its ${by}`;
  const kind = by === 'default zone' ? 'the default zone' : 'zone';
  return `arrives on ${device ?? 'an interface'}, ${kind} ${zone} ${where}`;
}

/** While the daemon is down nothing is filtered: only what it will load counts. */
const configsOf = ({ access }: FirewalldFacts): readonly Config[] =>
  access === 'offline' ? ['permanent'] : ['runtime', 'permanent'];

/** Whether new connections meet the same zones with the same answers as before. */
function same(
  before: FirewalldState,
  after: FirewalldState,
  config: Config,
  known: Known,
): boolean {
  const told = (state: FirewalldState): string =>
    waysIn(state, config, known)
      .map(({ zone, answer, why }) => `${zone} ${answer} ${why}`)
      .join('\n');
  return told(before) === told(after);
}

/** Without a session: interfaces that let SSH in before and do not now. */
function blindWarnings(
  before: FirewalldState,
  after: FirewalldState,
  facts: FirewalldFacts,
): string[] {
  const ssh = readPorts(facts.services['ssh']?.ports ?? [])[0];
  const port = ssh ?? { low: 22, high: 22, proto: 'tcp' };
  const lets = (state: FirewalldState, config: Config, device: string): boolean => {
    const settings = settingsIn(state, zoneOn(state, config, device), config);
    return settings !== null && admits(settings, facts.services, port, undefined).answer === 'yes';
  };
  const shut = configsOf(facts).flatMap((config) => {
    const devices = facts.interfaces.filter(
      (device) => device !== 'lo' && lets(before, config, device) && !lets(after, config, device),
    );
    const zones = [...new Set(devices.map((device) => zoneOn(after, config, device)))];
    return devices.length === 0
      ? []
      : [`on ${devices.join(', ')} by zone ${zones.join(', ')} (${config})`];
  });
  return shut.length === 0
    ? []
    : [
        `new SSH connections are no longer let in ${shut.join(' and ')}; whether that locks you out cannot be told, as no SSH connection to this host is known`,
      ];
}

const zoneOn = (state: FirewalldState, config: Config, device: string): string =>
  zoneMet(state, config, undefined, device).zone;
