import { expect } from 'chai';
import fc from 'fast-check';
import { Refusal, type Seen } from '../../src/model/module.ts';
import { certain, coverage } from '../../src/modules/firewalld/coverage.ts';
import { firewalldPort } from '../../src/modules/firewalld/firewalld-port.ts';
import { firewalldVerify } from '../../src/modules/firewalld/firewalld-verify.ts';
import { firewalldZone } from '../../src/modules/firewalld/firewalld-zone.ts';
import { verdict } from '../../src/modules/firewalld/lockout.ts';
import type { PortParams } from '../../src/modules/firewalld/port-params.ts';
import { intersect, readPorts } from '../../src/modules/firewalld/ports.ts';
import type {
  ControlLine,
  FirewalldFacts,
  FirewalldState,
  ZoneSettings,
} from '../../src/modules/firewalld/state.ts';
import type { VerifyZone } from '../../src/modules/firewalld/verify-params.ts';
import type { ZoneParams } from '../../src/modules/firewalld/zone-params.ts';
import { host, judge, portTask, settings, zoneTask } from '../helpers/firewalld.ts';
import { lawful } from '../helpers/lawful.ts';

const ZONES = ['nodes', 'public', 'trusted'];
const INTERFACES = ['eth0', 'eth1', 'eth2'];
const SOURCES = ['10.42.0.0/16', '10.42.5.0/24', '10.43.0.0/16', '2001:db8::/64', 'ipset:a'];
const SERVICES = ['https', 'ssh'];
const RICH = [
  'rule family="ipv4" source address="10.0.0.0/24" port port="400-420" protocol="tcp" accept',
  'rule service name="https" reject',
];

const some = (from: readonly string[]) => fc.subarray([...from]).map((list) => list.sort());
const port = fc
  .tuple(fc.integer({ min: 400, max: 430 }), fc.nat(12), fc.constantFrom('tcp', 'udp'))
  .map(([low, more, proto]) => (more === 0 ? `${low}/${proto}` : `${low}-${low + more}/${proto}`));
const ports = fc.array(port, { maxLength: 4 });
const listed = ports.map((list) => [...new Set(list)].sort());
/** Left out as often as not. */
const perhaps = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

/** One configuration: each interface and source in one zone at most, as firewalld has it. */
const configuration = fc
  .tuple(
    fc.record({
      owners: fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }),
      exists: fc.boolean(),
    }),
    fc.array(
      fc.record({
        target: fc.constantFrom('default' as const, 'ACCEPT' as const, 'DROP' as const),
        services: some(SERVICES),
        ports: listed,
        protocols: fc.constantFrom([], ['gre'], ['tcp']),
        richRules: some(RICH),
        forward: fc.boolean(),
      }),
      { minLength: 3, maxLength: 3 },
    ),
  )
  .map(([{ owners, exists }, made]) =>
    made.map((one, i): ZoneSettings | null => {
      if (i === 0 && !exists) return null;
      const mine = (list: readonly string[], from: number) =>
        list.filter((_, n) => owners[n + from] === i).sort();
      return settings({ ...one, interfaces: mine(INTERFACES, 0), sources: mine(SOURCES, 3) });
    }),
  );

/** The connection orch came by: none, from a pod network, or from elsewhere. */
const line: fc.Arbitrary<ControlLine> = fc.record({
  client: fc.constantFrom('10.42.5.9', '192.0.2.1', '2001:db8::9'),
  server: fc.constant('192.0.2.2'),
  port: fc.constantFrom(22, 404, 2222),
  interfaces: some(INTERFACES),
  profiled: some(INTERFACES),
  bound: fc.constantFrom<Record<string, string>>({}, { eth0: 'public' }, { eth0: 'nodes' }),
  defaultZone: fc.constantFrom('public', 'trusted'),
});

const seen: fc.Arbitrary<Seen<FirewalldState, FirewalldFacts>> = fc
  .record({
    runtime: configuration,
    permanent: configuration,
    access: fc.constantFrom('dbus' as const, 'dbus' as const, 'cli' as const, 'offline' as const),
    defaultZone: fc.constantFrom('public', 'trusted'),
    session: perhaps(line),
  })
  .map(({ runtime, permanent, access, defaultZone, session }) => {
    const zones = ZONES.map((name, i) => {
      const running = access === 'offline' ? null : (runtime[i] ?? null);
      return [name, { runtime: running, permanent: permanent[i] ?? null }] as const;
    });
    return host(Object.fromEntries(zones), { access, session: session ?? null }, defaultZone);
  });

/** Drops what is left out, as a YAML map would. */
const given = <T extends object>(map: T): Partial<T> =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)) as Partial<T>;

const persist = fc.constantFrom(
  'both' as const,
  'both' as const,
  'permanent' as const,
  'runtime' as const,
);

const zoneParams: fc.Arbitrary<ZoneParams> = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    interfaces: perhaps(some(INTERFACES)),
    sources: perhaps(some(SOURCES.filter((source) => source !== '10.42.5.0/24'))),
    services: perhaps(some(SERVICES)),
    ports: perhaps(ports),
    protocols: perhaps(fc.constant<string[]>(['gre'])),
    rich_rules: perhaps(some(RICH)),
    remove: perhaps(
      fc
        .record({
          sources: perhaps(some(SOURCES)),
          ports: perhaps(ports),
          interfaces: perhaps(some(INTERFACES)),
        })
        .map(given),
    ),
    target: perhaps(fc.constantFrom('default' as const, 'ACCEPT' as const, 'REJECT' as const)),
    forward: perhaps(fc.boolean()),
    default: perhaps(fc.constant(true)),
    exclusive: fc.boolean(),
    move: fc.constantFrom(true, true, false),
    persist,
    reload: fc.constantFrom('if_needed' as const, 'if_needed' as const, 'never' as const),
    state: fc.constantFrom('present' as const, 'present' as const, 'disabled' as const),
  })
  .map((map) => zoneTask({ zone: map.zone, ...(given(map) as Partial<ZoneParams>) }));

const portParams: fc.Arbitrary<PortParams> = fc
  .record({
    zone: perhaps(fc.constantFrom(...ZONES)),
    ports: fc.array(port, { minLength: 1, maxLength: 4 }),
    state: fc.constantFrom('open' as const, 'closed' as const),
    match: fc.constantFrom('covered' as const, 'exact' as const),
    split: fc.boolean(),
    services_count: fc.boolean(),
    ignore_still_open: fc.boolean(),
    sources: perhaps(
      fc.constantFrom<string[][]>(['10.0.0.0/24'], ['10.0.0.0/24', '2001:db8::/64']),
    ),
    persist,
  })
  .chain((map) =>
    fc.boolean().map((exclusive) =>
      portTask({
        ...(given(map) as Partial<PortParams>),
        exclusive: exclusive && map.state === 'open' && !map.sources,
      }),
    ),
  );

/** What verify finds lacking in a zone, without the traps it looks for besides. */
function lacking(current: Seen<FirewalldState, FirewalldFacts>, want: VerifyZone): string[] {
  const { findings } = firewalldVerify.inspect(current, {
    zones: [want],
    persist: 'both',
    pod_networks: [],
  });
  return (
    findings
      .map(({ message }) => message)
      .filter((message) => /is missing|: missing|target is|forward is|does not exist/.test(message))
      // Of a zone whose target nobody asked for it says that it accepts everything.
      .filter((message) => want.target !== undefined || !message.includes('target is'))
  );
}

describe('firewalld', () => {
  lawful(firewalldZone, { seen, params: zoneParams });
  lawful(firewalldPort, { seen, params: portParams });

  it('verifies what firewalld_zone brings about', () =>
    fc.assert(
      fc.property(seen, zoneParams, (current, params) => {
        const task: ZoneParams = { ...params, state: 'present', persist: 'both' };
        const state = firewalldZone.desired(current, task);
        if (state instanceof Refusal) return;
        const { interfaces, sources, services, ports: asked, target, forward } = task;
        const { zone = current.state.defaultZone } = task;
        const want = given({ interfaces, sources, services, ports: asked, target, forward });
        expect(lacking({ ...current, state }, { zone, ...want })).to.deep.equal([]);
      }),
    ));

  it('verifies what firewalld_port opens', () =>
    fc.assert(
      fc.property(seen, portParams, (current, params) => {
        const { sources: _, ...rest } = params;
        const task: PortParams = { ...rest, state: 'open', persist: 'both' };
        const state = firewalldPort.desired(current, task);
        if (state instanceof Refusal) return;
        const zone = task.zone ?? state.defaultZone;
        const asked = task.ports as string[];
        expect(lacking({ ...current, state }, { zone, ports: asked })).to.deep.equal([]);
      }),
    ));

  it('never shuts out the connection it came by, unless allowed', () =>
    fc.assert(
      fc.property(seen, zoneParams, fc.boolean(), (current, params, allow) => {
        const task: ZoneParams = { ...params, allow_lockout: allow };
        const judged = judge(firewalldZone, current, task);
        if (judged instanceof Refusal) return;
        const { state, warnings } = judged;
        for (const config of ['runtime', 'permanent'] as const) {
          if (config === 'runtime' && current.facts.access === 'offline') continue;
          const [before, after] = [current.state, state].map((one) =>
            verdict(one, config, current.facts),
          );
          if (before?.kind === 'lockout' || after?.kind !== 'lockout') continue;
          expect(allow).to.equal(true);
          expect(warnings.join()).to.include('this locks you out');
        }
      }),
    ));

  it('leaves nothing open that firewalld_port closes', () =>
    fc.assert(
      fc.property(seen, portParams, (current, params) => {
        const { sources: _, exclusive: __, ...rest } = params;
        const task = portTask({ ...rest, state: 'closed', split: true, ignore_still_open: false });
        const state = firewalldPort.desired(current, task);
        if (state instanceof Refusal || task.persist !== 'both') return;
        const zone = state.zones[task.zone ?? state.defaultZone]!;
        for (const one of [zone.runtime, zone.permanent].filter((s) => s !== null)) {
          const want = readPorts(task.ports as string[]);
          const open = certain(coverage(one, current.facts.services));
          expect(intersect(want, open)).to.deep.equal([]);
        }
      }),
    ));
});
