import { truthy } from '../compare.ts';
import { failure, limitItems } from '../faults.ts';
import {
  countOf,
  firstOf,
  lastOf,
  netOf,
  parseNet,
  showIp,
  showNet,
  within,
  type Net,
} from '../net.ts';
import { iterate, type Filter, type Given } from '../runtime.ts';
import { text } from '../text.ts';
import { dict, integer, integerOf, isList, isText, type Val } from '../values.ts';
import { HARDWARE } from './hwaddr.ts';
import { ask, usable } from './ipaddr.ts';
import { ipSubnet } from './ipsubnet.ts';
import { merged, spanning } from './merging.ts';

const ipaddr = (version?: 4 | 6): Filter => ({
  params: ['query'],
  run: (value, given) => {
    if (value === null) throw failure('None is no address.');
    const query = given.get('query') ?? '';
    const usual = value === '' || value === true || value === false;
    return usual ? false : ask(value, query, version);
  },
});

const needed = (value: Val): Net => {
  const net = isText(value) ? parseNet(text(value)) : undefined;
  if (!net) throw failure('The value is no address or network.');
  return net;
};

function ipMath(value: Val, given: Given): Val {
  const amount = integerOf(given.need('amount'));
  if (amount === undefined) throw failure('"ipmath" adds a whole number.');
  const net = needed(value);
  const moved = netOf(net.version, net.ip + BigInt(amount), net.prefix);
  if (!moved) throw failure('The address leaves the range of addresses.');
  return showIp(moved.version, moved.ip);
}

/** The usable address some steps away from one; none when that is outside. */
const nthUsable = (sign: 1n | -1n): Filter => ({
  params: ['offset'],
  run: (value, given) => {
    const net = isText(value) ? parseNet(text(value)) : undefined;
    if (!net) return false;
    const offset = integerOf(given.need('offset'));
    if (offset === undefined) throw failure('The offset must be a whole number.');
    if (countOf(net) === 1n) return null;
    const from = text(value).includes('/') && net.ip === firstOf(net) ? firstOf(net) : net.ip;
    const at = from + sign * BigInt(offset);
    const { first, last } = usable(net);
    return at >= first && at <= last ? showIp(net.version, at) : null;
  },
});

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

const whole = (net: Net): Range => ({ first: firstOf(net), last: lastOf(net) });
const inside = (inner: Range, outer: Range): boolean =>
  inner.first >= outer.first && inner.last <= outer.last;

const compares = (param: string, range: (net: Net) => Range): Filter => ({
  params: [param],
  run: (value, given) => {
    const outer = needed(value);
    const inner = needed(given.need(param));
    return outer.version === inner.version && inside(whole(inner), range(outer));
  },
});

function nthHost(value: Val, given: Given): Val {
  const net = isText(value) ? parseNet(text(value)) : undefined;
  const query = given.text('query', '');
  if (!net || !/^[-+]?\d+$/.test(query)) return false;
  const index = BigInt(query);
  if (index >= countOf(net)) return false;
  const at = index < 0n ? lastOf(net) + index + 1n : firstOf(net) + index;
  return at < firstOf(net) ? false : showIp(net.version, at);
}

function usableRange(value: Val): Val {
  const net = needed(value);
  if (net.ip !== firstOf(net)) throw failure('The network has bits behind its prefix.');
  limitItems(Number(countOf(net)));
  const ips = Array.from({ length: Number(countOf(net)) }, (_, i) =>
    showIp(net.version, firstOf(net) + BigInt(i)),
  );
  return dict([
    ['usable_ips', ips],
    ['number_of_ips', integer(countOf(net))],
  ]);
}

function hex(value: Val, given: Given): Val {
  const net = needed(value);
  if (net.version !== 4 || text(value).includes('/'))
    throw failure('"ip4_hex" needs an IPv4 address.');
  const bytes = net.ip.toString(16).padStart(8, '0').match(/../g) ?? [];
  return bytes.join(given.text('delimiter', ''));
}

function ipWrap(value: Val): Val {
  const one = (item: Val): Val => {
    if (!isText(item) || text(item) === '') return item;
    const found = ask(item, '', undefined);
    return truthy(found) ? ask(found, 'wrap', undefined) : item;
  };
  return isList(value) ? value.map(one) : one(value);
}

function merge(value: Val, given: Given): Val {
  const action = given.text('action', 'merge');
  const nets = iterate(value).map(needed);
  if (action === 'merge') return merged(nets).map(showNet);
  if (action !== 'span') throw failure(`"cidr_merge" cannot "${action}".`, 'It can merge or span.');
  const [only] = nets;
  if (!only) return null;
  return showNet(nets.length === 1 ? only : spanning(nets));
}

/** Filters on IP addresses and networks, after ansible.utils; false or none where something is no address. */
export const NETWORKS: Readonly<Record<string, Filter>> = {
  ...HARDWARE,
  ipaddr: ipaddr(),
  ipv4: ipaddr(4),
  ipv6: ipaddr(6),
  ipwrap: { params: ['query'], run: ipWrap },
  ipsubnet: { params: ['query', 'index'], run: ipSubnet },
  ipmath: { params: ['amount'], run: ipMath },
  next_nth_usable: nthUsable(1n),
  previous_nth_usable: nthUsable(-1n),
  network_in_usable: compares('test', (net) => usable(net)),
  network_in_network: compares('test', whole),
  reduce_on_network: {
    params: ['network'],
    run: (value, given) => {
      const outer = needed(given.need('network'));
      return iterate(value).filter((item) => within(needed(item), outer));
    },
  },
  nthhost: { params: ['query'], run: nthHost },
  cidr_merge: { params: ['action'], run: merge },
  ip4_hex: { params: ['delimiter'], run: hex },
  usable_range: { params: [], run: usableRange },
};
