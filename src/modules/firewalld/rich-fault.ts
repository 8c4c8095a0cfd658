import { canonicalCidr, familyOf } from '../../lib/cidr.ts';
import {
  parseRich,
  type RichFault,
  type RichRule,
  type RichSection,
  section,
} from './zone-rich.ts';

/** Clauses of which a rule has one at most: what it is about. */
const ELEMENTS: ReadonlySet<string> = new Set([
  'protocol',
  'service',
  'port',
  'icmp-block',
  'icmp-type',
  'tcp-mss-clamp',
  'masquerade',
  'forward-port',
  'source-port',
]);
/** Elements that are an action themselves. */
const ACTING: ReadonlySet<string> = new Set([
  'icmp-block',
  'forward-port',
  'masquerade',
  'tcp-mss-clamp',
]);
const ACTIONS: ReadonlySet<string> = new Set(['accept', 'reject', 'drop', 'mark']);
const ENDS: ReadonlySet<string> = new Set(['source', 'destination']);
const LOGS: ReadonlySet<string> = new Set(['log', 'nflog']);
const LEVELS = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];

/** What `reject type=` takes, by family (firewall/core/base.py). */
const REJECTS = {
  ipv4:
    'icmp-host-prohibited host-prohib icmp-net-unreachable net-unreach icmp-host-unreachable host-unreach ' +
    'icmp-port-unreachable port-unreach icmp-proto-unreachable proto-unreach icmp-net-prohibited net-prohib ' +
    'tcp-reset tcp-rst icmp-admin-prohibited admin-prohib',
  ipv6:
    'icmp6-adm-prohibited adm-prohibited icmp6-no-route no-route icmp6-addr-unreachable addr-unreach ' +
    'icmp6-port-unreachable port-unreach tcp-reset',
};

/** Why firewalld would not take a rich rule, as its Rich_Rule.check() has it, and what to write instead. */
export function richFault(text: string): RichFault | undefined {
  const rule = parseRich(text);
  if ('message' in rule) return rule;
  const found =
    headFault(rule) ??
    shapeFault(rule) ??
    rule.sections.map((clause) => clauseFault(clause, rule)).find((fault) => fault !== undefined);
  if (!found) return undefined;
  const [why, hint] = found;
  return { message: `"${text}" ${why}`, hint };
}

type Found = readonly [why: string, hint: string];

function headFault({ head }: RichRule): Found | undefined {
  const { family, priority } = head;
  if (family !== undefined && family !== 'ipv4' && family !== 'ipv6') {
    return [`has the family ${family}`, 'write family="ipv4" or family="ipv6"'];
  }
  if (priority === undefined) return undefined;
  const number = /^[+-]?\d+$/.test(priority) ? Number(priority) : Number.NaN;
  return number >= -32768 && number <= 32767
    ? undefined
    : [`has the priority ${priority}`, 'write a whole number from -32768 to 32767'];
}

/** Which clauses there may be together. */
function shapeFault(rule: RichRule): Found | undefined {
  const names = rule.sections.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return [`has ${twice} twice`, 'make it two rules'];
  for (const kind of [ELEMENTS, ACTIONS, LOGS]) {
    const [one, other] = names.filter((name) => kind.has(name));
    if (other !== undefined) return [`has both ${one} and ${other}`, 'make it two rules'];
  }
  return aboutFault(rule.head, names) ?? deedFault(rule.head, names);
}

function aboutFault(head: RichRule['head'], names: readonly string[]): Found | undefined {
  const about = names.some((name) => ELEMENTS.has(name) || ENDS.has(name));
  return about || Number(head['priority'] ?? 0) !== 0
    ? undefined
    : [
        'is about nothing: firewalld takes no rule without a source, a destination, or a port, service or other element',
        'name what it is about, or give it a priority',
      ];
}

/** What a rule does: an action, one that is an element at once, or nothing but writing it down. */
function deedFault(head: RichRule['head'], names: readonly string[]): Found | undefined {
  const element = names.find((name) => ELEMENTS.has(name));
  const action = names.find((name) => ACTIONS.has(name));
  const acts = element !== undefined && ACTING.has(element);
  if (acts && action !== undefined) {
    return [`has ${action}, but ${element} is an action itself`, `leave ${action} out`];
  }
  const writes = names.some((name) => LOGS.has(name) || name === 'audit');
  if (!acts && action === undefined && !writes) {
    return ['does nothing', 'put accept, reject or drop at its end'];
  }
  if (element === undefined && action === undefined && !loggedFirst(head, names)) {
    return [
      'only logs or audits, and is about no port, service or other element',
      'put accept, reject or drop at its end',
    ];
  }
  return names.includes('audit') && (action === undefined || action === 'mark')
    ? ['has audit without accept, reject or drop', 'put one of them at its end']
    : undefined;
}

/** A rule with a priority may do nothing but log. */
const loggedFirst = (head: RichRule['head'], names: readonly string[]): boolean =>
  Number(head['priority'] ?? 0) !== 0 && names.some((name) => LOGS.has(name));

function clauseFault(clause: RichSection, rule: RichRule): Found | undefined {
  const { name, limit } = clause;
  const torn = Object.entries(clause.attributes).find(([, value]) => value.includes('='));
  if (torn) {
    const [key] = torn;
    return [`has a = in the ${key} of ${name}, which firewalld cannot read`, 'leave the = out'];
  }
  if (limit !== undefined && !/^[1-9]\d*\/[smhd]$/.test(limit)) {
    return [
      `limits ${name} to ${limit}`,
      'write limit value="10/m": a number from 1 for s, m, h or d',
    ];
  }
  if (limit === '1/d') return ['has a limit of 1/d, which the kernel does not take', 'write 1/h'];
  return CLAUSES[name]?.(clause.attributes, rule);
}

type Attributes = RichSection['attributes'];

/** What each clause must have. */
const CLAUSES: Readonly<
  Partial<Record<string, (given: Attributes, rule: RichRule) => Found | undefined>>
> = {
  source: (given, rule) =>
    end('source', ['address', 'mac', 'ipset'], given, rule) ??
    (given['mac'] !== undefined && section(rule, 'masquerade')
      ? ['masquerades by a MAC address', 'name the source by its address']
      : undefined),
  destination: (given, rule) => end('destination', ['address', 'ipset'], given, rule),
  protocol: ({ value }) => (value ? undefined : lacks('protocol', 'value')),
  service: ({ name }) => (name ? undefined : lacks('service', 'name')),
  'icmp-block': ({ name }) => (name ? undefined : lacks('icmp-block', 'name')),
  'icmp-type': ({ name }) => (name ? undefined : lacks('icmp-type', 'name')),
  port: (given) => portFault('port', given),
  'source-port': (given) => portFault('source-port', given),
  'forward-port': forwardFault,
  log: ({ level, prefix }) => {
    if (level !== undefined && !LEVELS.includes(level)) {
      return [`logs with the level ${level}`, `write one of ${LEVELS.join(', ')}`];
    }
    return (prefix ?? '').length > 127
      ? ['has a log prefix of more than 127 characters', 'make it shorter']
      : undefined;
  },
  reject: ({ type }, { head }) => {
    if (type === undefined) return undefined;
    const family = head['family'] === 'ipv6' ? 'ipv6' : 'ipv4';
    if (head['family'] === undefined) {
      return ['has a type of reject and no family', 'write rule family="ipv4" or family="ipv6"'];
    }
    return REJECTS[family].split(' ').includes(type)
      ? undefined
      : [
          `rejects with ${type}, which ${family} does not have`,
          `write one of ${REJECTS[family].replaceAll(' ', ', ')}`,
        ];
  },
};

const lacks = (clause: string, key: string): Found => [
  `has ${clause} without ${key}`,
  `write ${clause} ${key}="..."`,
];

/** Where packets come from or go to. */
function end(
  clause: string,
  keys: readonly string[],
  given: Attributes,
  { head }: RichRule,
): Found | undefined {
  const named = keys.filter((key) => given[key] !== undefined);
  if (named.length !== 1) {
    return [
      `has ${clause} with ${named.length === 0 ? 'nothing' : named.join(' and ')}`,
      `name it by one of ${keys.join(', ')}`,
    ];
  }
  const { address, mac, ipset } = given;
  if (mac !== undefined && !/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/i.test(mac)) {
    return [`names ${mac}, which is no MAC address`, 'write 00:11:22:33:44:55'];
  }
  if (ipset !== undefined && ipset.length > 32) {
    return [`names ${ipset}, which is no name of an ipset`, 'see firewall-cmd --get-ipsets'];
  }
  const { family } = head;
  if (family === undefined && (address !== undefined || clause === 'destination')) {
    return [
      `has a ${clause} and no family`,
      `write rule family="${(address && familyOf(withoutMask(address))) ?? 'ipv4'}"`,
    ];
  }
  if (address === undefined) return undefined;
  const plain = withoutMask(address);
  if (canonicalCidr(plain) === undefined) {
    return [
      `names ${address}, which is no address or network`,
      'write 10.42.0.0/16 or 2001:db8::/64',
    ];
  }
  return familyOf(plain) === family
    ? undefined
    : [`names ${address} in a rule of family ${family}`, `write family="${familyOf(plain)}"`];
}

/** firewalld takes 10.0.0.0/255.0.0.0 in rich rules as well. */
const withoutMask = (address: string): string => address.replace(/\/(\d{1,3}\.){3}\d{1,3}$/, '');

function portFault(clause: string, { port, protocol }: Attributes): Found | undefined {
  if (!port) return lacks(clause, 'port');
  if (!protocol) return lacks(clause, 'protocol');
  if (!['tcp', 'udp', 'sctp', 'dccp'].includes(protocol)) {
    return [
      `is about ports of ${protocol}`,
      'the protocols with ports are tcp, udp, sctp and dccp',
    ];
  }
  return rangeFault(port);
}

/** What firewalld refuses: it swaps ends that run backwards, and looks up names. */
function rangeFault(range: string): Found | undefined {
  const ends = /^\d+(-\d+)?$/.test(range) ? range.split('-').map(Number) : [];
  const above = ends.find((end) => end > 65535);
  if (above !== undefined) {
    return [`is about port ${above}`, 'ports are numbers from 1 to 65535'];
  }
  return ends.length > 0 || /^[a-z][a-z0-9-]*$/i.test(range)
    ? undefined
    : [`is about ${range}, which is no port`, 'write port="443" or port="2379-2380"'];
}

function forwardFault(given: Attributes, { head }: RichRule): Found | undefined {
  const port = portFault('forward-port', given);
  if (port) return port;
  const { 'to-port': toPort, 'to-addr': toAddress } = given;
  if (!toPort && !toAddress) {
    return ['forwards a port to nowhere', 'write to-port="8080", to-addr="10.0.0.5", or both'];
  }
  const { family } = head;
  if (family === undefined) {
    return ['forwards a port and has no family', 'write rule family="ipv4" or family="ipv6"'];
  }
  if (toAddress && (familyOf(toAddress) !== family || toAddress.includes('/'))) {
    return [`forwards to ${toAddress}, which is no ${family} address`, 'write one address'];
  }
  return toPort ? rangeFault(toPort) : undefined;
}
