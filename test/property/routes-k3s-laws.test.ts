import fc from 'fast-check';
import { readRoutes4 } from '../../src/lib/route-table.ts';
import { parseDefaultRoutes } from '../../src/modules/routes/default-routes.ts';
import type { DummyRouteParams } from '../../src/modules/routes/dummy-params.ts';
import { dummyRoute } from '../../src/modules/routes/dummy-route.ts';
import { filesFor, type Keeper } from '../../src/modules/routes/keepers.ts';
import type { LinkState } from '../../src/modules/routes/state.ts';
import { k3sFlags } from '../../src/modules/k3s/k3s-flags.ts';
import { lawful } from '../helpers/lawful.ts';
import { CONFIG, OURS, host, own, params } from '../unit/modules/k3s/host.ts';

const metric = fc.constantFrom(100, 1000, 4096);
const link: fc.Arbitrary<LinkState | null> = fc.option(
  fc.record({
    kind: fc.constantFrom('dummy', 'dummy', 'bridge', 'vlan'),
    up: fc.boolean(),
    addresses: fc.subarray(['10.0.0.1/32', '203.0.113.254/31']),
    routes: metric.map((m) => [`default via 203.0.113.255 metric ${m}`]),
  }),
);
const LINK = {
  name: 'dummy0',
  kind: 'dummy',
  address: '203.0.113.254/31',
  gateway: '203.0.113.255',
  metric: 100,
};
const real = fc.constantFrom(
  'default via 192.0.2.1 dev eth0 metric 100',
  'default via 192.0.2.1 dev eth0 metric 1024 linkdown',
  'unreachable default metric 1000',
);

lawful(dummyRoute, {
  seen: fc
    .record({
      link,
      reals: fc.subarray(['', '']).chain((n) => fc.array(real, { maxLength: n.length })),
      k3s: fc.boolean(),
      kept: fc.option(fc.constantFrom<Keeper>('networkmanager', 'networkd', 'ifupdown', 'systemd')),
      running: fc.subarray(['NetworkManager', 'systemd-networkd', 'ifupdown', 'systemd']),
      lacksDummy: fc.constantFrom(false, false, false, true),
      wayBack: fc.constantFrom(null, {
        client: '198.51.100.7',
        server: '192.0.2.9',
        routes: readRoutes4(['eth0 00000000 010200C0 0003 500 00000000']),
        isWhole: true,
        hasRules: false,
      }),
    })
    .map(({ link: dummy0, reals, k3s, kept, running, lacksDummy, wayBack }) => ({
      state: { links: { dummy0 }, kept: { dummy0: kept ? filesFor(kept, LINK) : {} } },
      facts: {
        defaults: parseDefaultRoutes(
          [
            ...reals,
            ...(dummy0?.routes ?? []).map((r) => r.replace(' metric', ' dev dummy0 metric')),
          ].join('\n'),
        ),
        interfaces: ['eth0', 'lo'],
        ports: {},
        k3sInstalled: k3s,
        k3sActive: k3s,
        k3sFlags: ['node-ip', 'flannel-iface'],
        routesText: reals.join('\n'),
        owner: { running, unmanaged: [], sourcesFiles: true, leases: [] },
        lacksDummy,
        wayBack,
      },
    })),
  params: fc.record({
    state: fc.constantFrom('if_needed', 'present', 'absent'),
    name: fc.constant('dummy0'),
    address: fc.constant('203.0.113.254/31'),
    gateway: fc.constant('203.0.113.255'),
    metric,
    link: fc.constantFrom('dummy', 'dummy', 'bridge'),
    persist: fc.constantFrom('auto', 'auto', 'none', 'systemd', 'networkd'),
    require_k3s_flags: fc.boolean(),
    force: fc.boolean(),
    allow_lockout: fc.boolean(),
  }) satisfies fc.Arbitrary<DummyRouteParams>,
});

const body = fc
  .subarray(['debug: true\n', 'tls-san+: [a, b]\n', 'node-ip: 10.91.0.11\n', 'selinux: no\n'])
  .map((rows) => rows.join(''));

lawful(k3sFlags, {
  seen: fc
    .record({
      mine: fc.option(body),
      main: fc.option(body),
      words: fc.subarray(['installed', 'data', 'etcd', 'started 5']),
    })
    .map(({ mine, main, words }) =>
      host({
        files: {
          ...(main === null ? {} : { [CONFIG]: main }),
          ...(mine === null ? {} : { [OURS]: own(mine) }),
        },
        k3s: words,
      }),
    ),
  params: fc
    .record({
      role: fc.constantFrom('server', 'agent', 'auto'),
      preset: fc.constantFrom('segregated', 'shared', 'none'),
      replace: fc.boolean(),
      flags: fc.record(
        {
          'tls-san': fc.constantFrom(null, 'a', ['b', 'a'], []),
          debug: fc.constantFrom(null, true, false),
          'node-ip': fc.constantFrom('10.91.0.11', '192.0.2.10'),
          'cluster-cidr': fc.constantFrom('10.42.0.0/16', '10.50.0.0/16'),
        },
        { requiredKeys: [] },
      ),
      force: fc.subarray(['node-ip', 'cluster-cidr', 'advertise-address']),
    })
    .map((given) => params({ ...given, internal_interface: 'eth1', external_interface: 'eth0' })),
});
