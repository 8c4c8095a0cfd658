import { expect } from 'chai';
import { inventoryOf, told } from '../integration/orch.ts';
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
  },
];

describe('a broken cluster, looked at by verify.yml, precheck.yml, connectivity.yml and doctor.yml', function () {
  this.timeout(600_000);
  const lab = withLab(3);
  let inventory = '';
  const rows: string[] = [];

  const examined = async (): Promise<readonly Found[]> => {
    const all: Found[] = [];
    for (const by of BOOKS) {
      const run = await told(['run', `playbooks/${by}.yml`, '-i', inventory]);
      const found = run
        .all('task-ended')
        .flatMap(({ host, outcome }) =>
          outcome.findings.map(({ message, cure }) => ({ by, host, message, cure: cure ?? '' })),
        );
      expect(run.exit, `${by}\n${run.stdout}${run.stderr}`).to.equal(found.length > 0 ? 2 : 0);
      all.push(...found);
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
    rows.push('| none | | nobody | | |');
  });

  for (const { name, on, make, by, words, cure: remedy, reachesOthers } of FAULTS) {
    it(`is diagnosed: ${name}`, async () => {
      lab.shell(on, make);
      const found = await examined();
      const host = `node${on}`;
      const named = found.filter((one) => one.host === host && words.test(one.message));
      expect([...new Set(named.map((one) => one.by))], JSON.stringify(found)).to.include.members([
        ...by,
      ]);
      for (const { cure } of found) expect(cure).to.match(/\S \S/);
      // No other host is accused; those who cannot reach it name it.
      for (const one of found.filter((other) => other.host !== host)) {
        expect(reachesOthers, JSON.stringify(one)).to.equal(true);
        expect(one).to.deep.include({ by: 'connectivity' });
        expect(one.message).to.contain(host);
      }
      const finders = BOOKS.filter((book) => found.some((one) => one.by === book));
      const first = named.find((one) => one.by === by[0]);
      if (remedy) expect(first?.cure).to.match(remedy);
      const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
      rows.push(
        `| ${name} | ${host} | ${finders.join(', ')} | ${cell(first?.message ?? '')} | ${cell(first?.cure ?? '')} |`,
      );
      await cured(on);
    });
  }

  it('is well again when each was cured', async () => {
    expect(await examined()).to.deep.equal([]);
  });
});
