import {
  ALL_PORTS,
  ANY_PROTOCOL,
  joinPorts,
  type PortSet,
  portSet,
  protocolSet,
} from '../../lib/port-set.ts';
import { oncePer, oncePerText } from '../../lib/once.ts';
import { denies, EVERYTHING, matches, richPorts } from './coverage.ts';
import { readPorts } from './ports.ts';
import type { ServiceDefinition, ZoneSettings } from './state.ts';
import { parseRich, type RichRule, section } from './zone-rich.ts';

/** Something in a zone that decides about ports; not sure: only for some packets, or it cannot be told. */
export interface Clause {
  readonly lets: boolean;
  readonly sure: boolean;
  readonly why: string;
  readonly ports: PortSet;
}

/** Definitions of services by their names. */
export type Services = Readonly<Record<string, ServiceDefinition>>;

/** What a zone does not accept. */
export const NOTHING = 'which does not accept it';

/**
 * What decides about new connections from an address, clause by clause in the daemon's order: rich rules of negative
 * priority, denying ones, what opens ports, rich rules of positive priority, the target. Without an address only what
 * holds for everybody is sure.
 */
export function clausesOf(
  settings: ZoneSettings,
  services: Services,
  from: string | undefined,
): Clause[] {
  const rules = settings.richRules
    .map((text) => richClause(text, services, from))
    .filter(({ about }) => about);
  const before = rules.filter(({ priority }) => priority < 0);
  const level = rules.filter(({ priority }) => priority === 0);
  const after = rules.filter(({ priority }) => priority > 0);
  const unreadable = rules.some(({ odd }) => odd);
  return [
    ...ordered(before),
    ...level.filter(({ lets }) => !lets),
    ...level.filter(({ lets }) => lets),
    ...listClauses(settings, services),
    ...(unreadable
      ? [{ lets: true, sure: false, why: 'a rich rule cannot be read', ports: ALL_PORTS }]
      : []),
    ...ordered(after),
    settings.target === 'ACCEPT'
      ? { lets: true, sure: true, why: 'target ACCEPT', ports: ALL_PORTS }
      : { lets: false, sure: true, why: NOTHING, ports: ALL_PORTS },
  ];
}

/**
 * What a zone forwards: it is let in whatever else the zone says, before zones are asked, and to another port or host.
 * What listens there, nobody knows.
 */
export function forwardsOf(
  settings: ZoneSettings,
  from: string | undefined,
): readonly { readonly text: string; readonly ports: PortSet }[] {
  const listed = settings.forwardPorts.map((text) => ({ text, ports: read(forwarded(text)) }));
  const ruled = settings.richRules.flatMap((text) => {
    const rule = parseRich(text);
    const forward = 'message' in rule ? undefined : section(rule, 'forward-port')?.attributes;
    if (!forward || 'message' in rule || matches(rule, from) === 'no') return [];
    const { port: range = '', protocol = '' } = forward;
    return [{ text, ports: read(`${range}/${protocol}`) }];
  });
  return [...listed, ...ruled];
}

/** `port=22:proto=tcp:toport=2222:toaddr=` → `22/tcp` */
const forwarded = (text: string): string => {
  const [, range = '', protocol = ''] = /^port=([^:]*):proto=([^:]*)/.exec(text) ?? [];
  return `${range}/${protocol}`;
};

const read = (text: string): PortSet => setOf(once(text));
const once = oncePerText((text) => [text], 4096);
const setOf = oncePer((texts: readonly string[]): PortSet => portSet(readPorts(texts)));

/** Ports, services and protocols of the zone's own lists. */
function listClauses(settings: ZoneSettings, services: Services): Clause[] {
  const listed = setOf(settings.ports);
  const clauses: Clause[] = [{ lets: true, sure: true, why: 'port list', ports: listed }];
  for (const name of settings.protocols) {
    const ports = protocolSet(name);
    const why = ports ? `protocol ${name}` : `the number of protocol ${name} is not known`;
    clauses.push({ lets: true, sure: ports !== undefined, why, ports: ports ?? ANY_PROTOCOL });
  }
  for (const text of settings.sourcePorts) {
    const [range] = readPorts([text]);
    const ports = range && protocolSet(range.proto);
    if (!ports) continue;
    // Clients take a port above 1024; what decides to come from another one is let in as well.
    const sure = range.low <= 1024 && range.high === 65535;
    clauses.push({ lets: true, sure, why: `source port ${text}`, ports });
  }
  for (const name of settings.services) {
    const service = services[name];
    const limited = service?.hasDestination === true;
    const why = service
      ? `service ${name}${limited ? ' is limited to a destination' : ''}`
      : `what service ${name} opens is not known`;
    const ports = service ? portsOfService(service) : ALL_PORTS;
    clauses.push({ lets: true, sure: service !== undefined && !limited, why, ports });
  }
  return clauses;
}

/** What a service names, whatever destination it is limited to. */
const portsOfService = ({ ports, protocols }: ServiceDefinition): PortSet =>
  [setOf(ports), ...protocols.map((name) => protocolSet(name) ?? ANY_PROTOCOL)].reduce(joinPorts);

interface RichClause extends Clause {
  readonly priority: number;
  /** Whether the rule is about this address at all. */
  readonly about: boolean;
  readonly odd: boolean;
}

function richClause(text: string, services: Services, from: string | undefined): RichClause {
  const rule = parseRich(text);
  if ('message' in rule) {
    const why = `the rich rule "${text}" cannot be read`;
    return {
      lets: false,
      sure: false,
      why,
      ports: ALL_PORTS,
      priority: -1,
      about: true,
      odd: true,
    };
  }
  const lets = section(rule, 'accept') !== undefined;
  const match = matches(rule, from);
  const named = section(rule, 'service')?.attributes['name'];
  const known = named === undefined || services[named] !== undefined;
  const fromPort = section(rule, 'source-port')?.attributes['protocol'];
  const spoken = spokenOf(rule, services);
  const aimed = named !== undefined && services[named]?.hasDestination === true;
  const whole = match === 'yes' && !limited(rule) && fromPort === undefined && !aimed;
  const sure = known && whole && spoken !== undefined;
  const does = lets ? 'lets it in' : 'denies it';
  return {
    lets,
    sure,
    why: sure ? `whose rich rule "${text}" ${does}` : `perhaps the rich rule "${text}" ${does}`,
    ports: known ? (spoken ?? ANY_PROTOCOL) : ALL_PORTS,
    priority: Number(rule.head['priority'] ?? 0),
    about: match !== 'no' && (lets || denies(rule)),
    odd: false,
  };
}

/** What a rule is about; undefined for a protocol whose number is not known. */
function spokenOf(rule: RichRule, services: Services): PortSet | undefined {
  const protocol = section(rule, 'protocol')?.attributes['value'];
  if (protocol !== undefined) return protocolSet(protocol);
  const fromPort = section(rule, 'source-port')?.attributes['protocol'];
  if (fromPort !== undefined) return protocolSet(fromPort);
  const service = services[section(rule, 'service')?.attributes['name'] ?? ''];
  if (service) return portsOfService(service);
  const ports = richPorts(rule, services);
  return ports === EVERYTHING ? ALL_PORTS : portSet(ports);
}

/** An action with a limit is taken for some packets only. */
const limited = ({ sections }: RichRule): boolean =>
  sections.some(
    ({ name, limit }) => limit !== undefined && ['accept', 'reject', 'drop'].includes(name),
  );

const ordered = (rules: readonly RichClause[]): RichClause[] =>
  [...rules].sort((a, b) => a.priority - b.priority || Number(a.lets) - Number(b.lets));
