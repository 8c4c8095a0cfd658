import { expect } from 'chai';
import { OrchError } from '../../../../src/lib/errors.ts';
import { readBusctl } from '../../../../src/modules/firewalld/busctl-text.ts';
import { settingsFromBus } from '../../../../src/modules/firewalld/parse-settings.ts';

describe('busctl text', () => {
  it('reads scalars', () => {
    expect(readBusctl('s "1.3.3"')).to.deep.equal(['1.3.3']);
    expect(readBusctl('b false')).to.deep.equal([false]);
    expect(readBusctl('o "/org/fedoraproject/FirewallD1/config/zone/6"')).to.deep.equal([
      '/org/fedoraproject/FirewallD1/config/zone/6',
    ]);
    expect(readBusctl('i -5')).to.deep.equal([-5]);
  });

  it('reads dictionaries in dictionaries', () => {
    const text =
      'a{sa{sas}} 2 "public" 2 "interfaces" 1 "eth0" "sources" 3 "10.42.0.0/16" "10.42.5.0/24" "10.43.1.1/16" "trusted" 2 "interfaces" 1 "eth1" "sources" 1 "10.43.0.0/16"';
    expect(readBusctl(text)).to.deep.equal([
      {
        public: { interfaces: ['eth0'], sources: ['10.42.0.0/16', '10.42.5.0/24', '10.43.1.1/16'] },
        trusted: { interfaces: ['eth1'], sources: ['10.43.0.0/16'] },
      },
    ]);
  });

  it('undoes C escapes, bytes of UTF-8 too', () => {
    expect(readBusctl(String.raw`s "a \"b\" \\ \303\251\tc\x21"`)).to.deep.equal([
      'a "b" \\ é\tc!',
    ]);
  });

  it('reads the settings of a zone and takes missing keys for empty', () => {
    const text =
      'a{sv} 10 "short" s "Public" "description" s "For use in public areas." "target" s "default" "services" as 2 "dhcpv6-client" "ssh" "ports" a(ss) 3 "443" "tcp" "80" "tcp" "81" "tcp" "masquerade" b false "interfaces" as 1 "eth0" "rules_str" as 1 "rule family=\\"ipv4\\" accept" "icmp_block_inversion" b false "forward" b true';
    expect(settingsFromBus(text)).to.deep.equal({
      target: 'default',
      interfaces: ['eth0'],
      sources: [],
      services: ['dhcpv6-client', 'ssh'],
      ports: ['443/tcp', '80/tcp', '81/tcp'],
      protocols: [],
      sourcePorts: [],
      forwardPorts: [],
      icmpBlocks: [],
      richRules: ['rule family="ipv4" accept'],
      forward: true,
      masquerade: false,
      icmpBlockInversion: false,
    });
  });

  for (const text of [
    '',
    's',
    's "open',
    's bare',
    'b maybe',
    'as 2 "one"',
    'as 99999999999 "one"',
    'a{sv 1 "a" s "b"',
    's "one" "two"',
    'Call failed: INVALID_ZONE: nozone',
    `v ${'v '.repeat(5000)}`,
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(() => readBusctl(text))
        .to.throw(OrchError)
        .with.property('code', 'REPLY_UNREADABLE');
    });
  }
});
