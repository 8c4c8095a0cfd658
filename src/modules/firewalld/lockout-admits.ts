import { denies, matches, richPorts, servicePorts } from './coverage.ts';
import { intersect, type Port, readPorts } from './ports.ts';
import type { ServiceDefinition, ZoneSettings } from './state.ts';
import { parseRich, type RichRule, section } from './zone-rich.ts';

/** Whether a zone lets a new connection in, and the clause that decides. */
export interface Admission {
  readonly answer: 'yes' | 'no' | 'perhaps';
  readonly why: string;
}

type Services = Readonly<Record<string, ServiceDefinition>>;

/** Something in a zone that decides about the port; not sure: only for some packets, or it cannot be told. */
interface Clause {
  readonly lets: boolean;
  readonly sure: boolean;
  readonly why: string;
}

/**
 * Whether a zone lets in a new connection from an address to a port, clause by clause in the daemon's order: rich rules
 * of negative priority, denying ones, what opens ports, rich rules of positive priority, the target. Without an
 * address only what holds for everybody is sure.
 */
export function admits(
  settings: ZoneSettings,
  services: Services,
  port: Port,
  from: string | undefined,
): Admission {
  const away = sentAway(settings, port, from);
  if (away !== undefined) return { answer: 'perhaps', why: away };
  const doubts: Clause[] = [];
  for (const clause of clausesOf(settings, services, port, from)) {
    if (!clause.sure) {
      doubts.push(clause);
      continue;
    }
    const other = doubts.find(({ lets }) => lets !== clause.lets);
    if (other) return { answer: 'perhaps', why: other.why };
    return { answer: clause.lets ? 'yes' : 'no', why: clause.why };
  }
  return { answer: 'no', why: NOTHING };
}

/**
 * A port that is forwarded is let in, whatever else the zone says: before zones are asked, and to another port or host.
 * What listens there, nobody knows.
 */
function sentAway(
  settings: ZoneSettings,
  port: Port,
  from: string | undefined,
): string | undefined {
  const listed = settings.forwardPorts.find((text) => holds(forwarded(text), port));
  if (listed !== undefined) return `port ${port.low} is forwarded (${listed})`;
  return settings.richRules.find((text) => {
    const rule = parseRich(text);
    const forward = 'message' in rule ? undefined : section(rule, 'forward-port')?.attributes;
    const { port: range = '', protocol = '' } = forward ?? {};
    if (!forward || 'message' in rule || matches(rule, from) === 'no') return false;
    return holds(`${range}/${protocol}`, port);
  });
}

/** `port=22:proto=tcp:toport=2222:toaddr=` → `22/tcp` */
const forwarded = (text: string): string => {
  const [, range = '', protocol = ''] = /^port=([^:]*):proto=([^:]*)/.exec(text) ?? [];
  return `${range}/${protocol}`;
};

const holds = (text: string, port: Port): boolean =>
  intersect([port], readPorts([text])).length > 0;

const NOTHING = 'which does not accept it';

function clausesOf(
  settings: ZoneSettings,
  services: Services,
  port: Port,
  from: string | undefined,
): Clause[] {
  const rules = settings.richRules
    .map((text) => richClause(text, services, port, from))
    .filter(({ about }) => about);
  const before = rules.filter(({ priority }) => priority < 0);
  const level = rules.filter(({ priority }) => priority === 0);
  const after = rules.filter(({ priority }) => priority > 0);
  const unreadable = rules.some(({ odd }) => odd);
  return [
    ...ordered(before),
    ...level.filter(({ lets }) => !lets),
    ...level.filter(({ lets }) => lets),
    ...listClauses(settings, services, port),
    ...(unreadable ? [{ lets: true, sure: false, why: 'a rich rule cannot be read' }] : []),
    ...ordered(after),
    settings.target === 'ACCEPT'
      ? { lets: true, sure: true, why: 'target ACCEPT' }
      : { lets: false, sure: true, why: NOTHING },
  ];
}

/** Ports, services and protocols of the zone's own lists. */
function listClauses(settings: ZoneSettings, services: Services, port: Port): Clause[] {
  const opens = (ports: readonly Port[]): boolean => intersect([port], ports).length > 0;
  const clauses: Clause[] = [];
  if (opens(readPorts(settings.ports))) clauses.push({ lets: true, sure: true, why: 'port list' });
  if (settings.protocols.some((name) => ['tcp', '6'].includes(name.toLowerCase()))) {
    clauses.push({ lets: true, sure: true, why: 'protocol tcp' });
  }
  for (const text of settings.sourcePorts) {
    const [range] = readPorts([text]);
    if (range?.proto !== 'tcp') continue;
    const why = `source port ${text}`;
    clauses.push({ lets: true, sure: range.low <= 1024 && range.high === 65535, why });
  }
  for (const name of settings.services) {
    const service = services[name];
    if (!service) {
      clauses.push({ lets: true, sure: false, why: `what service ${name} opens is not known` });
    } else if (opens(servicePorts({ ...service, hasDestination: false }))) {
      const why = `service ${name}${service.hasDestination ? ' is limited to a destination' : ''}`;
      clauses.push({ lets: true, sure: !service.hasDestination, why });
    }
  }
  return clauses;
}

interface RichClause extends Clause {
  readonly priority: number;
  /** Whether the rule is about this port and address at all. */
  readonly about: boolean;
  readonly odd: boolean;
}

function richClause(
  text: string,
  services: Services,
  port: Port,
  from: string | undefined,
): RichClause {
  const rule = parseRich(text);
  if ('message' in rule) {
    const why = `the rich rule "${text}" cannot be read`;
    return { lets: false, sure: false, why, priority: -1, about: true, odd: true };
  }
  const lets = section(rule, 'accept') !== undefined;
  const match = matches(rule, from);
  const named = section(rule, 'service')?.attributes['name'];
  const known = named === undefined || services[named] !== undefined;
  const fromPort = section(rule, 'source-port')?.attributes['protocol'] === 'tcp';
  const speaks = !known || fromPort || intersect([port], richPorts(rule, services)).length > 0;
  const sure = known && match === 'yes' && !limited(rule) && !fromPort;
  const does = lets ? 'lets it in' : 'denies it';
  return {
    lets,
    sure,
    why: sure ? `whose rich rule "${text}" ${does}` : `perhaps the rich rule "${text}" ${does}`,
    priority: Number(rule.head['priority'] ?? 0),
    about: speaks && match !== 'no' && (lets || denies(rule)),
    odd: false,
  };
}

/** An action with a limit is taken for some packets only. */
const limited = ({ sections }: RichRule): boolean =>
  sections.some(
    ({ name, limit }) => limit !== undefined && ['accept', 'reject', 'drop'].includes(name),
  );

const ordered = (rules: readonly RichClause[]): RichClause[] =>
  [...rules].sort((a, b) => a.priority - b.priority || Number(a.lets) - Number(b.lets));
