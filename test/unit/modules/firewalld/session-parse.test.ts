import { expect } from 'chai';
import { readSections } from '../../../../src/modules/firewalld/parse-sections.ts';
import { sessionOf } from '../../../../src/modules/firewalld/session-parse.ts';
import { reply } from './reply.ts';

const session = (text: string) => sessionOf(readSections(reply(`@session\n${text}@end\n`)));

const ROUTES = `@routes4
Iface Destination Gateway Flags Metric Mask
eth0 00000000 01005A0A 0003 100 00000000
wlan0 00000000 0100A8C0 0003 600 00000000
dummy0 00000000 00000000 0001 1000 00000000
eth0 00005A0A 00000000 0001 0 0000FFFF
eth1 00005B0A 00000000 0001 0 0000FFFF
eth2 00C0A8C0 01005B0A 0003 0 00FFFFFF
eth3 0001A8C0 00000000 0201 0 00FFFFFF
`;

describe('the SSH connection in use', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['on the same network', `10.90.0.1 10.90.0.11 22\n${ROUTES}`, ['eth0']],
    ['from far away', `198.51.100.7 10.90.0.11 22\n${ROUTES}`, ['eth0']],
    [
      'in by one interface and out by another',
      `198.51.100.7 10.91.0.11 22\n${ROUTES}`,
      ['eth0', 'eth1'],
    ],
    ['back by the longest prefix', `192.168.192.9 10.90.0.11 22\n${ROUTES}`, ['eth0', 'eth2']],
    ['not back by a route that rejects', `192.168.1.9 10.90.0.11 22\n${ROUTES}`, ['eth0']],
    [
      'to an address of its own',
      `100.64.0.9 100.64.0.1 22\n${ROUTES}@owner\n7: tun0    inet 100.64.0.1/32 scope global tun0\n`,
      ['eth0', 'tun0'],
    ],
    [
      'to an address of a VLAN',
      `198.51.100.7 192.0.2.1 22\n${ROUTES}@owner\n7: eth0.7@eth0    inet 192.0.2.1/32\n`,
      ['eth0', 'eth0.7'],
    ],
    ['with a table too long to read', `10.90.0.1 10.90.0.11 22\n${ROUTES}@cut\n`, []],
    ['without a word about routes', '10.90.0.1 10.90.0.11 22\n', []],
    [
      'over IPv6',
      `2001:db8:1::9 2001:db8::11 22
@addresses6
20010db8000000000000000000000011 02 40 00 80     eth1
fe8000000000000000000000000000aa 03 40 20 80     eth0
@routes6
20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth1
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`,
      ['eth0', 'eth1'],
    ],
    ['over a link-local address', 'fe80::1%eth4 fe80::2%eth4 22\n', ['eth4']],
  ];
  for (const [title, text, interfaces] of cases) {
    it(`comes in by ${interfaces.join(' or ') || 'nobody knows what'}: ${title}`, () => {
      expect(session(text)!.interfaces).to.deep.equal(interfaces);
    });
  }

  it('tells both ends, the port and the interfaces with a profile', () => {
    const text = `fe80::1%eth4 fe80::2%eth4 2222\n@profiles\neth4\neth0\n`;
    expect(session(text)).to.deep.equal({
      client: 'fe80::1',
      server: 'fe80::2',
      port: 2222,
      interfaces: ['eth4'],
      profiled: ['eth0', 'eth4'],
    });
  });

  for (const text of [
    '',
    'a b 22\n',
    '10.0.0.1 10.0.0.2\n',
    '10.0.0.1 10.0.0.2 0\n',
    '10.0.0.1 10.0.0.2 99999\n',
    '10.0.0.1 10.0.0.2 0x16\n',
  ]) {
    it(`is not taken from ${JSON.stringify(text)}`, () => expect(session(text)).to.equal(null));
  }
});
