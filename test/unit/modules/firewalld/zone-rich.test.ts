import { expect } from 'chai';
import { richFault } from '../../../../src/modules/firewalld/rich-fault.ts';
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

  /** What Rich_Rule(rule_str=...).check() of firewalld 1.3.3 takes, and what it does not. */
  const taken: readonly string[] = [
    ...TRUTH.map(([written]) => written),
    'rule family=ipv4 source address=10.0.0.0/255.0.0.0 service name=ssh accept',
    'rule port port=http protocol=tcp accept',
    'rule port port=90-80 protocol=tcp accept',
    'rule priority=-32768 log',
    'rule tcp-mss-clamp value=pmtu',
    'rule protocol value=tcp log limit value=2/d',
    'rule family=ipv6 source address=fd00::/8 reject type=adm-prohibited',
  ];
  for (const text of taken) {
    it(`has nothing against ${text}`, () => {
      expect(richFault(text)).to.equal(undefined);
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ['rule family=ipv5 source address=10.0.0.0/8 accept', 'has the family ipv5'],
    ['rule priority=99999 service name=ssh accept', 'has the priority 99999'],
    ['rule priority=x service name=ssh accept', 'has the priority x'],
    ['rule accept', 'is about nothing'],
    ['rule service name=ssh', 'does nothing'],
    ['rule service name=ssh accept drop', 'has both accept and drop'],
    ['rule service name=ssh port port=1 protocol=tcp accept', 'has both service and port'],
    ['rule source address=10.0.0.0/8 accept', 'has a source and no family'],
    ['rule family=ipv4 source address=10.0.0.300 accept', 'names 10.0.0.300'],
    ['rule family=ipv4 source address=10.0.0.0/33 accept', 'names 10.0.0.0/33'],
    ['rule family=ipv6 source address=10.0.0.0/8 accept', 'in a rule of family ipv6'],
    ['rule family=ipv4 source address=1.2.3.4 ipset=a accept', 'with address and ipset'],
    ['rule source mac=aa:bb accept', 'no MAC address'],
    ['rule port port=70000 protocol=tcp accept', 'is about port 70000'],
    ['rule port port=80 protocol=gre accept', 'is about ports of gre'],
    ['rule port protocol=tcp accept', 'has port without port'],
    ['rule family=ipv4 masquerade accept', 'has accept, but masquerade is an action itself'],
    ['rule family=ipv4 forward-port port=80 protocol=tcp', 'forwards a port to nowhere'],
    ['rule forward-port port=80 protocol=tcp to-port=81', 'has no family'],
    ['rule family=ipv6 forward-port port=80 protocol=tcp to-addr=10.0.0.1', 'no ipv6 address'],
    ['rule service name=ssh log level=loud accept', 'logs with the level loud'],
    ['rule service name=ssh log prefix="a=b" accept', 'has a = in the prefix of log'],
    ['rule service name=ssh log limit value=0/m accept', 'limits log to 0/m'],
    ['rule service name=ssh accept limit value=1/d', 'limit of 1/d'],
    ['rule family=ipv4 source address=10.0.0.0/8 log', 'only logs'],
    ['rule service name=ssh audit', 'has audit without'],
    ['rule service name=ssh reject type=tcp-reset', 'a type of reject and no family'],
    ['rule family=ipv4 service name=ssh reject type=no-route', 'which ipv4 does not have'],
  ];
  for (const [text, why] of refused) {
    it(`tells that firewalld does not take ${text}`, () => {
      const fault = richFault(text);
      expect(fault?.message).to.include(why);
      expect(fault?.hint).to.match(/\S/);
    });
  }
});
