import { isMask, strictNet, type StrictNet } from '../net-strict.ts';
import { parseNet, within, type Net } from '../net.ts';
import { iterate, type Given, type Test } from '../runtime.ts';
import { text } from '../text.ts';
import { isText, type Val } from '../values.ts';

const net = (value: Val): StrictNet | undefined =>
  isText(value) ? strictNet(text(value)) : undefined;

/** One address, without a prefix. */
const address = (value: Val): Net | undefined => {
  const found = net(value);
  return found && !found.slash ? found.net : undefined;
};

const those = (list: string): readonly Net[] =>
  list.split(' ').flatMap((written) => parseNet(written) ?? []);

const LOOPBACK = those('127.0.0.0/8 ::1/128');
const MULTICAST = those('224.0.0.0/4 ff00::/8');
const UNSPECIFIED = those('0.0.0.0/32 ::/128');
const MAPPED = those('::ffff:0:0/96');
const TEREDO = those('2001::/32');
const SIX_TO_FOUR = those('2002::/16');
const SHARED = those('100.64.0.0/10');
const RESERVED = those(
  '240.0.0.0/4 ::/8 100::/8 200::/7 400::/6 800::/5 1000::/4 4000::/3 6000::/3 8000::/3 a000::/3 c000::/3 e000::/4 f000::/5 f800::/6 fe00::/9',
);
// The registers of IANA, as Python has them.
const PRIVATE = those(
  '0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 ::1/128 ::/128 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10',
);
const BUT = those(
  '192.0.0.9/32 192.0.0.10/32 2001:1::1/128 2001:1::2/128 2001:3::/32 2001:4:112::/48 2001:20::/28 2001:30::/28',
);

const inOne = (one: Net, nets: readonly Net[]): boolean => nets.some((other) => within(one, other));

/** The IPv4 address that an IPv6 address stands for, or the address itself. */
const plain = (one: Net): Net =>
  inOne(one, MAPPED) ? { version: 4, bits: 32, prefix: 32, ip: one.ip & 0xffff_ffffn } : one;

const isPrivate = (one: Net): boolean => {
  const real = plain(one);
  return inOne(real, PRIVATE) && !inOne(real, BUT);
};

const of = (holds: (one: Net) => boolean): Test => ({
  params: [],
  holds: (value) => {
    const one = address(value);
    return one !== undefined && holds(one);
  },
});

const anyNet = (version?: 4 | 6): Test => ({
  params: [],
  holds: (value) => {
    const found = net(value);
    return found !== undefined && (version === undefined || found.net.version === version);
  },
});

const inside = (inner: Val, outer: Val): boolean => {
  const [one, other] = [net(inner), net(outer)];
  return one !== undefined && other !== undefined && within(one.net, other.net);
};

const count = (value: Val, given: Given): number =>
  iterate(given.need('networks')).filter((network) => inside(value, network)).length;

const mask = (kind: 'netmask' | 'hostmask'): Test => ({
  params: [],
  holds: (value) => isText(value) && isMask(text(value), kind),
});

const MAC =
  /^(?:(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}|[0-9a-f]{12})$/i;

/** Tests of ansible.utils on addresses and networks, as strict as Python: a network has no bits behind its prefix. */
export const NETWORKS: Readonly<Record<string, Test>> = {
  ip: anyNet(),
  ipv4: anyNet(4),
  ipv6: anyNet(6),
  ip_address: of(() => true),
  ipv4_address: of(({ version }) => version === 4),
  ipv6_address: of(({ version }) => version === 6),
  ipv4_netmask: mask('netmask'),
  ipv4_hostmask: mask('hostmask'),
  ipv6_ipv4_mapped: of((one) => inOne(one, MAPPED)),
  ipv6_sixtofour: of((one) => inOne(one, SIX_TO_FOUR)),
  ipv6_teredo: of((one) => inOne(one, TEREDO)),
  loopback: of((one) => inOne(one, LOOPBACK)),
  multicast: of((one) => inOne(one, MULTICAST)),
  unspecified: of((one) => inOne(one, UNSPECIFIED)),
  reserved: of((one) => inOne(one, RESERVED)),
  private: of(isPrivate),
  public: of((one) => !isPrivate(one) && !inOne(plain(one), SHARED)),
  mac: { params: [], holds: (value) => isText(value) && MAC.test(text(value)) },
  subnet_of: {
    params: ['network_b'],
    holds: (value, given) => inside(value, given.need('network_b')),
  },
  supernet_of: {
    params: ['network_b'],
    holds: (value, given) => inside(given.need('network_b'), value),
  },
  in_network: {
    params: ['network'],
    holds: (value, given) => inside(value, given.need('network')),
  },
  in_any_network: { params: ['networks'], holds: (value, given) => count(value, given) > 0 },
  in_one_network: { params: ['networks'], holds: (value, given) => count(value, given) === 1 },
};
