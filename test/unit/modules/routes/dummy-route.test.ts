import { expect } from 'chai';
import type { OrchError } from '../../../../src/lib/errors.ts';
import { Refusal, type Seen } from '../../../../src/model/module.ts';
import { readRoutes4 } from '../../../../src/lib/route-table.ts';
import { Unknown } from '../../../../src/model/value.ts';
import { parseDefaultRoutes } from '../../../../src/modules/routes/default-routes.ts';
import type { DummyRouteParams } from '../../../../src/modules/routes/dummy-params.ts';
import { dummyRoute } from '../../../../src/modules/routes/dummy-route.ts';
import type { LinkState, RoutesFacts, RoutesState } from '../../../../src/modules/routes/state.ts';

const defaults: DummyRouteParams = {
  state: 'if_needed',
  name: 'dummy0',
  address: '203.0.113.254/31',
  gateway: '203.0.113.255',
  metric: 1000,
  link: 'dummy',
  persist: 'auto',
  require_k3s_flags: true,
  force: false,
  allow_lockout: false,
};
const ours: LinkState = {
  kind: 'dummy',
  up: true,
  addresses: ['203.0.113.254/31'],
  routes: ['default via 203.0.113.255 metric 1000'],
};
const OURS = 'default via 203.0.113.255 dev dummy0 metric 1000 ';
const REAL = 'default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.10 metric 100 ';

type Now = Seen<RoutesState, RoutesFacts>;

function host(
  routes: string,
  link: LinkState | null = null,
  facts: Partial<RoutesFacts> = {},
): Now {
  return {
    state: { links: { dummy0: link }, kept: {} },
    facts: {
      defaults: parseDefaultRoutes(routes),
      interfaces: ['eth0', 'lo'],
      ports: {},
      k3sInstalled: false,
      k3sActive: false,
      k3sFlags: ['node-ip', 'flannel-iface'],
      routesText: routes,
      owner: { running: [], unmanaged: [], sourcesFiles: false, leases: [] },
      lacksDummy: false,
      wayBack: null,
      ...facts,
    },
  };
}

const wants = (now: Now, params: Partial<DummyRouteParams> = {}): LinkState | null => {
  const state = dummyRoute.desired(now, { ...defaults, ...params });
  if (state instanceof Refusal) throw new Error(`refused: ${state.message}`);
  return state.links['dummy0'] ?? null;
};
const refuses = (now: Now, params: Partial<DummyRouteParams> = {}): Refusal => {
  const state = dummyRoute.desired(now, { ...defaults, ...params });
  if (!(state instanceof Refusal)) throw new Error('not refused');
  return state;
};
const steps = (now: Now, link: LinkState | null): readonly string[] =>
  dummyRoute.resource
    .plan(now, { links: { dummy0: link }, kept: {} })
    .steps.map(({ name }) => name);

describe('dummy_route', () => {
  describe('if_needed', () => {
    it('D1 makes link and route where there is no default route, and wants nothing more then', () => {
      expect(wants(host(''))).to.deep.equal(ours);
      expect(wants(host(OURS, ours))).to.deep.equal(ours);
    });

    it('D2 does nothing where a real default route exists, and names it', () => {
      const now = host(REAL);
      expect(wants(now)).to.equal(null);
      expect(dummyRoute.result?.(now.state, now, defaults).notes).to.deep.equal([
        `default route: ${REAL.trim()}`,
      ]);
    });

    it('D3 takes the link away once a real default route is there; present keeps it', () => {
      const now = host(`${REAL}\n${OURS}`, ours);
      expect(wants(now)).to.equal(null);
      expect(wants(now, { state: 'present' })).to.deep.equal(ours);
    });

    it('D4 adds only the route when link and address are there', () => {
      const now = host('', { ...ours, routes: [] });
      expect(steps(now, wants(now))).to.deep.equal([
        'default via 203.0.113.255 metric 1000 dev dummy0',
      ]);
    });

    it('D5 replaces its own route of another metric', () => {
      const old = 'default via 203.0.113.255 metric 700';
      const now = host('default via 203.0.113.255 dev dummy0 metric 700', {
        ...ours,
        routes: [old],
      });
      expect(steps(now, wants(now))).to.deep.equal([
        'default via 203.0.113.255 metric 1000 dev dummy0',
        `no ${old} dev dummy0`,
      ]);
    });

    it('D8 does not count a route that leads nowhere', () => {
      const now = host('unreachable default metric 4278198272 ');
      expect(wants(now)).to.deep.equal(ours);
    });

    it('D9 does not count a route without carrier, and says so', () => {
      const now = host('default via 192.0.2.1 dev eth0 metric 100 linkdown');
      expect(wants(now)).to.deep.equal(ours);
      const after = { ...now, state: { links: { dummy0: ours }, kept: {} } };
      expect(dummyRoute.result?.(now.state, after, defaults).notes.join()).to.contain('no carrier');
    });

    it('D15 names both of two default routes', () => {
      const now = host(`${REAL}\ndefault via 198.51.100.1 dev eth1 metric 101`);
      expect(wants(now)).to.equal(null);
      expect(dummyRoute.result?.(now.state, now, defaults).notes).to.have.length(2);
    });

    it('counts a multipath route', () => {
      const now = host(
        'default proto static metric 20 \n\tnexthop via 192.0.2.1 dev eth0 weight 1 \n\tnexthop via 198.51.100.1 dev eth1 weight 1 linkdown ',
      );
      expect(wants(now)).to.equal(null);
    });

    it('leaves a link of somebody else alone while it is not needed', () => {
      const foreign = { kind: 'dummy', up: true, addresses: ['169.254.20.10/32'], routes: [] };
      expect(wants(host(REAL, foreign))).to.deep.equal(foreign);
    });
  });

  describe('refuses', () => {
    it('D6 a link of another kind, whoever made it', () => {
      const refusal = refuses(host('', { ...ours, kind: 'vlan' }));
      expect(refusal.message).to.contain('is a vlan link');
    });

    it('a link with the address of somebody else', () => {
      expect(refuses(host('', { ...ours, addresses: ['10.0.0.1/32'] })).message).to.contain(
        '10.0.0.1/32',
      );
    });

    it('a bridge that has ports', () => {
      const now = host('', { ...ours, kind: 'bridge' }, { ports: { dummy0: ['veth1'] } });
      expect(refuses(now, { link: 'bridge' }).message).to.contain('veth1');
    });

    it('D10 to win over a real default route, and names a metric that is safe', () => {
      const now = host('default via 192.0.2.1 dev eth0 proto dhcp metric 1024');
      expect(refuses(now, { state: 'present' }).hint).to.equal('Set metric: 4096.');
      expect(wants(now, { state: 'present', metric: 4096 })?.routes).to.deep.equal([
        'default via 203.0.113.255 metric 4096',
      ]);
    });

    it('D10 with the code of a lock-out where the route to who is connected would be replaced; one that wins is left to the guard', () => {
      const wayBack = {
        client: '198.51.100.7',
        server: '192.0.2.10',
        routes: readRoutes4(['eth0 00000000 010200C0 0003 100 00000000']),
        isWhole: true,
        hasRules: false,
      };
      const now = host(REAL, null, { wayBack });
      const replaced = refuses(now, { state: 'present', metric: 100 });
      expect([replaced.code, replaced.message]).to.deep.equal([
        'LOCKOUT',
        `a route through dummy0 with metric 100 would replace "${REAL.trim()}": the host could lose its way out`,
      ]);
      const link = wants(now, { state: 'present', metric: 50 });
      const after = { state: { links: { dummy0: link }, kept: {} }, facts: now.facts };
      expect(dummyRoute.resource.reach?.(now.state, after, []).kind).to.equal('lockout');
      const near = host(REAL, null, { wayBack: { ...wayBack, routes: [] } });
      expect(refuses(near, { state: 'present', metric: 50 }).code).to.equal('REFUSED');
    });
    it('D10 to win over one that has no carrier at the moment', () => {
      const now = host('default via 192.0.2.1 dev eth0 metric 1024 linkdown');
      expect(refuses(now).message).to.contain('win over');
    });

    it('to replace an unreachable route of the same metric', () => {
      expect(refuses(host('unreachable default metric 1000')).message).to.contain('replace');
    });

    it('D16 to take the only default route from a running K3s, unless forced', () => {
      const now = host(OURS, ours, { k3sActive: true, k3sInstalled: true });
      expect(refuses(now, { state: 'absent' }).hint).to.contain('force: true');
      expect(wants(now, { state: 'absent', force: true })).to.equal(null);
    });

    it('to poison a K3s that is not told its address', () => {
      const now = host('', null, { k3sInstalled: true, k3sFlags: ['node-ip'] });
      expect(refuses(now).message).to.contain('sets no flannel-iface');
      expect(wants(now, { require_k3s_flags: false })).to.deep.equal(ours);
    });
  });

  describe('problems', () => {
    const problem = (params: object): string | undefined =>
      dummyRoute.problems?.(params)[0]?.message;

    it('D12 cites the K3s issue for a link-local address', () => {
      expect(problem({ address: '169.254.1.1/31', gateway: '169.254.1.0' })).to.contain('7865');
    });

    it('wants the gateway in the subnet and different from the address', () => {
      expect(problem({ gateway: '203.0.113.253' })).to.contain('not in the subnet');
      expect(problem({ gateway: '203.0.113.254' })).to.contain('the link itself');
    });

    it('refuses what is no address', () => {
      expect(problem({ address: '203.0.113.254' })).to.contain('prefix length');
      expect(problem({ gateway: '1.2.3' })).to.contain('no IPv4');
    });

    it('has nothing to say about the defaults and about templates', () => {
      expect(problem({})).to.equal(undefined);
      expect(problem({ address: new Unknown('template'), gateway: '10.0.0.1' })).to.equal(
        undefined,
      );
    });
  });

  it('says that a reboot forgets the route: a warning when made, a note afterwards', () => {
    const now = host(OURS, ours);
    const made = dummyRoute.result?.({ links: { dummy0: null }, kept: {} }, now, defaults);
    const kept = dummyRoute.result?.(now.state, now, defaults);
    expect(made?.warnings.join()).to.contain('reboot');
    expect(kept?.warnings).to.deep.equal([]);
    expect(kept?.notes.join()).to.contain('reboot');
  });
});

describe('routes', () => {
  const probe = dummyRoute.resource.observe([{ name: 'dummy0', always: false }]);
  const parse = (stdout: string, exit = 0): Now =>
    probe.parse({ stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), exit });
  const code = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      return (error as OrchError).code;
    }
    return 'none';
  };

  it('reads a dummy link as iproute2 prints it', () => {
    const text = `=routes
${OURS}
=interfaces
dummy0
lo
=link dummy0
7: dummy0: <BROADCAST,NOARP,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN group default qlen 1000
    link/ether 9e:28:69:e0:32:9b brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 0 maxmtu 0
    dummy numtxqueues 1 numrxqueues 1 gso_max_size 65536
    inet 203.0.113.254/31 scope global dummy0
       valid_lft forever preferred_lft forever
    inet6 fe80::9c28:69ff:fee0:329b/64 scope link
       valid_lft forever preferred_lft forever
=flags dummy0
0x83
=k3s
installed
`;
    const { state, facts } = parse(text);
    expect(state.links['dummy0']).to.deep.equal(ours);
    expect(facts).to.include({ k3sInstalled: true, k3sActive: false });
    expect(facts.k3sFlags).to.deep.equal([]);
  });

  it('knows a dummy link by its flags where busybox prints no kind', () => {
    const text = `=routes
=interfaces
=link dummy0
7: dummy0: <BROADCAST,NOARP> mtu 1500 qdisc noop qlen 1000
    link/ether 9e:28:69:e0:32:9b brd ff:ff:ff:ff:ff:ff
=flags dummy0
0x82
=k3s
`;
    expect(parse(text).state.links['dummy0']).to.deep.equal({
      kind: 'dummy',
      up: false,
      addresses: [],
      routes: [],
    });
  });

  it('reads the negative metrics of busybox', () => {
    expect(parseDefaultRoutes('unreachable default  metric -16769024 ')[0]?.metric).to.equal(
      4278198272,
    );
  });

  it('D13 asks for table main alone', () => {
    expect(probe.script.text).to.contain('ip -4 route show table main default');
  });

  it('tells a missing tool from an answer that makes no sense', () => {
    expect(code(() => parse('', 127))).to.equal('TOOL_MISSING');
    expect(code(() => parse('hello'))).to.equal('REPLY_UNREADABLE');
    expect(code(() => parse('=routes\n=interfaces\n=link dummy0\nwhat\n=k3s\n'))).to.equal(
      'REPLY_UNREADABLE',
    );
  });

  it('warns that removing the last default route cuts connections, and can put it back', () => {
    const [step] = dummyRoute.resource.plan(host(OURS, ours), {
      links: { dummy0: null },
      kept: {},
    }).steps;
    expect(step?.disruption).to.equal('connection');
    expect(step?.inverse?.text).to.contain(
      'ip route replace default via 203.0.113.255 dev dummy0 metric 1000',
    );
  });
});
