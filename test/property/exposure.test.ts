import { BlockList, isIPv4 } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { exposureChanges } from '../../src/engine/exposure.ts';
import {
  type AddressSet,
  addressSet,
  ANYWHERE,
  joinAddresses,
  networksOf,
  noAddresses,
  pieces,
  sameAddresses,
  sharedAddresses,
  tellAddresses,
  withoutAddresses,
} from '../../src/lib/address-set.ts';
import { oncePerText } from '../../src/lib/once.ts';
import { noPorts, portSet, sharedPorts } from '../../src/lib/port-set.ts';
import { joined, sameSpans, shared, type Spans, spans, without } from '../../src/lib/spans.ts';
import type { Cell, Exposure, ExposureChange } from '../../src/model/exposure.ts';
import type { Seen } from '../../src/model/module.ts';
import { exposuresOf } from '../../src/modules/firewalld/exposure.ts';
import { waysIn } from '../../src/modules/firewalld/lockout.ts';
import type {
  FirewalldFacts,
  FirewalldState,
  Zone,
  ZoneSettings,
} from '../../src/modules/firewalld/state.ts';
import { host, settings } from '../helpers/firewalld.ts';

/** Stretches in any order, empty and overlapping ones among them. */
const loose = fc.array(
  fc.tuple(fc.nat(30), fc.nat(8)).map(([from, more]) => [from, from + more] as const),
  { maxLength: 6 },
);
const members = (set: Spans<number>): number[] =>
  set.flatMap(([from, end]) => Array.from({ length: end - from }, (_, i) => from + i));

describe('sets as stretches', () => {
  it('are what sets are, in the fewest stretches', () =>
    fc.assert(
      fc.property(loose, loose, (one, other) => {
        const [a, b] = [spans(one), spans(other)];
        const [inA, inB] = [new Set(members(one)), new Set(members(other))];
        const are = (set: Spans<number>, holds: (n: number) => boolean): void => {
          const wanted = Array.from({ length: 50 }, (_, n) => n).filter(holds);
          expect(members(set)).to.deep.equal(wanted);
          for (const [i, [from]] of set.entries()) expect(set[i - 1]?.[1] ?? -1).to.be.below(from);
        };
        are(joined(a, b), (n) => inA.has(n) || inB.has(n));
        are(shared(a, b), (n) => inA.has(n) && inB.has(n));
        are(without(a, b), (n) => inA.has(n) && !inB.has(n));
        expect(sameSpans(a, b)).to.equal(
          [...inA].every((n) => inB.has(n)) && inA.size === inB.size,
        );
      }),
    ));
});

const NETWORKS = [
  ...['10.0.0.0/24', '10.0.0.0/25', '10.0.0.7', '10.0.1.0/24', '10.42.0.0/16', '0.0.0.0/1'],
  ...['2001:db8::/64', '2001:db8::/32', 'fd00::1', '203.0.113.4/30'],
];
const networks = fc.subarray(NETWORKS);
const ADDRESSES = [
  ...['10.0.0.7', '10.0.0.8', '10.0.0.200', '10.0.1.1', '10.42.5.9', '192.0.2.1', '203.0.113.6'],
  ...['2001:db8::9', '2001:db8:1::9', 'fd00::1', 'fd00::2', '255.255.255.255', '0.0.0.0', '::'],
];
const set = networks.map((list) => addressSet(list) as AddressSet);

/** Node's own answer, which takes an IPv4 address for an IPv6 one as well. */
const listOf = oncePerText((text) => {
  const known = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const one of text === '' ? [] : text.split(' ')) {
    const [base = '', bits] = one.split('/');
    const family = isIPv4(base) ? 'ipv4' : 'ipv6';
    const whole = family === 'ipv4' ? 32 : 128;
    known[family].addSubnet(base, bits === undefined ? whole : Number(bits), family);
  }
  return known;
});
function within(list: readonly string[], address: string): boolean {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  return listOf(list.join(' '))[family].check(address, family);
}
const alone = oncePerText((address) => addressSet([address]) as AddressSet);
const holds = (addresses: AddressSet, address: string): boolean =>
  !noAddresses(sharedAddresses(addresses, alone(address)));

/** What the words say, read again. */
function saysOf(words: string): (address: string) => boolean {
  const [, any, but] = /^any( IPv4 address| IPv6 address|)(?: but (.*))?$/.exec(words) ?? [];
  if (any === undefined) return (address) => within(words.split(', '), address);
  return (address) =>
    (any === '' || any.includes('IPv4') === isIPv4(address)) &&
    (but === undefined || !within(but.split(', '), address));
}

describe('sets of addresses', () => {
  it('hold what their networks hold, and say so', () =>
    fc.assert(
      fc.property(networks, set, (list, other) => {
        const one = addressSet(list) as AddressSet;
        const sets = [one, joinAddresses(one, other), sharedAddresses(one, other)];
        const told = [...sets, withoutAddresses(one, other), withoutAddresses(ANYWHERE, one)].map(
          (addresses) => {
            const listed = networksOf(addresses);
            const says = noAddresses(addresses) ? () => false : saysOf(tellAddresses(addresses));
            return (address: string) => [
              holds(addresses, address),
              within(listed, address),
              says(address),
            ];
          },
        );
        for (const address of ADDRESSES) {
          const [a, b] = [within(list, address), holds(other, address)];
          const wanted = [a, a || b, a && b, a && !b, !a];
          expect(told.map((of) => of(address))).to.deep.equal(wanted.map((is) => [is, is, is]));
        }
      }),
    ));

  it('are cut into pieces that are all there is, and none of which a network cuts', () =>
    fc.assert(
      fc.property(networks, (list) => {
        const cut = pieces(list);
        expect(sameAddresses(cut.map(({ from }) => from).reduce(joinAddresses), ANYWHERE)).to.be
          .true;
        for (const { from, address } of cut) {
          expect(holds(from, address)).to.be.true;
          for (const text of list) {
            const inside = sharedAddresses(from, addressSet([text]) as AddressSet);
            expect(noAddresses(inside) || sameAddresses(inside, from)).to.be.true;
          }
        }
      }),
    ));
});

const RICH = [
  'rule family="ipv4" source address="10.0.0.0/24" port port="22" protocol="tcp" accept',
  'rule family="ipv4" source NOT address="10.0.0.0/25" port port="400-410" protocol="tcp" accept',
  'rule family="ipv6" source address="2001:db8::/64" accept',
  'rule priority="-5" family="ipv4" source address="10.0.1.0/24" drop',
  'rule priority="7" port port="400-430" protocol="udp" accept',
  'rule service name="https" reject',
  'rule protocol value="gre" accept',
];
const ODD = [
  ...['rule family="ipv4" source ipset="a" accept', 'rule port port="410" protocol="tcp" limit'],
  'rule port port="409" protocol="tcp" accept limit value="3/m"',
];
const POINTS = [
  ...(['tcp', 'udp'] as const).flatMap((proto) =>
    [22, 399, 400, 409, 410, 411, 443, 65_535].map((port) => ({ proto, port })),
  ),
];
const DEVICES = ['eth0', 'eth1', 'eth2'];
const NAMES = ['nodes', 'public', 'trusted'];

const zoneOf = (odd: boolean): fc.Arbitrary<ZoneSettings> =>
  fc
    .record({
      target: fc.constantFrom('default' as const, 'ACCEPT' as const, 'DROP' as const),
      services: fc.subarray(['https', 'ssh', ...(odd ? ['dhcpv6-client', 'unheard'] : [])]),
      ports: fc.subarray(['400/tcp', '405-420/tcp', '411/udp', '1-100/udp']),
      protocols: fc.subarray(odd ? ['gre', 'udp', 'unheard'] : ['gre', 'udp']),
      sourcePorts: fc.subarray(odd ? ['1024-65535/tcp', '53/udp'] : []),
      forwardPorts: fc.subarray(odd ? ['port=409:proto=tcp:toport=80:toaddr='] : []),
      richRules: fc.subarray(odd ? [...RICH, ...ODD] : RICH),
    })
    .map((one) => settings(one));

const seenOf = (odd: boolean): fc.Arbitrary<Seen<FirewalldState, FirewalldFacts>> =>
  fc
    .record({
      zones: fc.array(fc.tuple(zoneOf(odd), zoneOf(odd)), { minLength: 3, maxLength: 3 }),
      owners: fc.array(fc.nat(3), { minLength: 9, maxLength: 9 }),
      defaultZone: fc.constantFrom('public', 'trusted'),
      prioritised: odd ? fc.boolean() : fc.constant(false),
      hostPolicies: fc.subarray(
        odd ? [{ name: 'p', from: ['public'], accepts: true, denies: true }] : [],
      ),
      mac: fc.constant(odd),
    })
    .map(({ zones, owners, defaultZone, prioritised, hostPolicies, mac }) => {
      const SOURCES = ['10.0.0.0/24', '10.0.0.7', '2001:db8::/32', ...(mac ? ['ipset:a'] : [])];
      const made = NAMES.map((name, i): [string, Zone] => {
        const mine = (list: readonly string[], from: number): readonly string[] =>
          list.filter((_, n) => owners[n + from] === i).sort();
        const bound = { interfaces: mine(DEVICES, 0), sources: mine(SOURCES, 3) };
        const [runtime, permanent] = zones[i]!;
        return [name, { runtime: { ...runtime, ...bound }, permanent: { ...permanent, ...bound } }];
      });
      return host(Object.fromEntries(made), { prioritised, hostPolicies }, defaultZone);
    });

const cellAt = (exposure: Exposure, device: string, address: string): Cell => {
  const found = (exposure.get(device) ?? []).filter(({ from }) => holds(from, address));
  expect(found, `${address} on ${device} is in one cell`).to.have.length(1);
  return found[0]!;
};

type Answer = 'yes' | 'no' | 'perhaps';
function answerAt(cell: Cell, { proto, port }: (typeof POINTS)[number]): Answer {
  const point = portSet([{ low: port, high: port, proto }]);
  const open = !noPorts(sharedPorts(cell.open, point));
  const unsure = cell.unsure.filter(({ ports }) => !noPorts(sharedPorts(ports, point)));
  expect(unsure.length + Number(open), 'open, or unsure for one reason').to.be.below(2);
  return open ? 'yes' : unsure.length > 0 ? 'perhaps' : 'no';
}

/** firewalld as its chains are, for one packet; of rules without doubts. */
function walked(
  { state, facts }: Seen<FirewalldState, FirewalldFacts>,
  config: 'runtime' | 'permanent',
  packet: { address: string; device: string; proto: string; port: number },
): boolean {
  const zones = NAMES.map((name) => state.zones[name]![config]!);
  const zone =
    zones.find(({ sources }) => sources.some((one) => within([one], packet.address))) ??
    zones.find(({ interfaces }) => interfaces.includes(packet.device)) ??
    state.zones[state.defaultZone]![config]!;
  const listed = (list: readonly string[]): boolean =>
    list.some((text) => {
      const [, low = '', high = low, proto] = /^(\d+)(?:-(\d+))?\/(\w+)$/.exec(text) ?? [];
      return proto === packet.proto && Number(low) <= packet.port && packet.port <= Number(high);
    });
  const service = (name: string): boolean => listed(facts.services[name]?.ports ?? []);
  const hits = (rule: string): boolean => {
    const family = /family="(\w+)"/.exec(rule)?.[1];
    if (family !== undefined && (family === 'ipv4') !== isIPv4(packet.address)) return false;
    const [, not, source] = /source (NOT )?address="([^"]+)"/.exec(rule) ?? [];
    if (source !== undefined && within([source], packet.address) === (not !== undefined))
      return false;
    const [, range, proto] = /port port="([^"]+)" protocol="(\w+)"/.exec(rule) ?? [];
    if (range !== undefined) return listed([`${range}/${proto ?? ''}`]);
    const name = /service name="([^"]+)"/.exec(rule)?.[1];
    if (name !== undefined) return service(name);
    return !rule.includes('protocol value=');
  };
  const priority = (rule: string): number => Number(/priority="(-?\d+)"/.exec(rule)?.[1] ?? 0);
  const rules = zone.richRules.filter(hits);
  const first = rules.filter((rule) => priority(rule) < 0)[0];
  if (first !== undefined) return first.endsWith('accept');
  const level = rules.filter((rule) => priority(rule) === 0);
  if (level.some((rule) => !rule.endsWith('accept'))) return false;
  if (level.length > 0) return true;
  if (listed(zone.ports) || zone.services.some(service)) return true;
  if (zone.protocols.includes(packet.proto)) return true;
  return rules.some((rule) => priority(rule) > 0) || zone.target === 'ACCEPT';
}

describe('the exposure of a host', () => {
  it('is what firewalld does with each packet', () =>
    fc.assert(
      fc.property(seenOf(false), (current) => {
        const exposures = exposuresOf(current);
        for (const [when, config] of [
          ['now', 'runtime'],
          ['later', 'permanent'],
        ] as const)
          for (const device of DEVICES)
            for (const address of ADDRESSES) {
              const cell = cellAt(exposures[when], device, address);
              expect(cell.unsure).to.deep.equal([]);
              for (const point of POINTS)
                expect(
                  answerAt(cell, point),
                  `${address} ${device} ${JSON.stringify(point)}`,
                ).to.equal(walked(current, config, { address, device, ...point }) ? 'yes' : 'no');
            }
      }),
      { numRuns: 40 },
    ));

  it('agrees with what is foretold of one connection, also where that cannot be told', () =>
    fc.assert(
      fc.property(seenOf(true), (current) => {
        const { now } = exposuresOf(current);
        for (const device of DEVICES)
          for (const client of ADDRESSES.slice(0, 10)) {
            const cell = cellAt(now, device, client);
            for (const point of POINTS.filter(({ proto }) => proto === 'tcp')) {
              const session = {
                ...{ client, server: '192.0.2.2', port: point.port, interfaces: [device] },
                ...{ profiled: [], bound: {}, defaultZone: current.state.defaultZone },
              };
              const [way] = waysIn(current.state, 'runtime', { ...current.facts, session });
              expect(answerAt(cell, point), `${client} ${device} ${point.port}`).to.equal(
                way?.answer,
              );
            }
          }
      }),
      { numRuns: 40 },
    ));

  it('tells each difference in words, and no other', () =>
    fc.assert(
      fc.property(seenOf(true), seenOf(true), (one, { state }) => {
        const [before, after] = [exposuresOf(one), exposuresOf({ ...one, state })];
        const changes = exposureChanges(before, after);
        for (const [when, other] of [
          ['now', 'after-reload'],
          ['later', 'until-reload'],
        ] as const)
          for (const device of DEVICES)
            for (const address of ADDRESSES.slice(0, 10))
              for (const point of POINTS) {
                const [was, is] = [before, after].map((of) =>
                  answerAt(cellAt(of[when], device, address), point),
                );
                const kind =
                  is === was ? 'same' : is === 'yes' ? 'opened' : is === 'no' ? 'closed' : 'unsure';
                const told = changes.filter(
                  (change) =>
                    change.when !== other &&
                    change.interfaces.includes(device) &&
                    saysOf(change.from)(address) &&
                    speaksOf(change, point),
                );
                expect(
                  told.map((change) => change.kind),
                  `${address} ${device}`,
                ).to.deep.equal(kind === 'same' ? [] : [kind]);
              }
      }),
      { numRuns: 25 },
    ));
});

type Point = (typeof POINTS)[number];
const speaksOf = ({ ports, but = [] }: ExposureChange, point: Point): boolean =>
  lists(ports, point) && !lists(but, point);

const lists = (texts: readonly string[], { proto, port }: Point): boolean =>
  texts.some((text) => {
    if (text === 'everything' || text === `all ${proto}`) return true;
    const [, low = '', high = low, of] = /^(\d+)(?:-(\d+))?\/(\w+)$/.exec(text) ?? [];
    return of === proto && Number(low) <= port && port <= Number(high);
  });
