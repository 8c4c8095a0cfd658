import { joined, sameSpans, shared, type Spans, spans, without } from './spans.ts';

/** The protocols that have ports. */
const PORTED = ['tcp', 'udp', 'sctp', 'dccp'] as const;

/**
 * What can be reached of a host: ports by protocol, and below `ip` the numbers of protocols that have no ports. Protocols
 * of which there is nothing are left out. ICMP is no part of it.
 */
export type PortSet = Readonly<Partial<Record<Kind, Spans<number>>>>;
type Kind = (typeof PORTED)[number] | 'ip';

const KINDS: readonly Kind[] = [...PORTED, 'ip'];

/** Numbers of protocols by the names of /etc/protocols. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...([
    ['icmp', 1],
    ['igmp', 2],
    ['ipencap', 4],
    ['ipip', 4],
    ['tcp', 6],
    ['egp', 8],
  ] as const),
  ...([
    ['udp', 17],
    ['dccp', 33],
    ['ipv6', 41],
    ['rsvp', 46],
    ['gre', 47],
    ['esp', 50],
  ] as const),
  ...([
    ['ah', 51],
    ['ipv6-icmp', 58],
    ['icmpv6', 58],
    ['eigrp', 88],
    ['ospf', 89],
  ] as const),
  ...([
    ['pim', 103],
    ['vrrp', 112],
    ['l2tp', 115],
    ['sctp', 132],
    ['udplite', 136],
  ] as const),
]);
const NAMES: ReadonlyMap<number, string> = new Map(
  [...NUMBERS].reverse().map(([name, number]) => [number, name]),
);

/** Protocols without ports: all but those that have some, and ICMP. */
const PORTLESS: Spans<number> = [
  ...([
    [0, 1],
    [2, 6],
    [7, 17],
    [18, 33],
    [34, 58],
    [59, 132],
    [133, 256],
  ] as const),
];
const WHOLE: Spans<number> = [[1, 65_536]];

/** Nothing at all. */
export const NO_PORTS: PortSet = {};

/** All ports, and all protocols that have none. */
export const ALL_PORTS: PortSet = {
  ...{ tcp: WHOLE, udp: WHOLE, sctp: WHOLE, dccp: WHOLE, ip: PORTLESS },
};

/** Protocols without ports whose names nobody here knows may be any of them. */
export const ANY_PROTOCOL: PortSet = { ip: PORTLESS };

const made = (of: (kind: Kind) => Spans<number>): PortSet => {
  const set: Partial<Record<Kind, Spans<number>>> = {};
  for (const kind of KINDS) {
    const found = of(kind);
    if (found.length > 0) set[kind] = found;
  }
  return set;
};
const NONE: Spans<number> = [];

/** The ports of ranges, both ends of which belong to them. */
export function portSet(
  ranges: readonly { readonly low: number; readonly high: number; readonly proto: string }[],
): PortSet {
  return made((kind) =>
    spans(
      ranges.filter(({ proto }) => proto === kind).map(({ low, high }) => [low, high + 1] as const),
    ),
  );
}

/** All of a protocol, by its name or number; nothing for ICMP, undefined when the name is not known. */
export function protocolSet(name: string): PortSet | undefined {
  const text = name.toLowerCase();
  const number = /^\d{1,3}$/.test(text) ? Number(text) : NUMBERS.get(text);
  if (number === undefined) return undefined;
  const known = NAMES.get(number) ?? '';
  if (PORTED.some((proto) => proto === known)) return { [known]: WHOLE };
  return made((kind) => (kind === 'ip' ? shared(PORTLESS, [[number, number + 1]]) : NONE));
}

/** What is in one of the two. */
export const joinPorts = (a: PortSet, b: PortSet): PortSet =>
  made((kind) => joined(a[kind] ?? NONE, b[kind] ?? NONE));

/** What is in both. */
export const sharedPorts = (a: PortSet, b: PortSet): PortSet =>
  made((kind) => shared(a[kind] ?? NONE, b[kind] ?? NONE));

/** What is in the first and not in the second. */
export const withoutPorts = (a: PortSet, b: PortSet): PortSet =>
  made((kind) => without(a[kind] ?? NONE, b[kind] ?? NONE));

/** Whether there is nothing in it. */
export const noPorts = (set: PortSet): boolean => KINDS.every((kind) => !set[kind]?.length);

/** Whether two sets hold the same. */
export const samePorts = (a: PortSet, b: PortSet): boolean =>
  KINDS.every((kind) => sameSpans(a[kind] ?? NONE, b[kind] ?? NONE));

/** A set as people read it: `22/tcp`, `2379-2380/tcp`, `all udp`, `protocol gre`; or `everything`, but some. */
export interface ToldPorts {
  readonly ports: readonly string[];
  readonly but?: readonly string[];
}

/** The shorter way to tell a set: what is in it, or what of everything is not. */
export function tellPorts(set: PortSet): ToldPorts {
  const rest = withoutPorts(ALL_PORTS, set);
  if (noPorts(rest)) return { ports: ['everything'] };
  const [ports, but] = [listed(set), listed(rest)];
  return but.length < ports.length ? { ports: ['everything'], but } : { ports };
}

/** The same in one text: `22/tcp, 53/udp`, `everything but 22/tcp`. */
export const portsText = ({ ports, but }: ToldPorts): string =>
  `${ports.join(', ')}${but ? ` but ${but.join(', ')}` : ''}`;

function listed(set: PortSet): readonly string[] {
  const ported = PORTED.flatMap((proto) =>
    sameSpans(set[proto] ?? NONE, WHOLE)
      ? [{ low: 0, text: `all ${proto}` }]
      : rangesOf(set, proto),
  );
  const others = sameSpans(set.ip ?? NONE, PORTLESS)
    ? ['all other protocols']
    : (set.ip ?? NONE).map(([from, end]) => {
        const name = end - from > 1 ? `${from}-${end - 1}` : (NAMES.get(from) ?? String(from));
        return `${end - from > 1 ? 'protocols' : 'protocol'} ${name}`;
      });
  return [...ported.sort((a, b) => a.low - b.low).map(({ text }) => text), ...others];
}

const rangesOf = (set: PortSet, proto: Kind): { readonly low: number; readonly text: string }[] =>
  (set[proto] ?? NONE).map(([from, end]) => ({
    low: from,
    text: `${end - from > 1 ? `${from}-${end - 1}` : from}/${proto}`,
  }));

/** Ports as a policy names them: `22/tcp`, `2379-2380/tcp`, `udp` (all of it), `gre`, `all`; undefined where it is none of that. */
export function portsOfWord(word: string): PortSet | undefined {
  if (word === 'all') return ALL_PORTS;
  const [, from = '', to = from, proto = ''] = /^(\d{1,5})(?:-(\d{1,5}))?\/(\w+)$/.exec(word) ?? [];
  if (proto === '') return protocolSet(word);
  const [low, high] = [Number(from), Number(to)];
  const fits = PORTED.some((one) => one === proto) && low >= 1 && low <= high && high <= 65_535;
  return fits ? portSet([{ low, high, proto }]) : undefined;
}
