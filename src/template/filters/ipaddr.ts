import { failure } from '../faults.ts';
import {
  countOf,
  firstOf,
  hostBits,
  lastOf,
  maskOf,
  netOf,
  parseNet,
  showIp,
  showNet,
  within,
  written,
  type Net,
  type Written,
} from '../net.ts';
import { text } from '../text.ts';
import { integer, integerOf, isList, type Val } from '../values.ts';

const ip = ({ net }: Written, address = net.ip): string => showIp(net.version, address);
const large = ({ net }: Written): boolean => countOf(net) > 1n;
const atStart = ({ net }: Written): boolean => net.ip === firstOf(net);
/** netaddr knows no broadcast address of IPv4 networks with two addresses. */
const noBroadcast = ({ net }: Written): boolean => net.version === 4 && net.bits - net.prefix <= 1;

/** The first and last address that a host may have. */
export function usable(net: Net): { first: bigint; last: bigint } {
  const [first, last] = [firstOf(net), lastOf(net)];
  return countOf(net) <= 2n ? { first, last } : { first: first + 1n, last: last - 1n };
}

/** Something that only networks have; of an address alone it cannot be asked. */
const ofNetwork =
  (ask: (of: Written) => Val) =>
  (of: Written): Val => {
    if (!of.network) throw failure('This is asked of a network, not of an address.');
    return large(of) ? ask(of) : null;
  };

const usableAt = (of: Written, address: bigint): Val => {
  const { first, last } = usable(of.net);
  return address >= first && address <= last ? ip(of, address) : null;
};

const inAny = (net: Net, ranges: readonly string[]): boolean =>
  ranges.some((range) => {
    const outer = parseNet(range);
    return outer !== undefined && within(net, outer);
  });

const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];
const PRIVATE = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '239.0.0.0/8',
  'fc00::/7',
  'fec0::/10',
  ...LINK_LOCAL,
];
const MULTICAST = ['224.0.0.0/4', 'ff00::/8'];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const alone = ({ net }: Written): Net => ({ ...net, prefix: net.bits });
const isMask = (net: Net): boolean => {
  const digits = net.ip.toString(2).padStart(net.bits, '0');
  return /^1*0*$/.test(digits) || /^0*1*$/.test(digits);
};
const isPublic = (of: Written): boolean =>
  !inAny(alone(of), [...PRIVATE, ...MULTICAST, ...LOOPBACK]) && !isMask(of.net);
/** The value itself when something holds of it. */
const when =
  (holds: (of: Written) => boolean) =>
  (of: Written): Val =>
    holds(of) ? of.shown : null;

const ipQuery = (of: Written): Val =>
  !large(of) || !atStart(of) || noBroadcast(of) || of.net.version === 6 ? ip(of) : null;
const addressPrefix = (of: Written): Val => {
  const edge = atStart(of) || of.net.ip === lastOf(of.net);
  return countOf(of.net) > 2n && edge ? false : showNet(of.net);
};
const ipPrefix = (of: Written): Val =>
  large(of) && (countOf(of.net) === 2n || !atStart(of)) ? showNet(of.net) : null;
const subnet = ({ net }: Written): string => showNet({ ...net, ip: firstOf(net) });

function peer(of: Written): Val {
  const { net } = of;
  const count = countOf(net);
  if (count === 2n) return ip(of, net.ip ^ 1n);
  if (count !== 4n) throw failure('This is not a point-to-point network.');
  if (net.ip % 4n === 0n) throw failure('The address of a /30 network itself has no peer.');
  if (net.ip % 4n === 3n) throw failure('The broadcast address of a /30 network has no peer.');
  return ip(of, net.ip ^ 3n);
}

function reverse({ net }: Written): string {
  if (net.version === 4) return `${showIp(4, net.ip).split('.').reverse().join('.')}.in-addr.arpa.`;
  const digits = net.ip.toString(16).padStart(32, '0');
  return `${Array.from(digits).reverse().join('.')}.ip6.arpa.`;
}

function sixToFour(of: Written): Val {
  if (of.net.version === 6) return inAny(alone(of), ['2002::/16']) ? of.shown : false;
  if (large(of) && atStart(of)) return false;
  const hex = of.net.ip.toString(16).padStart(8, '0');
  return `2002:${hex.slice(0, 4)}:${hex.slice(4)}::1/48`;
}

function asFour(of: Written): Val {
  if (of.net.version === 4) return of.shown;
  const high = of.net.ip >> 32n;
  const net = netOf(4, of.net.ip & 0xffffffffn, Math.max(of.net.prefix - 96, 0));
  return net && (high === 0xffffn || high === 0n) ? showNet(net) : false;
}

function asSix(of: Written): Val {
  if (of.net.version === 6) return of.shown;
  const net = netOf(6, (0xffffn << 32n) | of.net.ip, of.net.prefix + 96);
  return net ? showNet(net) : false;
}

const wrap = (of: Written): Val => {
  if (of.net.version === 4) return of.shown;
  return of.network ? `[${ip(of)}]/${of.net.prefix}` : `[${ip(of)}]`;
};

/** What may be asked, as ansible.utils.ipaddr names it. */
const QUERIES: Readonly<Record<string, (of: Written) => Val>> = {
  '': (of) => (of.network ? showNet(of.net) : ip(of)),
  '6to4': sixToFour,
  address: ipQuery,
  ip: ipQuery,
  'address/prefix': addressPrefix,
  'host/prefix': addressPrefix,
  gateway: addressPrefix,
  gw: addressPrefix,
  hostnet: addressPrefix,
  router: addressPrefix,
  bool: () => true,
  broadcast: (of) => (countOf(of.net) > 2n ? ip(of, lastOf(of.net)) : null),
  cidr: ({ net }) => showNet(net),
  first_usable: ofNetwork((of) => ip(of, usable(of.net).first)),
  last_usable: ofNetwork((of) => ip(of, usable(of.net).last)),
  next_usable: ofNetwork((of) => usableAt(of, of.net.ip + 1n)),
  previous_usable: ofNetwork((of) => usableAt(of, of.net.ip - 1n)),
  range_usable: ofNetwork((of) => {
    const { first, last } = usable(of.net);
    return `${ip(of, first)}-${ip(of, last)}`;
  }),
  host: (of) => (!large(of) || !atStart(of) || noBroadcast(of) ? showNet(of.net) : null),
  hostmask: (of) => ip(of, hostBits(of.net)),
  wildcard: (of) => ip(of, hostBits(of.net)),
  int: ({ net, network }) => (network ? `${net.ip}/${net.prefix}` : integer(net.ip)),
  'ip/prefix': ipPrefix,
  ip_netmask: (of) => (ipPrefix(of) === null ? null : `${ip(of)} ${ip(of, maskOf(of.net))}`),
  ipv4: asFour,
  v4: asFour,
  ipv6: asSix,
  v6: asSix,
  'link-local': when((of) => inAny(alone(of), LINK_LOCAL)),
  lo: when((of) => inAny(alone(of), LOOPBACK)),
  loopback: when((of) => inAny(alone(of), LOOPBACK)),
  multicast: when(({ net }) => inAny(net, MULTICAST)),
  unicast: when(({ net }) => !inAny(net, MULTICAST)),
  net: (of) => (large(of) && atStart(of) ? showNet(of.net) : null),
  netmask: (of) => ip(of, maskOf(of.net)),
  network: (of) => ip(of, firstOf(of.net)),
  network_id: (of) => ip(of, firstOf(of.net)),
  'network/prefix': subnet,
  subnet,
  network_netmask: (of) => `${ip(of, firstOf(of.net))} ${ip(of, maskOf(of.net))}`,
  network_wildcard: (of) => `${ip(of, firstOf(of.net))} ${ip(of, hostBits(of.net))}`,
  peer: (of) => {
    if (!of.network) throw failure('This is asked of a network, not of an address.');
    return peer(of);
  },
  prefix: ({ net }) => net.prefix,
  private: when(({ net }) => inAny(net, PRIVATE)),
  public: when(isPublic),
  revdns: reverse,
  size: ({ net }) => integer(countOf(net)),
  size_usable: ({ net }) => {
    const count = countOf(net);
    return count === 1n ? 0 : count === 2n ? 2 : integer(count - 2n);
  },
  type: (of) => (large(of) && atStart(of) ? 'network' : 'address'),
  version: ({ net }) => net.version,
  wrap,
};

/** The address of a network at an index, counted from the end when negative. */
function atIndex(of: Written, index: bigint): Val {
  if (!large(of)) return of.network ? showNet(of.net) : ip(of);
  const at = index < 0n ? lastOf(of.net) + index + 1n : firstOf(of.net) + index;
  const fits = at >= firstOf(of.net) && at <= lastOf(of.net);
  return fits ? `${ip(of, at)}/${of.net.prefix}` : false;
}

/** What a query says of one value; false when it is no address, or not of the version. */
export function ask(value: Val, query: Val, version: 4 | 6 | undefined): Val {
  if (isList(value)) {
    return value
      .map((item) => ask(item, query, version))
      .filter((found) => found !== false && found !== null);
  }
  const of = written(value, version);
  if (!of || (version !== undefined && of.net.version !== version)) return false;
  const name = text(query);
  const index = integerOf(query) ?? (/^[-+]?\d+$/.test(name) ? BigInt(name) : undefined);
  if (index !== undefined) return atIndex(of, BigInt(index));
  const known = Object.hasOwn(QUERIES, name) ? QUERIES[name] : undefined;
  if (known) return known(of);
  const outer = parseNet(name);
  if (outer) return within(of.net, outer) ? of.shown : null;
  throw failure(
    `The filter "ipaddr" knows no query "${name}".`,
    `Its queries: ${Object.keys(QUERIES).filter(Boolean).join(', ')}, a number, or a network.`,
  );
}
