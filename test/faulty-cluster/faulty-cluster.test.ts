import { expect } from 'chai';
import { folder, inventoryOf, told } from '../integration/orch.ts';
import { withLab } from '../lab/lab.ts';

/** What looks for faults; none of it changes anything. */
const BOOKS = ['verify', 'precheck', 'connectivity', 'doctor'] as const;
type Book = (typeof BOOKS)[number];

interface Found {
  readonly by: Book;
  readonly host: string;
  readonly message: string;
  readonly cure: string;
}

interface Fault {
  readonly name: string;
  /** Host it is put on. */
  readonly on: number;
  /** Makes it, as root on the host. */
  readonly make: string;
  /** Who has to find it, and in which words. */
  readonly by: readonly Book[];
  readonly words: RegExp;
  /** What the first of them has to tell to do, where another task than usual mends it. */
  readonly cure?: RegExp;
  /** How many findings of the first of these there are, where not one. */
  readonly count?: number;
  /** What is said where it is no finding, because it may be meant: a warning on the host. */
  readonly warned?: RegExp;
  /** What only the first of these names on the host itself may be found by the others too: they cannot reach it. */
  readonly reachesOthers?: true;
}

const FLAGS = '/etc/rancher/k3s/config.yaml.d/50-orch-network.yaml';
/** The same done to what runs and to what comes after a reload. */
const twice = (args: string): string =>
  `firewall-cmd -q ${args}; firewall-cmd -q --permanent ${args}`;

const FAULTS: readonly Fault[] = [
  {
    name: 'a port is closed on one node',
    on: 2,
    make: twice('--zone=public --remove-port=443/tcp'),
    by: ['verify'],
    words: /zone public.*443\/tcp/,
  },
  {
    name: 'a port between nodes is rejected on one node',
    on: 2,
    make: twice(`--zone=trusted --add-rich-rule='rule port port="10250" protocol="tcp" reject'`),
    by: ['precheck'],
    words: /10250\/tcp/,
    cure: /firewalld_zone:\s+zone: trusted\s+remove:\s+rich_rules:\s+- 'rule port port="10250" protocol="tcp" reject'/,
    reachesOthers: true,
  },
  {
    name: 'an interface is in the wrong zone',
    on: 2,
    make: twice('--zone=public --change-interface=eth1'),
    by: ['verify', 'precheck'],
    words: /zone trusted.*eth1|zone public.*8472\/udp/,
    reachesOthers: true,
  },
  {
    name: 'sources overlap',
    on: 3,
    make: twice('--zone=public --add-source=10.42.5.0/24'),
    by: ['verify'],
    words:
      /10\.42\.0\.0\/16.*10\.42\.5\.0\/24.*overlap|10\.42\.5\.0\/24.*10\.42\.0\.0\/16.*overlap/,
    cure: /zone: public, remove: \{sources: \[10\.42\.5\.0\/24\]\}/,
  },
  {
    name: 'what runs is not what comes after a reboot',
    on: 1,
    make: 'firewall-cmd -q --zone=public --remove-port=9095/tcp',
    by: ['verify'],
    words: /9095\/tcp.*\(runtime\)/,
  },
  {
    name: '`protocols: tcp` opens everything',
    on: 1,
    make: twice('--zone=public --add-protocol=tcp'),
    by: ['verify'],
    words: /protocols hold tcp: every tcp port is open/,
  },
  {
    name: 'the pod network is missing',
    on: 3,
    make: twice('--zone=trusted --remove-source=10.42.0.0/16'),
    by: ['verify'],
    words: /zone trusted.*10\.42\.0\.0\/16/,
  },
  {
    name: 'there is no default route',
    on: 2,
    make: 'while ip route del default 2>/dev/null; do :; done',
    by: ['doctor'],
    words: /no default route/,
  },
  {
    name: 'node-ip is on the wrong network',
    on: 3,
    make: `a=$(ip -4 -o addr show eth0 | sed 's/.*inet \\([0-9.]*\\).*/\\1/'); sed -i "/^node-ip/,/^  -/s/  - .*/  - $a/" ${FLAGS}; grep -A1 node-ip ${FLAGS}`,
    by: ['doctor'],
    words: /on eth0, not on eth1/,
  },
  {
    name: 'firewalld is stopped',
    on: 3,
    make: `kill "$(cat /run/firewalld.pid)"
      while busctl --system call org.freedesktop.DBus / org.freedesktop.DBus NameHasOwner s org.fedoraproject.FirewallD1 | grep -q true; do sleep 0.1; done`,
    by: ['verify'],
    words: /firewalld is not running/,
    cure: /systemctl unmask firewalld; systemctl enable --now firewalld/,
  },
  // What else was tried, and is met less often.
  {
    name: 'two faults at once',
    on: 2,
    make: `${twice('--zone=public --remove-port=443/tcp')}; ${twice('--zone=trusted --remove-source=10.43.0.0/16')}`,
    by: ['verify'],
    words: /missing 443\/tcp|source 10\.43\.0\.0\/16 is missing/,
    count: 2,
  },
  {
    name: 'sources of IPv6 overlap, spelled in two ways',
    on: 1,
    make: `${twice('--zone=public --add-source=2001:db8:0::/64')}; ${twice('--zone=trusted --add-source=2001:db8::/48')}`,
    by: ['verify'],
    words: /2001:db8::\/64 \(zone public\) and 2001:db8::\/48 \(zone trusted\) overlap/,
  },
  {
    name: 'a rich rule drops what nodes send',
    on: 3,
    make: twice(
      `--zone=trusted --add-rich-rule='rule family="ipv4" source address="10.0.0.0/8" drop'`,
    ),
    by: ['precheck'],
    words: /rich rule family="ipv4" source address="10\.0\.0\.0\/8" drop may deny it/,
    cure: /remove:\s+rich_rules:\s+- 'rule family="ipv4" source address="10\.0\.0\.0\/8" drop'/,
    reachesOthers: true,
  },
  {
    name: 'a port between nodes is open to the outside',
    on: 1,
    make: twice('--zone=public --add-port=6443/tcp'),
    by: ['verify'],
    words: /zone public: 6443\/tcp is open, which must be closed here/,
    cure: /firewalld_port: \{zone: public, ports: \[6443\/tcp\], state: closed/,
  },
  {
    name: 'the external zone accepts everything',
    on: 2,
    make: 'firewall-cmd -q --permanent --zone=public --set-target=ACCEPT; firewall-cmd -q --reload',
    by: ['verify'],
    words: /zone public: its target is ACCEPT: every port is open/,
  },
  {
    name: 'the default zone accepts everything',
    on: 3,
    make: 'firewall-cmd -q --set-default-zone=trusted',
    by: ['verify'],
    words: /default zone trusted accepts everything/,
  },
  {
    name: 'the default zone is another one',
    on: 2,
    make: 'firewall-cmd -q --set-default-zone=drop',
    by: [],
    words: /never/,
    warned: /the default zone is drop, which is not judged here/,
  },
  {
    name: 'a policy drops what nodes send to the host',
    on: 2,
    make: `firewall-cmd -q --permanent --new-policy=shut
      firewall-cmd -q --permanent --policy=shut --add-ingress-zone=trusted
      firewall-cmd -q --permanent --policy=shut --add-egress-zone=HOST
      firewall-cmd -q --permanent --policy=shut --set-target=DROP
      firewall-cmd -q --reload`,
    by: ['precheck'],
    words: /policy shut \(from trusted to this host\) may deny what the nodes send/,
    warned: /policies of its own: shut/,
    reachesOthers: true,
  },
  {
    name: 'another table of nftables drops a port',
    on: 3,
    make: `nft 'table inet mine { chain in { type filter hook input priority -10; iifname "eth1" tcp dport 10250 drop; }; }'`,
    by: ['connectivity'],
    words: /node3/,
    warned: /other chains look at what comes in besides firewalld: inet mine in/,
    reachesOthers: true,
  },
  {
    name: 'direct rules wait for the next start of firewalld',
    on: 1,
    make: `printf '<?xml version="1.0" encoding="utf-8"?>\\n<direct>\\n<rule priority="0" table="filter" ipv="ipv4" chain="INPUT">-p tcp --dport 10250 -j DROP</rule>\\n</direct>\\n' >/etc/firewalld/direct.xml`,
    by: [],
    words: /never/,
    warned: /direct rules in \/etc\/firewalld\/direct\.xml: they bypass the zones/,
  },
  {
    name: 'the internal interface is down',
    on: 2,
    make: 'ip link set eth1 down',
    by: ['doctor'],
    words: /eth1 is down: nothing gets in or out there/,
    reachesOthers: true,
  },
];

describe('a broken cluster, looked at by verify.yml, precheck.yml, connectivity.yml and doctor.yml', function () {
  this.timeout(600_000);
  const lab = withLab(3);
  let inventory = '';
  const rows: string[] = [];

  /** Warnings of the last examination: host and words. */
  let warnings: readonly string[] = [];
  const examined = async (
    hosts = inventory,
    more: readonly string[] = [],
  ): Promise<readonly Found[]> => {
    const all: Found[] = [];
    warnings = [];
    for (const by of BOOKS) {
      const run = await told(['run', `playbooks/${by}.yml`, '-i', hosts, ...more]);
      const found = run
        .all('task-ended')
        .flatMap(({ host, outcome }) =>
          outcome.findings.map(({ message, cure }) => ({ by, host, message, cure: cure ?? '' })),
        );
      expect(run.exit, `${by}\n${run.stdout}${run.stderr}`).to.equal(found.length > 0 ? 2 : 0);
      all.push(...found);
      warnings = [
        ...warnings,
        ...run
          .all('task-ended')
          .flatMap(({ host, outcome }) => outcome.warnings.map((one) => `${host}: ${one}`)),
      ];
    }
    return all;
  };
  const cured = async (host: number): Promise<void> => {
    lab.reset(host);
    for (const book of ['segregated', 'k3s-flags']) {
      const run = await told(['run', `playbooks/${book}.yml`, '-i', inventory]);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
    }
  };

  before(async () => {
    inventory = inventoryOf(lab);
    for (const host of [1, 2, 3]) await cured(host);
  });
  after(() => {
    console.log(
      [
        '',
        '| fault | on | found by | what it says | cure |',
        '|---|---|---|---|---|',
        ...rows,
        '',
      ].join('\n'),
    );
  });

  it('is not seen where everything is well: no false alarm', async () => {
    expect(await examined()).to.deep.equal([]);
    expect(warnings).to.deep.equal([]);
    rows.push('| none | | nobody | | |');
  });

  for (const { name, on, make, by, words, cure: remedy, reachesOthers, count, warned } of FAULTS) {
    it(`is diagnosed: ${name}`, async () => {
      lab.shell(on, make);
      const found = await examined();
      const host = `node${on}`;
      // Only those who cannot reach it can tell what is found by knocking.
      const isKnocked = by.length > 0 && by.every((book) => book === 'connectivity');
      const named = found.filter(
        (one) => (isKnocked || one.host === host) && words.test(one.message),
      );
      if (count !== undefined)
        expect(named.filter((one) => one.by === by[0])).to.have.length(count);
      if (warned)
        expect(warnings.filter((one) => one.startsWith(host)).join('\n')).to.match(warned);
      expect([...new Set(named.map((one) => one.by))], JSON.stringify(found)).to.include.members([
        ...by,
      ]);
      for (const { cure } of found) expect(cure).to.match(/\S \S/);
      // No other host is accused; those who cannot reach it name it.
      for (const one of found.filter((other) => other.host !== host)) {
        expect(reachesOthers, JSON.stringify(one)).to.equal(true);
        expect(one.by).to.equal('connectivity');
        expect(one.message).to.contain(host);
      }
      const finders = BOOKS.filter((book) => found.some((one) => one.by === book));
      const first = named.find((one) => one.by === by[0]);
      if (remedy) expect(first?.cure).to.match(remedy);
      const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
      rows.push(
        `| ${name} | ${host} | ${finders.length > 0 ? finders.join(', ') : 'a warning'} | ${cell([...new Set([...(count === undefined ? [first] : named).flatMap((one) => (one ? [one.message] : [])), ...warnings.filter((one) => warned?.test(one)).map((one) => one.replace(/^\w+: /, 'warning: '))])].join('; '))} | ${cell(first?.cure ?? '')} |`,
      );
      await cured(on);
    });
  }

  it('is not seen where a host is in both groups', async () => {
    const both = lab.inventory().replace(/^( *)agents:\s*\n( *)hosts:\s*\n/m, (line, _, indent) => {
      return `${line}${String(indent)}  node1: {}\n`;
    });
    expect(both).to.match(/agents:\s*\n *hosts:\s*\n *node1: \{\}/);
    expect(await examined(`${folder({ 'lab.yml': both })}/lab.yml`)).to.deep.equal([]);
  });

  it('is not seen where the interfaces have other names, when they are told', async () => {
    const renamed = (from: string, to: string): void => {
      for (const host of [1, 2, 3])
        lab.shell(
          host,
          `a=$(ip -4 -o addr show ${from} | sed 's/.*inet \\([0-9./]*\\).*/\\1/')
           ip link set ${from} down; ip link set ${from} name ${to}; ip link set ${to} up
           ip addr show ${to} | grep -q "$a" || ip addr add "$a" dev ${to}`,
        );
    };
    renamed('eth1', 'enp2s0');
    for (const host of [1, 2, 3])
      lab.shell(
        host,
        `sed -i s/eth1/enp2s0/ ${FLAGS}; ${twice('--zone=trusted --change-interface=enp2s0')}`,
      );
    const names = ['-e', 'internal_interface=enp2s0'];
    expect(await examined(inventory, names)).to.deep.equal([]);
    // And not told: whoever looks at the host says which interfaces it has.
    const found = await examined();
    expect(found.map(({ message }) => message).join('\n')).to.match(
      /interface eth1 does not exist on this host; it has: enp2s0, eth0, lo/,
    );
    renamed('enp2s0', 'eth1');
    for (const host of [1, 2, 3]) await cured(host);
  });

  it('is well again when each was cured', async () => {
    expect(await examined()).to.deep.equal([]);
  });
});
