import { cidrContains, cidrsOverlap, familyOf } from '../../lib/cidr.ts';
import { oncePer } from '../../lib/once.ts';
import { coalesce, intersect, type Port, type Proto, readPorts, subtract } from './ports.ts';
import type { ServiceDefinition, ZoneSettings } from './state.ts';
import { parseRich, type RichRule, section } from './zone-rich.ts';

/** One thing in a zone that lets ports in. */
export interface Opener {
  /** `port list`, `service https`, `protocol tcp`, `target ACCEPT`, `rich rule ...` */
  readonly by: string;
  readonly ports: readonly Port[];
}

/** A rule that denies ports, perhaps only for some. */
export interface Doubt {
  readonly why: string;
  readonly ports: readonly Port[];
  /** The rule, as firewalld lists it. */
  readonly rule: string;
}

/** What a zone lets in, and where that cannot be told. */
export interface Coverage {
  readonly openers: readonly Opener[];
  /** Rules that deny part of it, perhaps only for some: what they name counts as closed. */
  readonly doubts: readonly Doubt[];
}

const PROTOCOLS: ReadonlyMap<string, Proto> = new Map([
  ['tcp', 'tcp'],
  ['6', 'tcp'],
  ['udp', 'udp'],
  ['17', 'udp'],
  ['sctp', 'sctp'],
  ['132', 'sctp'],
  ['dccp', 'dccp'],
  ['33', 'dccp'],
]);
const whole = (proto: Proto): Port => ({ low: 1, high: 65535, proto });
/** All ports of all protocols that have some. */
export const EVERYTHING: readonly Port[] = [
  whole('tcp'),
  whole('udp'),
  whole('sctp'),
  whole('dccp'),
];

/** The protocols of a list that open all ports of tcp or udp at once. */
export const wideProtocols = (protocols: readonly string[]): Proto[] => [
  ...new Set(
    protocols.flatMap((name) => {
      const proto = PROTOCOLS.get(name.toLowerCase());
      return proto === 'tcp' || proto === 'udp' ? [proto] : [];
    }),
  ),
];

/**
 * What a zone lets in: port list, services (not those limited to a destination), protocols, target and
 * rich rules. `from` is the address or network that knocks; left out, only rules without a source count.
 */
export const coverage = (settings: ZoneSettings, services: Services, from?: string): Coverage =>
  from === undefined ? forAll(settings)(services) : made(settings, services, from);

type Services = Readonly<Record<string, ServiceDefinition>>;

const forAll = oncePer((settings: ZoneSettings) =>
  oncePer((services: Services) => made(settings, services, undefined)),
);

function made(settings: ZoneSettings, services: Services, from: string | undefined): Coverage {
  const openers: Opener[] = [{ by: 'port list', ports: readPorts(settings.ports) }];
  for (const name of settings.services) {
    const ports = servicePorts(services[name]);
    if (ports.length > 0) openers.push({ by: `service ${name}`, ports });
  }
  for (const name of settings.protocols) {
    const proto = PROTOCOLS.get(name.toLowerCase());
    if (proto) openers.push({ by: `protocol ${name}`, ports: [whole(proto)] });
  }
  if (settings.target === 'ACCEPT') openers.push({ by: 'target ACCEPT', ports: EVERYTHING });
  const doubts: Doubt[] = [];
  for (const text of settings.richRules) {
    const rule = parseRich(text);
    if ('message' in rule) {
      const why = `rich rule that orch cannot read: ${text}`;
      doubts.push({ why, ports: EVERYTHING, rule: text });
      continue;
    }
    const ports = richPorts(rule, services);
    if (section(rule, 'accept')) {
      if (matches(rule, from) === 'yes') openers.push({ by: named(text), ports });
    } else if (denies(rule) && matches(rule, from) !== 'no') {
      doubts.push({ why: named(text), ports, rule: text });
    }
  }
  return { openers, doubts };
}

/** All ports that are open for sure. */
export const certain: (seen: Coverage) => readonly Port[] = oncePer(({ openers, doubts }) =>
  coalesce(
    subtract(
      coalesce(openers.flatMap(({ ports }) => ports)),
      doubts.flatMap(({ ports }) => ports),
    ),
  ),
);

/** The part of `want` that is not open for sure. */
export const missing = (want: readonly Port[], seen: Coverage): Port[] =>
  coalesce(subtract(want, certain(seen)));

/** Why parts of `want` are doubtful though something opens them. */
export const doubtsAbout = (want: readonly Port[], { doubts }: Coverage): readonly Doubt[] =>
  doubts.filter(({ ports }) => intersect(want, ports).length > 0);

/** What a service opens for sure; nothing when it is unknown or limited to a destination. */
export function servicePorts(service: ServiceDefinition | undefined): Port[] {
  if (!service || service.hasDestination) return [];
  const wide = service.protocols.flatMap((name) => {
    const proto = PROTOCOLS.get(name.toLowerCase());
    return proto ? [whole(proto)] : [];
  });
  return [...readPorts(service.ports), ...wide];
}

/** `rule service ...` → `rich rule service ...` */
const named = (text: string): string => text.replace(/^rule\b/, 'rich rule');

/** Whether the rule rejects or drops. */
export const denies = (rule: RichRule): boolean =>
  section(rule, 'reject') !== undefined || section(rule, 'drop') !== undefined;

/** The ports a rich rule is about; all of them when it names none. */
export function richPorts(
  rule: RichRule,
  services: Readonly<Record<string, ServiceDefinition>>,
): readonly Port[] {
  const port = section(rule, 'port');
  if (port) {
    const { port: range = '', protocol = '' } = port.attributes;
    return readPorts([`${range}/${protocol}`]);
  }
  const service = section(rule, 'service');
  if (service) return servicePorts(services[service.attributes['name'] ?? '']);
  const protocol = section(rule, 'protocol');
  if (protocol) {
    const proto = PROTOCOLS.get(protocol.attributes['value'] ?? '');
    return proto ? [whole(proto)] : [];
  }
  // Elements such as icmp-block or masquerade are about no port at all.
  const other = rule.sections.some(({ name }) =>
    ['icmp-block', 'icmp-type', 'masquerade', 'forward-port', 'source-port'].includes(name),
  );
  return other ? [] : EVERYTHING;
}

/** Whether a rule speaks of everything that comes from there. */
export function matches(rule: RichRule, from: string | undefined): 'yes' | 'no' | 'perhaps' {
  const source = section(rule, 'source');
  const address = source?.attributes['address'];
  // Also `source NOT address`: the daemon puts such a rule in the chain of its own family alone.
  const family = rule.head['family'] ?? (address === undefined ? undefined : familyOf(address));
  if (from !== undefined && family !== undefined && familyOf(from) !== family) return 'no';
  if (section(rule, 'destination')) return 'perhaps';
  if (rule.sections.some(({ limit, name }) => limit !== undefined && name === 'accept')) {
    return 'perhaps';
  }
  if (!source) {
    return family !== undefined && from === undefined ? 'perhaps' : 'yes';
  }
  if (address === undefined || from === undefined) return 'perhaps';
  if (source.not) {
    if (cidrContains(address, from)) return 'no';
    return cidrsOverlap(address, from) ? 'perhaps' : 'yes';
  }
  if (cidrContains(address, from)) return 'yes';
  return cidrsOverlap(address, from) ? 'perhaps' : 'no';
}
