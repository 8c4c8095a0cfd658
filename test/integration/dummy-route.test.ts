import { execFileSync, spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { applyScript } from '../../src/engine/script.ts';
import { Refusal, type Seen } from '../../src/model/module.ts';
import type { DummyRouteParams } from '../../src/modules/routes/dummy-params.ts';
import { dummyRoute } from '../../src/modules/routes/dummy-route.ts';
import type { RoutesFacts, RoutesState } from '../../src/modules/routes/state.ts';

/** The kernel's own network in a namespace of its own, kept alive by a sleeping process. */
describe('dummy_route on a real kernel', () => {
  const params: DummyRouteParams = {
    state: 'if_needed',
    name: 'dummy7',
    address: '203.0.113.254/31',
    gateway: '203.0.113.255',
    metric: 1000,
    link: 'bridge',
    // its files are the machine's own
    persist: 'none',
    require_k3s_flags: true,
    force: false,
    allow_lockout: false,
  };
  let keeper = '';

  before(() => {
    keeper = execFileSync(
      'unshare',
      [
        '-n',
        '-m',
        'sh',
        '-c',
        'mount -t sysfs sysfs /sys && ip link set lo up && { sleep 120 >/dev/null 2>&1 & echo $!; }',
      ],
      { encoding: 'utf8' },
    ).trim();
  });
  after(() => process.kill(Number(keeper)));

  const host = (script: string): { stdout: Buffer; stderr: Buffer; exit: number } => {
    const { stdout, stderr, status } = spawnSync('nsenter', ['-t', keeper, '-n', '-m', 'sh'], {
      input: script,
    });
    return { stdout, stderr, exit: status ?? -1 };
  };
  const look = (): Seen<RoutesState, RoutesFacts> => {
    const probe = dummyRoute.resource.observe([{ name: params.name, always: false }]);
    return probe.parse(host(probe.script.text));
  };
  const run = (more: Partial<DummyRouteParams> = {}): number => {
    const current = look();
    const desired = dummyRoute.desired(current, { ...params, ...more });
    if (desired instanceof Refusal) throw new Error(desired.message);
    const plan = dummyRoute.resource.plan(current, desired);
    if (plan.steps.length === 0) return 0;
    const reply = host(applyScript(plan).text);
    expect(reply.exit, reply.stderr.toString()).to.equal(0);
    expect(look().state).to.deep.equal(desired);
    return plan.steps.length;
  };

  it('makes the route, once', () => {
    expect(run()).to.equal(4);
    expect(run()).to.equal(0);
    expect(host('ip route get 8.8.8.8').stdout.toString()).to.contain('dev dummy7');
  });

  it('changes the metric and leaves one route', () => {
    expect(run({ metric: 4096 })).to.equal(2);
    expect(look().facts.defaults.map(({ metric }) => metric)).to.deep.equal([4096]);
  });

  it('refuses to act when the routes changed since it looked', () => {
    const seen = look();
    host('ip route add default via 203.0.113.255 dev dummy7 metric 9');
    const plan = dummyRoute.resource.plan(seen, { links: { dummy7: null }, kept: {} });
    expect(host(applyScript(plan).text).exit).to.equal(75);
    host('ip route del default via 203.0.113.255 dev dummy7 metric 9');
  });

  it('puts the link back as it was when a later step fails', () => {
    const seen = look();
    const plan = dummyRoute.resource.plan(seen, { links: { dummy7: null }, kept: {} });
    const failing = { ...plan.steps[0]!, name: 'fails', do: { text: 'false' } };
    expect(host(applyScript({ ...plan, steps: [...plan.steps, failing] }).text).exit).to.equal(70);
    expect(look().state).to.deep.equal(seen.state);
  });

  it('D7 makes the route where the only default route is one of IPv6', () => {
    host(
      'ip link del dummy7; ip link add six0 type bridge; ip link set six0 up; ip -6 addr add fd00:7::1/64 dev six0 nodad; ip -6 route add default via fd00:7::2 dev six0',
    );
    expect(host('ip -6 route show default').stdout.toString()).to.contain('dev six0');
    expect(run({ metric: 4096 })).to.equal(4);
    expect(host('ip -4 route show default').stdout.toString()).to.contain('dev dummy7');
    host('ip link del six0');
  });

  it('goes away when a real default route appears', () => {
    host(
      'ip link add real0 type bridge; ip addr add 192.0.2.10/24 dev real0; ip link set real0 up; ip route add default via 192.0.2.1 dev real0 metric 100',
    );
    expect(run({ metric: 4096 })).to.equal(1);
    expect(look().state.links['dummy7']).to.equal(null);
  });

  it('D11 says in the kernel’s words and with a cure when there are no links of that kind', function () {
    const plan = dummyRoute.resource.plan(look(), {
      links: { dummy7: { kind: 'dummy', up: true, addresses: [], routes: [] } },
      kept: {},
    });
    const reply = host(applyScript(plan).text);
    if (reply.exit === 0) this.skip();
    expect(reply.stderr.toString()).to.contain('Unknown device type');
    expect(reply.stderr.toString()).to.contain('set link: bridge');
  });
});
