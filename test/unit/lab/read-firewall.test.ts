import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  compareFirewalls,
  compareZones,
  type Firewall,
  parseFirewall,
  parseZones,
} from '../../lab/read-firewall.ts';

const fixture = (version: string): string =>
  readFileSync(new URL(`../../fixtures/firewall-cmd/${version}.txt`, import.meta.url), 'utf8');

describe('reading a firewall by firewall-cmd', () => {
  // the same commands were given to each version
  for (const [version, forward] of [
    ['0.9.3', 'no'],
    ['1.3.3', 'yes'],
    ['2.3.1', 'yes'],
  ] as const) {
    it(`reads every zone of firewalld ${version}`, () => {
      const { defaultZone, runtime, permanent } = parseFirewall(fixture(version));
      expect(defaultZone).to.equal('public');
      expect(Object.keys(runtime)).to.include.members(['block', 'drop', 'public', 'trusted']);
      expect(Object.keys(permanent)).to.deep.equal(Object.keys(runtime));
      expect(runtime['public']).to.deep.include({
        target: ['default'],
        services: ['dhcpv6-client', 'ssh'],
        ports: ['10000-30000/tcp', '53/udp'],
        protocols: ['ipv6-icmp'],
        forward: [forward],
        masquerade: ['no'],
        interfaces: [],
        'source-ports': ['68/udp'],
        'forward-ports': [
          'port=80:proto=tcp:toport=8080:toaddr=',
          'port=81:proto=tcp:toport=8081:toaddr=10.9.9.9',
        ],
        'rich rules': [
          'rule family="ipv4" source address="10.1.0.0/16" port port="8472" protocol="udp" accept',
          'rule service name="http" drop',
        ],
      });
      expect(runtime['trusted']).to.deep.include({
        target: ['ACCEPT'],
        interfaces: ['eth1'],
        sources: ['10.42.0.0/16', '10.43.0.0/16'],
      });
      expect(permanent['trusted']).to.deep.include({ interfaces: [], sources: [] });
      expect(runtime['block']).to.deep.include({ target: ['%%REJECT%%'] });
    });
  }

  it('refuses a line it does not know instead of losing it', () => {
    expect(() => parseZones('public\n  target: default\n!surprise here\n')).to.throw('!surprise');
    expect(() => parseZones('\tan item of nothing\n')).to.throw('an item of nothing');
    expect(() => parseFirewall('FirewallD is not running\n')).to.throw('not running');
  });
});

describe('comparing two readings', () => {
  const reading = parseFirewall(fixture('1.3.3'));

  it('finds nothing between a reading and itself', () => {
    expect(compareFirewalls(reading, reading)).to.deep.equal([]);
  });

  it('names the layer, the zone, the key and the items', () => {
    const { public: zone = {}, ...others } = reading.runtime;
    const changed: Firewall = {
      ...reading,
      defaultZone: 'trusted',
      runtime: { ...others, public: { ...zone, services: ['http', 'ssh'] }, cluster: {} },
    };
    expect(compareFirewalls(reading, changed)).to.deep.equal([
      'default zone: public -> trusted',
      'runtime: cluster: is new',
      'runtime: public services: -dhcpv6-client +http',
    ]);
    expect(compareFirewalls(changed, reading)).to.include('runtime: cluster: is gone');
  });

  it('compares ports by number', () => {
    const zones = (...ports: string[]): { z: { ports: string[] } } => ({ z: { ports } });
    expect(compareZones(zones('1-3/tcp', '4-5/tcp'), zones('1-5/tcp'))).to.deep.equal([]);
    expect(
      compareZones(zones('10000-30000/tcp', '10250/tcp'), zones('10000-30000/tcp')),
    ).to.deep.equal([]);
    expect(compareZones(zones('1/tcp'), zones('1/udp'))).to.deep.equal(['z ports: -1/tcp +1/udp']);
    expect(compareZones(zones('1-4/tcp'), zones('1-3/tcp', '5/tcp'))).to.deep.equal([
      'z ports: -1-4/tcp +1-3/tcp +5/tcp',
    ]);
  });

  it('takes a missing key for an empty set', () => {
    expect(compareZones({ z: { ports: [] } }, { z: {} })).to.deep.equal([]);
  });
});
