import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, hostname, release, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { factsOf } from '../../../../src/modules/facts/gather.ts';
import { factsScript } from '../../../../src/modules/facts/probe.ts';
import { setup } from '../../../../src/modules/facts/setup.ts';
import { subsetsOf, type Subset } from '../../../../src/modules/facts/subsets.ts';
import type { Facts } from '../../../../src/modules/facts/system.ts';
import { Unknown } from '../../../../src/model/value.ts';
import { OrchError } from '../../../../src/lib/errors.ts';

const ALL: ReadonlySet<Subset> = new Set(['hardware', 'network', 'virtual']);

/** Facts of a host that told these sections. */
const from = (sections: string, env = 'A=1\0'): Facts =>
  factsOf(
    {
      stdout: Buffer.from(`@files\n${sections}\n@env\n${env}`),
      stderr: Buffer.from(''),
      exit: 0,
    },
    ALL,
  );

const file = (path: string, text: string): string =>
  text
    .split('\n')
    .map((line) => `${path}:${line}`)
    .join('\n');

const os = (text: string, more = ''): Facts => from(`${file('/etc/os-release', text)}\n${more}`);

const shells: readonly (readonly [string, readonly string[]])[] = (
  [
    ['sh', []],
    ['dash', []],
    ['busybox', ['sh']],
  ] as const
).filter(([shell]) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0);

describe('setup', () => {
  for (const [shell, args] of shells) {
    it(`asks this machine with ${shell}`, () => {
      const dir = mkdtempSync(join(tmpdir(), 'orch-facts-'));
      try {
        writeFileSync(join(dir, 'json.fact'), '{"a": [1, "{{ x }}"]}');
        writeFileSync(join(dir, 'ini.fact'), '[part]\nKey = some value\n@env\n');
        writeFileSync(join(dir, 'run.fact'), '#!/bin/sh\necho \'{"ran": true}\'\n', {
          mode: 0o755,
        });
        const { stdout, stderr, status } = spawnSync(shell, args, {
          input: factsScript(ALL, dir).text,
          env: { ...process.env, ORCH_TEST: 'two\nlines' },
        });
        const facts = factsOf({ stdout, stderr, exit: status ?? 1 }, ALL);
        expect(stderr.toString()).to.equal('');
        expect(facts).to.include({
          ...{ system: 'Linux', nodename: hostname(), kernel: release() },
          ...{ machine: arch() === 'x64' ? 'x86_64' : arch(), user_id: userInfo().username },
          ...{ user_uid: userInfo().uid, user_dir: userInfo().homedir },
        });
        expect(facts['memtotal_mb']).to.be.greaterThan(10);
        expect(facts['processor_nproc']).to.be.at.least(1);
        expect(facts['env']).to.include({ ORCH_TEST: 'two\nlines' });
        expect(facts['local']).to.deep.equal({
          ini:
            'error loading facts as JSON or ini - please check content: ' + join(dir, 'ini.fact'),
          json: { a: [1, '{{ x }}'] },
          run: { ran: true },
        });
        const { epoch, iso8601 } = facts['date_time'] as Readonly<Record<string, string>>;
        expect(Math.abs(Number(epoch) * 1000 - Date.now())).to.be.lessThan(60_000);
        expect(iso8601).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      } finally {
        rmSync(dir, { recursive: true });
      }
    });
  }

  it('knows distributions by the names Ansible gives them', () => {
    const brief = (facts: Facts): unknown =>
      ['distribution', 'os_family', 'distribution_version', 'distribution_major_version']
        .concat('distribution_release', 'pkg_mgr')
        .map((name) => facts[name] as string)
        .join(' ');
    expect(
      brief(
        os(
          'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm',
          `${file('/etc/debian_version', '12.11')}\n@there\n/usr/bin/apt-get`,
        ),
      ),
    ).to.equal('Debian Debian 12.11 12 bookworm apt');
    expect(
      brief(
        os('ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy', '@there\n/usr/bin/apt-get'),
      ),
    ).to.equal('Ubuntu Debian 22.04 22 jammy apt');
    expect(
      brief(
        os(
          'NAME="Rocky Linux"\nID="rocky"\nVERSION_ID="9.3"',
          `${file('/etc/redhat-release', 'Rocky Linux release 9.3 (Blue Onyx)')}\n@there\n/usr/bin/dnf\n/usr/bin/yum`,
        ),
      ),
    ).to.equal('Rocky RedHat 9.3 9 Blue Onyx dnf');
    expect(
      brief(
        os(
          'ID=alpine\nVERSION_ID=3.19.1',
          `${file('/etc/alpine-release', '3.19.1')}\n@there\n/sbin/apk`,
        ),
      ),
    ).to.equal('Alpine Alpine 3.19.1 3 NA apk');
    expect(brief(os('ID="sles"\nVERSION_ID="15.5"', '@there\n/usr/bin/zypper'))).to.equal(
      'SLES Suse 15.5 15 NA zypper',
    );
  });

  it('knows interfaces, secondary addresses, and the way to the world', () => {
    const facts = from(
      [
        ...[
          '@net',
          '/sys/class/net/eth0/address:02:00:00:00:00:01',
          '/sys/class/net/eth0/mtu:1400',
        ],
        ...['/sys/class/net/eth0/type:1', '/sys/class/net/eth0/operstate:up'],
        ...['/sys/class/net/eth0/flags:0x1003', '/sys/class/net/br-x/address:02:00:00:00:00:02'],
        ...[
          '/sys/class/net/br-x/bridge/bridge_id:8000.02',
          '/sys/class/net/br-x/bridge/stp_state:0',
        ],
        ...[
          '@netlinks',
          'lrwxrwxrwx 1 root root 0 Nov 25 /sys/class/net/br-x/brif/eth0 -> ../../eth0/brport',
        ],
        '@addr',
        '2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever preferred_lft forever',
        '2: eth0    inet 192.0.2.3/24 scope global secondary eth0:1\\       valid_lft forever preferred_lft forever',
        '2: eth0    inet6 fd00::2/64 scope global \\       valid_lft forever preferred_lft forever',
        ...['@route4', '8.8.8.8 via 192.0.2.1 dev eth0 src 192.0.2.2 uid 0', '    cache'],
      ].join('\n'),
    );
    expect(facts['interfaces']).to.deep.equal(['eth0', 'br-x']);
    expect(facts['default_ipv4']).to.deep.equal({
      ...{ interface: 'eth0', address: '192.0.2.2', gateway: '192.0.2.1', alias: 'eth0' },
      ...{ broadcast: '192.0.2.255', netmask: '255.255.255.0', network: '192.0.2.0', prefix: '24' },
      ...{ macaddress: '02:00:00:00:00:01', mtu: 1400, type: 'ether' },
    });
    expect(facts['default_ipv6']).to.deep.equal({});
    expect(facts['all_ipv4_addresses']).to.deep.equal(['192.0.2.2', '192.0.2.3']);
    expect(facts['eth0']).to.deep.include({
      ...{ device: 'eth0', active: true, type: 'ether', promisc: false },
      ipv6: [{ address: 'fd00::2', prefix: '64', scope: 'global' }],
    });
    expect(facts['br_x']).to.deep.include({
      ...{ device: 'br-x', type: 'bridge', interfaces: ['eth0'], stp: false },
    });
  });

  it('takes no interface for a variable that says how the host is reached', () => {
    const net = ['host', 'user', 'connection', 'become_password', 'python_interpreter', 'hostname']
      .map((name) => `/sys/class/net/${name}/mtu:1500`)
      .join('\n');
    const facts = from(`${file('/proc/sys/kernel/hostname', 'node1')}\n@net\n${net}`);
    for (const name of ['host', 'user', 'connection', 'become_password', 'python_interpreter'])
      expect(facts, name).not.to.have.property(name);
    expect(facts['hostname']).to.equal('node1');
    expect(Object.getPrototypeOf(from('', '__proto__=x\0')['env'])).to.equal(Object.prototype);
  });

  it('gathers what is asked for', () => {
    const of = (...words: string[]): string => [...subsetsOf(words)].sort().join(' ');
    expect(of()).to.equal('hardware network virtual');
    expect(of('all')).to.equal('hardware network virtual');
    expect(of('!all')).to.equal('');
    expect(of('min')).to.equal('');
    expect(of('!all', 'network')).to.equal('network');
    expect(of('!hardware')).to.equal('network virtual');
    expect(of('network', 'virtual')).to.equal('network virtual');
    expect(of('mounts')).to.equal('hardware');
    expect(setup.problems?.({ gather_subset: ['!hardwear'] })).to.deep.equal([
      {
        pointer: '/gather_subset',
        message: 'There is no subset "hardwear". Did you mean "hardware"?',
      },
    ]);
    expect(setup.problems?.({ gather_subset: new Unknown('later') })).to.deep.equal([]);
  });

  it('shows what the filter names', () => {
    const facts = from(file('/proc/sys/kernel/hostname', 'node1.example.org'));
    const shown = (filter: string | string[]): unknown =>
      Object.keys(
        setup.inspect(
          { state: null, facts },
          { gather_subset: ['all'], filter, fact_path: '', gather_timeout: 10 },
        ).data['ansible_facts'] as object,
      );
    expect(shown('ansible_hostname')).to.deep.equal(['ansible_hostname']);
    expect(shown(['host*', 'ansible_node?ame'])).to.deep.equal([
      'ansible_hostname',
      'ansible_nodename',
    ]);
  });

  it('refuses what is no reply of its', () => {
    for (const text of ['', '@files\n', 'garbage'])
      expect(() =>
        factsOf({ stdout: Buffer.from(text), stderr: Buffer.from(''), exit: 0 }, ALL),
      ).to.throw(OrchError, 'did not tell its facts');
  });

  it('tells what real Ansible tells of this machine, where that is installed', function () {
    if (!existsSync('/usr/bin/ansible')) this.skip();
    this.timeout(120_000);
    const out = execFileSync(
      '/usr/bin/ansible',
      ['localhost', '-m', 'setup', '-e', 'ansible_python_interpreter=/usr/bin/python3'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const theirs = (
      JSON.parse(out.slice(out.indexOf('=>') + 2)) as { ansible_facts: Record<string, unknown> }
    ).ansible_facts;
    const { stdout, stderr, status } = spawnSync('dash', [], {
      input: factsScript(ALL, '/etc/ansible/facts.d').text,
    });
    const ours = factsOf({ stdout, stderr, exit: status ?? 1 }, ALL);
    /** What moves by itself (a lab beside this, too), what is Python's, what orch tells less of, and the name that Python's resolver makes up. */
    const apart =
      /^(date_time|loadavg|mem.*|mounts|uptime_seconds|env|swapfree_mb|python.*|selinux_python_present|device_links|devices|fibre_channel_wwn|hostnqn|iscsi_iqn|lvm|system_capabilities.*|fqdn|domain|interfaces|all_ip.*|[a-z0-9]+x.*|veth.*|or(?:br)?\d.*)$/;
    for (const [key, value] of Object.entries(theirs)) {
      const name = key.replace(/^ansible_/, '');
      if (apart.test(name)) continue;
      // Sets of Python come in any order.
      if (name.startsWith('virtualization_tech'))
        expect(ours[name], name).to.have.members(value as string[]);
      else expect(ours[name], name).to.deep.equal(value);
    }
    expect(Object.keys((ours['date_time'] ?? {}) as object)).to.have.members(
      Object.keys(theirs['ansible_date_time'] as object),
    );
  });
});
