import { expect } from 'chai';
import type { FirewalldFacts } from '../../../../src/modules/firewalld/state.ts';
import { firewalldVerify } from '../../../../src/modules/firewalld/firewalld-verify.ts';
import type { VerifyParams } from '../../../../src/modules/firewalld/verify-params.ts';
import { both, host, zone } from '../../../helpers/firewalld.ts';

const verify = (
  current: ReturnType<typeof host>,
  zones: VerifyParams['zones'],
  more: Partial<VerifyParams> = {},
) =>
  firewalldVerify.inspect(current, {
    zones,
    persist: 'both',
    pod_networks: ['10.42.0.0/16'],
    ...more,
  });

const modern: Partial<FirewalldFacts> = { version: '2.1.0' };

describe('firewalld_verify', () => {
  it('finds nothing where everything is as wanted, by coverage', () => {
    const current = host(
      {
        public: both({
          interfaces: ['eth0'],
          services: ['https', 'ssh'],
          ports: ['10000-30000/tcp'],
        }),
        trusted: both({ target: 'ACCEPT', interfaces: ['eth1'], sources: ['10.42.0.0/15'] }),
      },
      modern,
    );
    const { findings, notes, warnings } = verify(current, [
      {
        zone: 'public',
        interfaces: ['eth0'],
        ports: ['10250/tcp', '443/tcp', { ports: '22/tcp' }],
      },
      { zone: 'trusted', sources: ['10.42.7.7/16'], services: ['ssh'], target: 'ACCEPT' },
    ]);
    expect(findings).to.deep.equal([]);
    expect(warnings).to.deep.equal([]);
    expect(notes).to.include(
      'source 10.42.0.0/16 is inside 10.42.0.0/15 in zone trusted (runtime)',
    );
    expect(notes).to.include('service ssh is not listed in zone trusted (permanent), but open');
  });

  it('names zone, configuration and cure of what is missing', () => {
    const current = host(
      {
        public: zone({ ports: ['10000-20000/tcp'] }, {}),
        trusted: both({ target: 'ACCEPT' }),
        other: both({ interfaces: ['eth1'] }),
      },
      modern,
    );
    const { findings } = verify(current, [
      { zone: 'public', ports: ['8472/udp', '10000-30000/tcp'], target: 'DROP', forward: false },
      { zone: 'trusted', interfaces: ['eth1'], sources: ['10.42.0.0/16'] },
      { zone: 'gone' },
    ]);
    expect(findings).to.deep.equal([
      {
        message: 'zone public: missing 8472/udp, 10000-30000/tcp (open: 10000-20000) (runtime)',
        cure: 'firewalld_port: {zone: public, ports: [8472/udp, 10000-30000/tcp]}',
      },
      {
        message: 'zone public: target is default, not DROP (runtime and permanent)',
        cure: "firewalld_zone: {zone: public, target: 'DROP'}",
      },
      {
        message: 'zone public: forward is on, not off (runtime and permanent)',
        cure: 'firewalld_zone: {zone: public, forward: false}',
      },
      {
        message: 'zone public: missing 8472/udp, 10000-30000/tcp (permanent)',
        cure: 'firewalld_port: {zone: public, ports: [8472/udp, 10000-30000/tcp]}',
      },
      {
        message:
          'zone trusted: interface eth1 is missing; it is in zone other (runtime and permanent)',
        cure: 'firewalld_zone: {zone: trusted, interfaces: [eth1]}',
      },
      {
        message: 'zone trusted: source 10.42.0.0/16 is missing (runtime and permanent)',
        cure: 'firewalld_zone: {zone: trusted, sources: [10.42.0.0/16]}',
      },
      {
        message: 'zone gone: the zone does not exist (runtime and permanent)',
        cure: 'firewalld_zone: {zone: gone}',
      },
    ]);
  });

  it('notes interfaces beside those asked for, and those that only use the default zone', () => {
    const current = host({ public: both({ interfaces: ['eth2'] }) }, modern);
    const { findings, notes } = verify(current, [{ zone: 'public', interfaces: ['eth0'] }]);
    expect(findings).to.deep.equal([]);
    expect(notes).to.include.members([
      'zone public also has interfaces eth2',
      'eth0 is in no zone (runtime) and so uses the default zone public',
    ]);
  });

  it('flags a protocol that opens everything', () => {
    const { findings } = verify(host({ public: both({ protocols: ['6', 'gre'] }) }, modern), []);
    expect(findings).to.deep.equal([
      {
        message: 'zone public: protocols hold tcp: every tcp port is open (runtime and permanent)',
        cure: "firewalld_zone: {zone: public, remove: {protocols: ['6']}}",
      },
    ]);
  });

  it('flags sources of two zones that overlap', () => {
    const current = host(
      { public: both({ sources: ['10.1.5.0/24'] }), trusted: both({ sources: ['10.1.0.0/16'] }) },
      modern,
    );
    expect(verify(current, []).findings.map(({ message }) => message)).to.deep.equal([
      'sources 10.1.5.0/24 (zone public) and 10.1.0.0/16 (zone trusted) overlap; firewalld would silently use public for the overlap (runtime and permanent)',
    ]);
    // The one goes that nobody asked for, in whichever zone it is.
    for (const [zone, kept, gone] of [
      ['trusted', '10.1.0.0/16', 'zone: public, remove: {sources: [10.1.5.0/24]}'],
      ['public', '10.1.5.0/24', 'zone: trusted, remove: {sources: [10.1.0.0/16]}'],
    ] as const)
      expect(
        verify(current, [{ zone, sources: [kept] }]).findings.map(({ cure }) => cure),
      ).to.deep.equal([`firewalld_zone: {${gone}}`]);
  });

  it('flags ports that must be closed in a zone, but for those that must be open', () => {
    const current = host(
      {
        public: zone({ ports: ['10000-30000/tcp', '443/tcp'] }, { ports: ['443/tcp', '6443/tcp'] }),
      },
      modern,
    );
    const closed = ['6443/tcp', '10250/tcp', '443/tcp'];
    expect(
      verify(current, [{ zone: 'public', ports: ['443/tcp'], closed }]).findings,
    ).to.deep.equal([
      {
        message: 'zone public: 10250/tcp is open, which must be closed here (runtime)',
        cure: 'firewalld_port: {zone: public, ports: [10250/tcp], state: closed, split: true}',
      },
      {
        message: 'zone public: 6443/tcp is open, which must be closed here (permanent)',
        cure: 'firewalld_port: {zone: public, ports: [6443/tcp], state: closed, split: true}',
      },
    ]);
    expect(
      firewalldVerify.problems?.({ zones: [{ zone: 'public', closed: ['443'] }] }),
    ).to.have.length(1);
  });

  it('flags a zone that accepts everything, unless that was asked for', () => {
    const current = host({ public: both({ target: 'ACCEPT' }) }, modern, 'trusted');
    expect(verify(current, [{ zone: 'public' }, { zone: 'trusted' }]).findings).to.deep.equal([
      {
        message: 'zone public: its target is ACCEPT: every port is open (runtime and permanent)',
        cure: 'firewalld_zone: {zone: public, target: default}',
      },
      {
        message:
          'the default zone trusted accepts everything: so does every interface that is in no zone',
        cure: 'firewalld_zone: {zone: public, default: true}',
      },
    ]);
    expect(
      verify(host({}, modern), [{ zone: 'trusted', target: 'ACCEPT' }, { zone: 'public' }]),
    ).to.deep.include({
      findings: [],
      warnings: [],
    });
  });

  it('warns of a default zone that nobody asked about', () => {
    const current = host({ drop: both({ target: 'DROP' }) }, modern, 'drop');
    expect(verify(current, [{ zone: 'public' }]).warnings.join()).to.match(
      /^the default zone is drop, which is not judged here/,
    );
  });

  it('P16 warns of a file with overlapping ports, and faults it before 1.1', () => {
    const zones = { public: both({ ports: ['400-500/tcp', '443/tcp'] }) };
    const message = 'the file of zone public lists ports that overlap: 400-500/tcp, 443/tcp';
    expect(verify(host(zones, { version: '1.3.3' }), []).warnings).to.include(message);
    expect(verify(host(zones, { version: '0.9.11' }), []).findings[0]!.message).to.equal(
      `${message}; firewalld 0.9.11 does not load such a zone`,
    );
  });

  it('warns when runtime and permanent differ', () => {
    const current = host({ public: zone({ ports: ['80/tcp'] }, { services: ['ssh'] }) }, modern);
    expect(verify(current, []).warnings).to.deep.equal([
      'zone public: services ssh only in permanent',
      'zone public: ports 80/tcp only in runtime',
    ]);
  });

  it('flags a pod network in a zone that does not forward, and notes one that does', () => {
    const off = host({ public: both({ sources: ['10.42.0.0/16'], forward: false }) }, modern);
    expect(verify(off, []).findings).to.deep.equal([
      {
        message:
          'zone public: forward is off, but the zone holds the pod network 10.42.0.0/16: pods cannot reach the outside (runtime and permanent)',
        cure: 'firewalld_zone: {zone: public, forward: true}',
      },
    ]);
    const on = host({ public: both({ sources: ['10.42.0.0/16'] }) }, modern);
    expect(verify(on, []).findings).to.deep.equal([]);
    expect(verify(on, []).notes[0]).to.match(/reach every pod port$/);
  });

  it('flags panic, a daemon that is down and files that make a reload erase all zones', () => {
    const current = host(
      { public: zone(null, {}), trusted: zone(null, {}) },
      { ...modern, access: 'offline', panic: true, poison: ['/etc/firewalld/zones/old/x.xml'] },
    );
    expect(verify(current, []).findings.map(({ cure }) => cure)).to.deep.equal([
      'systemctl unmask firewalld; systemctl enable --now firewalld',
      'firewall-cmd --panic-off',
      'move them elsewhere',
    ]);
  });

  it('passes on what else is odd, panic only once', () => {
    const oddities = [
      'panic mode is on: nothing gets in or out',
      'ufw is active besides firewalld',
    ];
    expect(verify(host({}, { ...modern, oddities }), []).warnings).to.deep.equal([
      'ufw is active besides firewalld',
    ]);
  });

  it('tells not to reload where that flushes the rules of K3s', () => {
    const text =
      'do not reload firewalld here: 1.3.3 flushes the iptables rules of K3s; hostPort rules return only when their pods restart';
    expect(verify(host(), []).notes).to.deep.equal([text]);
    expect(verify(host({}, { k3sActive: true }), []).warnings).to.deep.equal([text]);
    expect(verify(host({}, { oddities: ['FlushAllOnReload=no'] }), []).notes).to.deep.equal([]);
    expect(verify(host({}, modern), []).notes).to.deep.equal([]);
  });

  it('judges one configuration when told so', () => {
    const current = host({ public: zone({ ports: ['80/tcp'] }, {}) }, modern);
    const want = [{ zone: 'public', ports: ['80/tcp'] }];
    expect(verify(current, want, { persist: 'runtime' }).findings).to.deep.equal([]);
    expect(verify(current, want, { persist: 'permanent' }).findings).to.have.length(1);
  });

  it('gives rows of desired, permanent and runtime', () => {
    const current = host({ public: zone({ ports: ['80/tcp'] }, {}) }, modern);
    expect(verify(current, [{ zone: 'public', ports: ['80/tcp'] }]).data).to.deep.equal({
      zones: [
        { zone: 'public', key: 'ports', desired: ['80/tcp'], permanent: [], runtime: ['80/tcp'] },
      ],
    });
  });

  it('places what is wrong with the arguments', () => {
    expect(
      firewalldVerify.problems!({ zones: [{ zone: 'a.b', ports: ['x'], sources: ['y'] }] }).map(
        ({ pointer }) => pointer,
      ),
    ).to.deep.equal(['/zones/0/zone', '/zones/0/ports/0', '/zones/0/sources/0']);
  });
});
