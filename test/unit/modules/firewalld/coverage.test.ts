import { expect } from 'chai';
import {
  certain,
  coverage,
  doubtsAbout,
  missing,
  wideProtocols,
} from '../../../../src/modules/firewalld/coverage.ts';
import { readPorts, showPorts } from '../../../../src/modules/firewalld/ports.ts';
import type { ServiceDefinition } from '../../../../src/modules/firewalld/state.ts';
import { settings } from '../../../helpers/firewalld.ts';

const SERVICES: Readonly<Record<string, ServiceDefinition>> = {
  https: { ports: ['443/tcp'], protocols: [], hasDestination: false },
  mdns: { ports: ['5353/udp'], protocols: [], hasDestination: true },
  all: { ports: [], protocols: ['tcp'], hasDestination: false },
};
const open = (given: Parameters<typeof settings>[0], from?: string) =>
  showPorts(certain(coverage(settings(given), SERVICES, from)));
const rule = (text: string) => ({ richRules: [`rule ${text}`] });

describe('what a zone lets in', () => {
  it('is the union of its ports and services', () => {
    expect(open({ ports: ['80/tcp', '400-500/tcp'], services: ['https'] })).to.equal(
      '80/tcp, 400-500/tcp',
    );
    expect(open({ ports: ['80/tcp'], services: ['https'] })).to.equal('80/tcp, 443/tcp');
  });

  it('leaves out services with a destination and services nobody knows', () => {
    expect(open({ services: ['mdns', 'unheard-of'] })).to.equal('');
  });

  it('is everything of a protocol that is listed, by name, number or service', () => {
    expect(open({ protocols: ['udp', 'gre'] })).to.equal('1-65535/udp');
    expect(open({ protocols: ['6'] })).to.equal('1-65535/tcp');
    expect(open({ services: ['all'] })).to.equal('1-65535/tcp');
    expect(wideProtocols(['gre', 'TCP', '17'])).to.deep.equal(['tcp', 'udp']);
  });

  it('is everything with the target ACCEPT', () => {
    expect(open({ target: 'ACCEPT' })).to.equal(
      '1-65535/dccp, 1-65535/sctp, 1-65535/tcp, 1-65535/udp',
    );
  });

  const accepts: readonly (readonly [string, string | undefined, string])[] = [
    ['port port="80" protocol="tcp" accept', undefined, '80/tcp'],
    ['service name="https" accept', undefined, '443/tcp'],
    ['protocol value="udp" accept', undefined, '1-65535/udp'],
    ['family="ipv4" port port="80" protocol="tcp" accept', undefined, ''],
    ['family="ipv4" port port="80" protocol="tcp" accept', '10.0.0.1', '80/tcp'],
    ['family="ipv4" port port="80" protocol="tcp" accept', '2001:db8::1', ''],
    [
      'family="ipv4" source address="10.0.0.0/24" port port="80" protocol="tcp" accept',
      '10.0.0.9',
      '80/tcp',
    ],
    [
      'family="ipv4" source address="10.0.0.0/24" port port="80" protocol="tcp" accept',
      '10.0.1.9',
      '',
    ],
    [
      'family="ipv4" source address="10.0.0.0/24" port port="80" protocol="tcp" accept',
      undefined,
      '',
    ],
    [
      'family="ipv4" source NOT address="10.0.0.0/24" port port="80" protocol="tcp" accept',
      '10.0.1.9',
      '80/tcp',
    ],
    ['source ipset="nodes" port port="80" protocol="tcp" accept', '10.0.0.9', ''],
    ['port port="80" protocol="tcp" accept limit value="3/m"', undefined, ''],
    [
      'family="ipv4" destination address="10.0.0.1" port port="80" protocol="tcp" accept',
      '10.0.0.9',
      '',
    ],
    ['icmp-type name="echo-request" accept', undefined, ''],
  ];
  for (const [text, from, what] of accepts) {
    it(`is ${what === '' ? 'nothing' : what} by "${text}" for ${from ?? 'anyone'}`, () => {
      expect(open(rule(text), from)).to.equal(what);
    });
  }

  it('does not hold what a rich rule may deny, and says which', () => {
    const deny = 'family="ipv4" source address="10.0.0.0/24" port port="80-90" protocol="tcp" drop';
    const given = { ...rule(deny), ports: ['80/tcp', '443/tcp'] };
    const want = readPorts(['80/tcp', '443/tcp']);
    const seen = coverage(settings(given), SERVICES, '10.0.0.0/8');
    expect(showPorts(missing(want, seen))).to.equal('80/tcp');
    expect(doubtsAbout(want, seen).map(({ why }) => why)).to.deep.equal([`rich rule ${deny}`]);
    expect(open(given, '192.0.2.1')).to.equal('80/tcp, 443/tcp');
  });

  it('holds nothing for sure behind a rule it cannot read', () => {
    expect(open({ ports: ['80/tcp'], richRules: ['rule frobnicate'] })).to.equal('');
  });
});
