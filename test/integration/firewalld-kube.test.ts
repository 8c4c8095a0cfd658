import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { folder, inventoryOf, told } from './orch.ts';

const PACKAGES = ['iptables', 'libxtables12', 'libip4tc2', 'libip6tc2'];
const MORE = ['libnetfilter-conntrack3', 'libnfnetlink0', 'libnftnl11'];

/** The iptables of this distribution as one archive, for a host alone; nothing where it cannot be had. */
function iptables(): Buffer | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'orch-iptables-'));
  const script = `cd "$1"; shift; apt-get download "$@" && for d in *.deb; do dpkg -x "$d" root || exit; done && tar -C root -cf all.tar .`;
  const { status } = spawnSync('sh', ['-c', script, 'sh', dir, ...PACKAGES, ...MORE]);
  return status === 0 ? readFileSync(join(dir, 'all.tar')) : undefined;
}

/** Chains as kube-proxy and the plugin for hostPort make them. */
const RULES = `iptables -t nat -N KUBE-SERVICES; iptables -t nat -N CNI-HOSTPORT-DNAT
iptables -t nat -A KUBE-SERVICES -d 10.43.0.1/32 -p tcp -j RETURN
iptables -t nat -A CNI-HOSTPORT-DNAT -p tcp -j RETURN
iptables -t nat -A PREROUTING -j KUBE-SERVICES`;

describe('a reload of firewalld before 2.0 where K3s runs', function () {
  this.timeout(120_000);
  const lab = withLab(1);

  before(function () {
    const archive = iptables();
    if (!archive || !lab.shell(1, 'firewall-cmd --version').startsWith('1.')) return this.skip();
    lab.write(1, '/tmp/iptables.tar', archive);
    lab.shell(
      1,
      `tar -C / --keep-directory-symlink -xf /tmp/iptables.tar
for p in iptables ip6tables iptables-save ip6tables-save iptables-restore ip6tables-restore; do ln -sf xtables-nft-multi /usr/sbin/$p; done`,
    );
    // Nothing answers systemctl in a lab host: this says what it would say of a node.
    lab.write(
      1,
      '/usr/local/bin/systemctl',
      '#!/bin/sh\nprintf "active\\ninactive\\ninactive\\ninactive\\n"\n',
      '755',
    );
    lab.reboot(1);
    lab.shell(1, RULES);
  });
  after(() => lab.reset(1));

  const rules = (): number =>
    Number(lab.shell(1, "iptables-save | grep -c -- '-A KUBE-\\|-A CNI-' || :"));
  const book = join(
    folder({
      'book.yml':
        '- hosts: all\n  become: true\n  gather_facts: false\n  tasks:\n    - firewalld_zone: { zone: dmz, target: DROP }\n',
    }),
    'book.yml',
  );

  it('is refused unless it is allowed', async () => {
    const run = await told(['run', book, '-i', inventoryOf(lab, 'deploy')]);
    expect(run.exit, run.stdout).to.equal(2);
    expect(run.stdout).to.include('firewalld 1.3.3 flushes iptables on reload and k3s is active');
    expect(rules()).to.equal(2);
  });

  it('is told with the rules that are gone by it', async () => {
    const args = ['-i', inventoryOf(lab, 'deploy'), '--allow-disruption', 'reload'];
    const run = await told(['run', book, ...args]);
    expect(run.exit, run.stdout).to.equal(0);
    const warnings = run.all('task-ended').flatMap(({ outcome }) => outcome.warnings);
    expect(warnings).to.deep.equal([
      'the reload of firewalld took 2 of 2 rules of K3s away (chains KUBE-*, CNI-*): kube-proxy makes its own again within 30 s, those of hostPort (servicelb) come back only when their pods restart',
    ]);
    expect(rules()).to.equal(0);
  });
});
