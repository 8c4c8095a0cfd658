import { expect } from 'chai';
import * as fc from 'fast-check';
import { breachesOf, newBreachesOf, type Ruled } from '../../src/engine/breaches.ts';
import {
  type AddressSet,
  addressSet,
  ANYWHERE,
  pieces,
  sharedAddresses,
  noAddresses,
} from '../../src/lib/address-set.ts';
import {
  noPorts,
  portSet,
  type PortSet,
  sharedPorts,
  withoutPorts,
} from '../../src/lib/port-set.ts';
import type { Cell, Exposure, ExposureChange } from '../../src/model/exposure.ts';

const NETWORKS = ['10.0.0.0/24', '10.0.0.0/25', '10.1.0.0/16', '2001:db8::/64'];
/** One of each piece that networks cut. */
const ADDRESSES = pieces(NETWORKS).map(({ address }) => address);
const DEVICES = ['eth0', 'eth1', 'flannel.1'];
const PORTS = [22, 80, 443, 8472];

const set = (texts: readonly string[]): AddressSet => addressSet(texts)!;
const one = (port: number): PortSet => portSet([{ low: port, high: port, proto: 'tcp' }]);
const some = fc
  .subarray(PORTS)
  .map((list) => portSet(list.map((port) => ({ low: port, high: port, proto: 'tcp' }))));
const from = fc.subarray(NETWORKS).map((list) => (list.length === 0 ? ANYWHERE : set(list)));

/** Cells that hold each address once. */
const cells: fc.Arbitrary<readonly Cell[]> = fc
  .array(fc.tuple(some, some), { minLength: 10, maxLength: 10 })
  .map((lets) =>
    pieces(NETWORKS).map(({ from: piece }, i) => {
      const [open, perhaps] = lets[i % lets.length]!;
      const ports = withoutPorts(perhaps, open);
      return { from: piece, open, unsure: noPorts(ports) ? [] : [{ ports, why: 'a policy' }] };
    }),
  );
const exposure: fc.Arbitrary<Exposure> = fc
  .tuple(cells, cells, cells)
  .map((list) => new Map(DEVICES.map((device, i) => [device, list[i]!])));

const ruled: fc.Arbitrary<Ruled> = fc
  .record({
    ports: some,
    onlyFrom: fc.option(from, { nil: undefined }),
    from: fc.option(from, { nil: undefined }),
    notFrom: fc.option(from, { nil: undefined }),
    interfaces: fc.option(fc.constantFrom(['eth0'], ['eth+'], ['eth1', 'flannel.1']), {
      nil: undefined,
    }),
  })
  .map(
    (rule) => Object.fromEntries(Object.entries(rule).filter(([, v]) => v !== undefined)) as never,
  );

const holds = (addresses: AddressSet, address: string): boolean =>
  !noAddresses(sharedAddresses(addresses, set([address])));
const has = (ports: PortSet, port: number): boolean => !noPorts(sharedPorts(ports, one(port)));

type Kind = ExposureChange['kind'];

/** Where a rule does not hold and how, by `interface address port`, asked one by one. */
function asked(rule: Ruled, now: Exposure): ReadonlyMap<string, ReadonlySet<Kind>> {
  const found = new Map<string, Set<Kind>>();
  const add = (where: string, kind: Kind): void => {
    found.set(where, (found.get(where) ?? new Set()).add(kind));
  };
  const meant = DEVICES.filter(
    (device) =>
      !rule.interfaces ||
      rule.interfaces.some((name) =>
        name === 'eth+' ? device.startsWith('eth') : name === device,
      ),
  );
  for (const address of ADDRESSES)
    for (const port of PORTS.filter((p) => has(rule.ports, p))) {
      const answers = meant.map((device) => {
        const cell = now.get(device)!.find((c) => holds(c.from, address))!;
        if (has(cell.open, port)) return 'yes';
        return cell.unsure.some(({ ports }) => has(ports, port)) ? 'perhaps' : 'no';
      });
      const shut =
        (rule.onlyFrom && !holds(rule.onlyFrom, address)) ||
        (rule.notFrom && holds(rule.notFrom, address));
      meant.forEach((device, i) => {
        const where = `${device} ${address} ${port}`;
        if (shut && answers[i] === 'yes') add(where, 'opened');
        if (shut && answers[i] === 'perhaps') add(where, 'unsure');
        if (!rule.from || !rule.interfaces || !holds(rule.from, address)) return;
        if (answers[i] === 'no') add(where, 'closed');
        if (answers[i] === 'perhaps') add(where, 'unsure');
      });
      if (!rule.from || rule.interfaces || !holds(rule.from, address)) continue;
      if (!answers.includes('yes'))
        add(`any ${address} ${port}`, answers.includes('perhaps') ? 'unsure' : 'closed');
    }
  return found;
}

const kindsIn = (found: ReadonlyMap<string, ReadonlySet<Kind>>): readonly Kind[] =>
  [...new Set([...found.values()].flatMap((kinds) => [...kinds]))].sort();

/** What was not so before, packet by packet. */
function newKinds(rule: Ruled, before: Exposure, after: Exposure): readonly Kind[] {
  const were = asked(rule, before);
  return kindsIn(
    new Map(
      [...asked(rule, after)].map(([where, kinds]) => {
        const was = were.get(where) ?? new Set<Kind>();
        const fresh = (kind: Kind): boolean =>
          kind === 'unsure' ? was.size === 0 : !was.has(kind);
        return [where, new Set([...kinds].filter(fresh))];
      }),
    ),
  );
}

describe('breaches of a policy', () => {
  it('are those that a packet of each kind would find, and no other', () =>
    fc.assert(
      fc.property(ruled, exposure, (rule, now) => {
        const found = new Set(breachesOf(rule, { now, later: now }).map(({ kind }) => kind));
        expect([...found].sort()).to.deep.equal(kindsIn(asked(rule, now)));
      }),
      { numRuns: 100 },
    ));

  it('that a change brings are those that no packet found before it', () =>
    fc.assert(
      fc.property(ruled, exposure, exposure, fc.boolean(), (rule, was, other, alike) => {
        // Often only one interface changes.
        const is: Exposure = alike ? new Map([...was, ['eth0', other.get('eth0')!]]) : other;
        const told = newBreachesOf(rule, { now: was, later: was }, { now: is, later: is });
        expect([...new Set(told.map(({ kind }) => kind))].sort()).to.deep.equal(
          newKinds(rule, was, is),
        );
        expect(newBreachesOf(rule, { now: is, later: is }, { now: is, later: is })).to.deep.equal(
          [],
        );
      }),
      { numRuns: 100 },
    ));

  it('tell whether they come or go with the next reload', () => {
    const open: Exposure = new Map([['eth0', [{ from: ANYWHERE, open: one(80), unsure: [] }]]]);
    const shut: Exposure = new Map([['eth0', [{ from: ANYWHERE, open: {}, unsure: [] }]]]);
    const rule = { ports: one(80), onlyFrom: set(['10.0.0.0/24']) };
    expect(breachesOf(rule, { now: shut, later: open })).to.deep.equal([
      {
        ...{ kind: 'opened', ports: ['80/tcp'], from: 'any but 10.0.0.0/24' },
        ...{ interfaces: ['eth0'], when: 'after-reload' },
      },
    ]);
    expect(breachesOf(rule, { now: open, later: shut })[0]?.when).to.equal('until-reload');
    expect(
      breachesOf(
        { ports: one(80), from: ANYWHERE, interfaces: ['eth9'] },
        { now: open, later: open },
      )[0]?.kind,
    ).to.equal('closed');
  });
});
