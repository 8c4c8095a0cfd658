import { expect } from 'chai';
import { type DoctorParams, k3sDoctor } from '../../../../src/modules/k3s/doctor.ts';

const CONFIG = '/etc/rancher/k3s/config.yaml';

interface Given {
  readonly config?: string;
  readonly unit?: string;
  readonly k3s?: readonly string[];
  /** Lines of /proc/net/route: `metric interface`. */
  readonly routes?: string;
  readonly addresses?: string;
  readonly network?: readonly string[];
  readonly written?: number;
}

/** What a host prints, read by the real parser, judged. */
function examined(given: Given, more: Partial<DoctorParams> = {}) {
  const show = (kind: string, path: string, text: string): string =>
    `=${kind} ${path}\n${text
      .split('\n')
      .map((line) => `>${line}\n`)
      .join('')}`;
  const stdout = [
    given.unit === undefined ? '' : show('unit', '/etc/systemd/system/k3s.service', given.unit),
    `=config ${CONFIG}\n`,
    given.config === undefined ? '' : show('file', CONFIG, given.config),
    '=stat\n',
    given.config === undefined ? '' : `600 root:root ${given.written ?? 1000} ${CONFIG}\n`,
    '=addresses\n',
    '2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever\n',
    '3: eth1    inet 10.91.0.11/16 brd 10.91.255.255 scope global eth1\\       valid_lft forever\n',
    given.addresses ?? '',
    '=interfaces\neth0\neth1\nlo\n',
    `=routes\n${given.routes ?? '100 eth0'}\n`,
    `=k3s\n${(given.k3s ?? []).join('\n')}\n`,
    '=orch-network\n',
    ...(given.network ?? []).map((line) => `${line}\n`),
  ].join('');
  const seen = k3sDoctor.resource
    .observe([{}])
    .parse({ stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), exit: 0 });
  const params: DoctorParams = {
    ...{ role: 'auto', pod_cidr: '10.42.0.0/16' },
    ...{ internal_interface: 'eth1', external_interface: 'eth0', nodes: 3 },
    ...more,
  };
  const { findings, warnings, notes } = k3sDoctor.inspect(seen, params);
  expect(findings.every(({ cure }) => cure !== undefined && cure !== '')).to.equal(true);
  return { findings: findings.map(({ message }) => message), warnings, notes };
}

const SERVER = '[Service]\nExecStart=/usr/local/bin/k3s server';
const GOOD = `node-ip: 10.91.0.11
flannel-iface: eth1
node-external-ip: 192.0.2.10
advertise-address: 10.91.0.11`;
const FLANNEL =
  'flannel 5: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN vxlan id 1 local 10.91.0.11 dev eth1 srcport 0 0 dstport 8472 nolearning';
const NETWORK = [
  FLANNEL,
  'route default via 192.0.2.1 dev eth0',
  'route 10.42.1.0/24 via 10.42.1.0 dev flannel.1 onlink',
  'route 10.42.2.0/24 via 10.42.2.0 dev flannel.1 onlink',
  'sysctl net/ipv4/ip_forward 1',
  'sysctl net/bridge/bridge-nf-call-iptables 1',
  'module br_netfilter',
  'kube 40',
  'hostport 3',
  'unit k3s active',
  'node InternalIP 10.91.0.11',
  'node ExternalIP 192.0.2.10',
  'node podCIDR 10.42.0.0/24',
];
const RUNNING: Given = {
  config: GOOD,
  unit: SERVER,
  k3s: ['installed', 'data', 'started 2000'],
  network: NETWORK,
};
const instead = (line: string, by: readonly string[]): Given => ({
  ...RUNNING,
  network: NETWORK.flatMap((one) => (one.startsWith(line) ? by : [one])),
});

describe('k3s_doctor', () => {
  it('finds an interface that is down, with its address still on it', () => {
    expect(examined({ network: ['down eth1 down', 'down eth5 down'] }).findings).to.deep.equal([
      'eth1 is down: nothing gets in or out there',
    ]);
    expect(examined({ network: ['down eth0 lowerlayerdown'] }).findings).to.have.length(1);
  });

  it('finds nothing on a healthy server', () => {
    expect(examined(RUNNING)).to.deep.equal({ findings: [], warnings: [], notes: [] });
  });

  it('finds nothing on a host that is ready for K3s, and says that it does not run yet', () => {
    const { findings, notes } = examined({ network: ['sysctl net/ipv4/ip_forward 0'] });
    expect(findings).to.deep.equal([]);
    expect(notes[0]).to.match(/^K3s does not run here/);
  });

  const cases: readonly (readonly [string, Given, RegExp])[] = [
    ['no default route', { routes: '' }, /^there is no default route/],
    [
      'the dummy interface as the only way out, and nothing that names the node',
      {
        routes: '1000 dummy0',
        addresses:
          '4: dummy0    inet 203.0.113.254/31 scope global dummy0\\       valid_lft forever\n',
      },
      /^the only default route goes through dummy0/,
    ],
    [
      'node-ip on the wrong NIC',
      { ...RUNNING, config: GOOD.replace('node-ip: 10.91.0.11', 'node-ip: 192.0.2.10') },
      /on eth0, not on eth1: nodes talk over the wrong network/,
    ],
    [
      'node-ip that is on no NIC',
      { ...RUNNING, config: GOOD.replace('node-ip: 10.91.0.11', 'node-ip: 10.91.0.99') },
      /^node-ip is 10\.91\.0\.99, which is on no interface/,
    ],
    [
      'an API that is advertised to the outside',
      { ...RUNNING, config: GOOD.replace(/\nadvertise.*/, '') },
      /^the API server is advertised at 192\.0\.2\.10/,
    ],
    [
      'an interface that is not there',
      { ...RUNNING, config: GOOD.replace('flannel-iface: eth1', 'flannel-iface: eth7') },
      /^flannel-iface is eth7, which this host does not have/,
    ],
    ['no VXLAN interface', instead('flannel ', []), /^there is no interface flannel\.1/],
    [
      'a VXLAN interface that is down',
      instead('flannel ', [FLANNEL.replace(',UP,LOWER_UP', '')]),
      /^flannel\.1 is down/,
    ],
    [
      'a VXLAN interface on the wrong network',
      instead('flannel ', [FLANNEL.replace('dev eth1', 'dev eth0')]),
      /^flannel\.1 sends through eth0, not through eth1/,
    ],
    [
      'a node without a route',
      instead('route 10.42.2.0', []),
      /^1 of 2 other nodes have a route through flannel\.1/,
    ],
    ['service rules flushed', instead('kube ', ['kube 0']), /^there are no KUBE- chains/],
    [
      'forwarding switched off',
      instead('sysctl net/ipv4/ip_forward', ['sysctl net/ipv4/ip_forward 0']),
      /^net\.ipv4\.ip_forward is 0/,
    ],
    [
      'NetworkManager on the overlay',
      { ...RUNNING, network: [...NETWORK, 'managed flannel.1'] },
      /^NetworkManager manages flannel\.1/,
    ],
    ['a unit that failed', instead('unit k3s', ['unit k3s failed']), /^k3s\.service is failed/],
    [
      'a node the cluster knows by the dummy address',
      instead('node InternalIP', ['node InternalIP 203.0.113.254']),
      /^the cluster knows this node as 203\.0\.113\.254/,
    ],
    [
      'a configuration file K3s cannot read',
      { ...RUNNING, config: 'node-ip: [10.91.0.11' },
      /is not understood/,
    ],
  ];
  for (const [what, given, message] of cases)
    it(`finds ${what}, with a cure`, () => {
      expect(examined(given).findings.filter((found) => message.test(found))).to.have.length(1);
    });

  it('warns of a configuration that is newer than what runs', () => {
    expect(examined({ ...RUNNING, written: 3000 }).warnings[0]).to.match(
      /takes effect at the next/,
    );
  });
});
