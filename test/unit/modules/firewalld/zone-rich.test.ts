import { expect } from 'chai';
import { normalRich } from '../../../../src/modules/firewalld/zone-rich.ts';

/** Left: as people write it; right: what firewalld 1.3.3 prints (str(Rich_Rule(rule_str=...))). */
const TRUTH: readonly (readonly [string, string])[] = [
  [
    'rule family=ipv4 source address=10.0.0.0/24 port port=2379-2380 protocol=tcp accept',
    'rule family="ipv4" source address="10.0.0.0/24" port port="2379-2380" protocol="tcp" accept',
  ],
  [
    'rule priority="-5" source NOT address="1.2.3.4" family="ipv4" log prefix="x y" level=info limit value=3/m reject type="icmp-port-unreachable" service name=ssh',
    'rule priority="-5" family="ipv4" source NOT address="1.2.3.4" service name="ssh" log prefix="x y" level="info" limit value="3/m" reject type="icmp-port-unreachable"',
  ],
  ['rule protocol value=gre drop', 'rule protocol value="gre" drop'],
  [
    'rule source mac=aa:bb:cc:dd:ee:ff accept limit value="1/s"',
    'rule source mac="AA:BB:CC:DD:EE:FF" accept limit value="1/s"',
  ],
  [
    'rule family=ipv4 forward-port port=80 protocol=tcp to-port=8080 to-addr=1.2.3.4',
    'rule family="ipv4" forward-port port="80" protocol="tcp" to-port="8080" to-addr="1.2.3.4"',
  ],
  [
    'rule family=ipv4 source invert="True" address=10.0.0.0/8 audit drop',
    'rule family="ipv4" source NOT address="10.0.0.0/8" audit drop',
  ],
  [
    'rule family="ipv4" destination address="1.2.3.4" icmp-block name="echo-request"',
    'rule family="ipv4" destination address="1.2.3.4" icmp-block name="echo-request"',
  ],
  ['rule source ipset=foo mark set=0x1', 'rule source ipset="foo" mark set=0x1'],
  [
    'rule family=ipv6 source address=2001:db8::1 port port=80 protocol=tcp nflog group=1 prefix=a queue-size=3 limit value=2/hour accept',
    'rule family="ipv6" source address="2001:db8::1" port port="80" protocol="tcp" nflog group="1" prefix="a" queue-size="3" limit value="2/h" accept',
  ],
  [
    'rule family="ipv4" source address="10.0.0.5/24" accept',
    'rule family="ipv4" source address="10.0.0.5/24" accept',
  ],
];

describe('firewalld rich rules', () => {
  for (const [written, printed] of TRUTH) {
    it(`spells ${written} as the daemon does`, () => {
      expect(normalRich(written)).to.equal(printed);
      expect(normalRich(printed)).to.equal(printed);
    });
  }

  const faults: readonly (readonly [string, string])[] = [
    ['port=80 accept', 'it does not begin with "rule"'],
    ['rule frobnicate accept', '"frobnicate" is unknown'],
    ['rule port name=80 accept', 'port has no "name"'],
    ['rule address=10.0.0.1 accept', '"address=10.0.0.1" belongs to no clause'],
  ];
  for (const [text, why] of faults) {
    it(`refuses ${text}`, () => {
      const fault = normalRich(text);
      expect(fault).to.be.an('object');
      expect(typeof fault === 'string' ? '' : fault.message).to.include(why);
    });
  }
});
