import { expect } from 'chai';
import { firewalldPrecheck } from '../../../../src/modules/firewalld/firewalld-precheck.ts';
import type { PrecheckParams } from '../../../../src/modules/firewalld/precheck-params.ts';
import { both, host, zone } from '../../../helpers/firewalld.ts';

const ROWS = [
  { ports: '2379-2380/tcp', from: 'server', to: 'server', why: 'etcd' },
  { ports: '6443/tcp', from: 'node', to: 'server', why: 'API' },
  { ports: '8472/udp', from: 'node', to: 'node', why: 'VXLAN' },
  { ports: '10000-30000/tcp', from: 'node', to: 'node', why: 'Longhorn' },
  { ports: '80/tcp', why: 'HTTP', optional: true },
];

const check = (current: ReturnType<typeof host>, more: Partial<PrecheckParams> = {}) =>
  firewalldPrecheck.inspect(current, {
    rows: ROWS,
    roles: ['agent'],
    peers: [],
    layout: 'shared',
    installer_compat: false,
    ...more,
  });

describe('firewalld_precheck', () => {
  it('names what is missing, what of it is open, and a task that mends it', () => {
    const current = host({ public: both({ ports: ['10000-20000/tcp'] }) });
    const { findings, notes, data } = check(current);
    expect(findings).to.deep.equal([
      {
        message: 'missing in zone public: 8472/udp, 10000-30000/tcp (open: 10000-20000)',
        cure: '- firewalld_port:\n    zone: public\n    ports: [8472/udp, 10000-30000/tcp]',
      },
    ]);
    expect(notes).to.deep.equal([
      'the product installer will say: missing in default zone public: 8472/udp, 10000-30000/tcp (open: 10000-20000)',
    ]);
    expect(data['missing']).to.deep.equal(['8472/udp', '10000-30000/tcp']);
  });

  it('asks of a server what goes to servers, and of an agent only what goes to nodes', () => {
    const missing = (roles: PrecheckParams['roles']) => check(host(), { roles }).data['missing'];
    expect(missing(['agent'])).to.deep.equal(['8472/udp', '10000-30000/tcp']);
    expect(missing(['server'])).to.deep.equal([
      '2379-2380/tcp',
      '6443/tcp',
      '8472/udp',
      '10000-30000/tcp',
    ]);
  });

  it('passes the segregated layout, and says what the installer will make of it', () => {
    const current = host({
      public: both({ interfaces: ['eth0'] }),
      trusted: both({ target: 'ACCEPT', interfaces: ['eth1'] }),
    });
    const segregated = { internal_interface: 'eth1', layout: 'segregated' } as const;
    const { findings, notes } = check(current, segregated);
    expect(findings).to.deep.equal([]);
    expect(notes).to.deep.equal([
      'the product installer will say: missing in default zone public: 8472/udp, 10000-30000/tcp (by design: in the segregated layout nodes meet another zone)',
    ]);
    expect(check(current, { ...segregated, installer_compat: true }).findings).to.have.length(1);
  });

  it('advises to bind the interface in the segregated layout', () => {
    const { findings } = check(host(), { internal_interface: 'eth1', layout: 'segregated' });
    expect(findings[0]!.cure).to.equal(
      '- firewalld_zone:\n    zone: trusted\n    interfaces: [eth1]',
    );
  });

  it('looks at the zone a peer meets: its source before the interface', () => {
    const current = host({
      public: both({ sources: ['10.0.0.12'] }),
      trusted: both({ target: 'ACCEPT', interfaces: ['eth1'] }),
    });
    const { findings, data } = check(current, {
      internal_interface: 'eth1',
      peers: ['10.0.0.11', '10.0.0.12'],
    });
    expect(findings.map(({ message }) => message)).to.deep.equal([
      'missing in zone public: 8472/udp, 10000-30000/tcp',
    ]);
    expect(data['zones']).to.deep.equal(['trusted', 'public']);
  });

  it('says which peers when they miss different things', () => {
    const current = host({ nodes: both({ sources: ['10.0.0.11'], ports: ['8472/udp'] }) });
    const { findings } = check(current, { peers: ['10.0.0.11', '10.0.0.12', '10.0.0.13'] });
    expect(findings.map(({ message }) => message)).to.deep.equal([
      'missing in zone nodes: 10000-30000/tcp for 10.0.0.11 (source 10.0.0.11)',
      'missing in zone public: 8472/udp, 10000-30000/tcp for 10.0.0.12, 10.0.0.13 (default zone)',
    ]);
  });

  it('asks for a peer only the rows from its roles', () => {
    const { data } = check(host(), {
      roles: ['server'],
      peers: [{ address: '10.0.0.11', roles: ['agent'] }],
    });
    expect(data['missing']).to.not.include('2379-2380/tcp');
    expect(data['missing']).to.include('6443/tcp');
  });

  it('counts rich rules for a peer inside their source', () => {
    const richRules = [
      'rule family="ipv4" source address="10.0.0.0/24" port port="8472" protocol="udp" accept',
    ];
    const current = host({ public: both({ richRules, ports: ['10000-30000/tcp'] }) });
    expect(check(current, { peers: ['10.0.0.11'] }).findings).to.deep.equal([]);
    expect(check(current, { peers: ['10.0.1.11'] }).findings).to.have.length(1);
  });

  it('counts what a rich rule may deny as missing, and says why', () => {
    const deny = 'rule family="ipv4" source address="10.0.0.0/24" reject';
    const current = host({
      public: both({ ports: ['8472/udp', '10000-30000/tcp'], richRules: [deny] }),
    });
    expect(check(current, { peers: ['10.0.0.11'] }).findings[0]!.message).to.equal(
      `missing in zone public: 8472/udp, 10000-30000/tcp; rich ${deny} may deny it`,
    );
  });

  it('warns of what a reboot takes away', () => {
    const current = host({ public: zone({ ports: ['8472/udp', '10000-30000/tcp'] }, {}) });
    const { findings, warnings } = check(current);
    expect(findings).to.deep.equal([]);
    expect(warnings).to.deep.equal([
      'after a reboot or reload, missing in zone public: 8472/udp, 10000-30000/tcp',
    ]);
  });

  it('passes a host without a running firewalld', () => {
    const down = host({ public: zone(null, {}) }, { access: 'offline' });
    const { findings, notes } = check(down);
    expect(findings).to.deep.equal([]);
    expect(notes).to.deep.equal(['skipped: firewalld not running']);
  });

  it('finds an interface that does not exist', () => {
    expect(check(host(), { internal_interface: 'eth9' }).findings[0]!.message).to.match(
      /^interface eth9 does not exist on this host; it has: eth0, eth1, eth2, lo\. Did you mean "eth\d"\?$/,
    );
  });

  it('warns of an ipset that may hold a peer', () => {
    const current = host({ trusted: both({ sources: ['ipset:nodes'] }) });
    expect(check(current, { peers: ['10.0.0.11'] }).warnings).to.include(
      'ipset:nodes in zone trusted may hold a peer: its members were not looked at',
    );
  });

  it('places what is wrong with the arguments', () => {
    expect(
      firewalldPrecheck.problems!({ rows: [{ ports: '80' }], peers: ['node2'] }).map(
        ({ pointer }) => pointer,
      ),
    ).to.deep.equal(['/rows/0/ports', '/peers/0']);
  });

  it('takes a policy that may deny what the nodes send for a gap, and names it', () => {
    const policy = (from: string, denies: boolean) => ({
      hostPolicies: [{ name: 'shut', from: [from], accepts: false, denies }],
    });
    const found = (facts: ReturnType<typeof policy>) =>
      check(host({ public: both({ target: 'ACCEPT' }) }, facts)).findings;
    for (const from of ['public', 'ANY']) {
      const [finding] = found(policy(from, true));
      expect(finding?.message).to.equal(
        `policy shut (from ${from} to this host) may deny what the nodes send`,
      );
      expect(finding?.cure).to.include('firewall-cmd --info-policy=shut');
    }
    expect(found(policy('public', false))).to.deep.equal([]);
    expect(found(policy('dmz', true))).to.deep.equal([]);
  });
});
