import { expect } from 'chai';
import { type Admission, admits } from '../../../../src/modules/firewalld/lockout-admits.ts';
import type { ServiceDefinition, ZoneSettings } from '../../../../src/modules/firewalld/state.ts';
import { settings } from '../../../helpers/firewalld.ts';

const services: Readonly<Record<string, ServiceDefinition>> = {
  ssh: { ports: ['22/tcp'], protocols: [], hasDestination: false },
  away: { ports: ['22/tcp'], protocols: [], hasDestination: true },
  all: { ports: [], protocols: ['tcp'], hasDestination: false },
};
const from = (action: string, source = '10.0.0.0/8', priority = ''): string =>
  `rule ${priority}family="ipv4" source address="${source}" ${action}`;

describe('whether a zone lets a connection in', () => {
  const cases: readonly (readonly [string, Partial<ZoneSettings>, Admission['answer']])[] = [
    ['an empty zone', {}, 'no'],
    ['target ACCEPT', { target: 'ACCEPT' }, 'yes'],
    ['target DROP with the service', { target: 'DROP', services: ['ssh'] }, 'yes'],
    ['a range that holds the port', { ports: ['20-30/tcp'] }, 'yes'],
    ['the same number of another protocol', { ports: ['22/udp'] }, 'no'],
    ['protocol 6', { protocols: ['6'] }, 'yes'],
    ['protocol udp', { protocols: ['udp'] }, 'no'],
    ['the ports clients have', { sourcePorts: ['1024-65535/tcp'] }, 'yes'],
    ['some ports clients may have', { sourcePorts: ['40000/tcp'] }, 'perhaps'],
    ['ports clients have with another protocol', { sourcePorts: ['1-65535/udp'] }, 'no'],
    [
      'a rule for some ports of clients',
      { richRules: ['rule source-port port="40000" protocol="tcp" accept'] },
      'perhaps',
    ],
    [
      'a forwarded port',
      { services: ['ssh'], forwardPorts: ['port=22:proto=tcp:toport=2222:toaddr='] },
      'perhaps',
    ],
    [
      'another forwarded port',
      { services: ['ssh'], forwardPorts: ['port=80:proto=tcp:toport=22:toaddr='] },
      'yes',
    ],
    [
      'a port forwarded by a rule',
      {
        services: ['ssh'],
        richRules: ['rule family="ipv4" forward-port port="22" protocol="tcp" to-port="9"'],
      },
      'perhaps',
    ],
    ['a service that opens a protocol', { services: ['all'] }, 'yes'],
    ['a service for some destinations', { services: ['away'] }, 'perhaps'],
    ['a service nobody knows', { services: ['what'] }, 'perhaps'],
    ['a service nobody knows besides ssh', { services: ['what', 'ssh'] }, 'yes'],
    ['a rule for the client', { richRules: [from('port port="22" protocol="tcp" accept')] }, 'yes'],
    ['a rule for others', { richRules: [from('accept', '192.168.0.0/16')] }, 'no'],
    [
      'a rule for all but others',
      {
        richRules: [
          from('accept', 'x').replace('source address="x"', 'source NOT address="192.168.0.0/16"'),
        ],
      },
      'yes',
    ],
    [
      'a rule that denies all of the other family but some',
      {
        services: ['ssh'],
        richRules: [
          'rule family="ipv6" source NOT address="2001:db8::/32" service name="ssh" drop',
        ],
      },
      'yes',
    ],
    ['a rule for the other family', { richRules: ['rule family="ipv6" accept'] }, 'no'],
    [
      'a rule for a MAC address',
      { richRules: ['rule source mac="AA:BB:CC:DD:EE:FF" accept'] },
      'perhaps',
    ],
    [
      'a rule of an ipset that denies',
      { services: ['ssh'], richRules: ['rule source ipset="bad" drop'] },
      'perhaps',
    ],
    [
      'a limited rule that denies',
      { services: ['ssh'], richRules: ['rule service name="ssh" drop limit value="1/m"'] },
      'perhaps',
    ],
    [
      'a rule that only limits its log',
      { services: ['ssh'], richRules: [from('log limit value="1/m" drop')] },
      'no',
    ],
    ['a rule that denies, target ACCEPT', { target: 'ACCEPT', richRules: [from('drop')] }, 'no'],
    [
      'a rule that denies another port',
      { services: ['ssh'], richRules: [from('port port="80" protocol="tcp" drop')] },
      'yes',
    ],
    [
      'accept before a denial, by priority',
      { richRules: [from('accept', '10.0.0.0/8', 'priority="-5" '), from('drop')] },
      'yes',
    ],
    [
      'a denial before accept, by priority',
      {
        services: ['ssh'],
        richRules: [
          from('drop', '10.0.0.0/8', 'priority="-5" '),
          from('accept', '10.0.0.0/8', 'priority="-1" '),
        ],
      },
      'no',
    ],
    [
      'a denial after what opens the port',
      { services: ['ssh'], richRules: [from('drop', '10.0.0.0/8', 'priority="5" ')] },
      'yes',
    ],
    [
      'a denial before target ACCEPT',
      { target: 'ACCEPT', richRules: [from('drop', '10.0.0.0/8', 'priority="5" ')] },
      'no',
    ],
    ['a rule nobody can read', { richRules: ['rule of the future'] }, 'perhaps'],
    [
      'a rule nobody can read, the port open',
      { services: ['ssh'], richRules: ['rule of the future'] },
      'perhaps',
    ],
    ['a rule of an unknown service', { richRules: ['rule service name="what" accept'] }, 'perhaps'],
  ];
  for (const [title, given, answer] of cases) {
    it(`is ${answer}: ${title}`, () => {
      const port = { low: 22, high: 22, proto: 'tcp' } as const;
      expect(admits(settings(given), services, port, '10.1.2.3').answer).to.equal(answer);
    });
  }
});
