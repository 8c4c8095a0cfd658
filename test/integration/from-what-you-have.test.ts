import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { compareFirewalls } from '../lab/read-firewall.ts';
import { folder, inventoryOf, orch, told } from './orch.ts';

describe('orch facts and orch firewall export, on real hosts', function () {
  this.timeout(120_000);
  const lab = withLab(3);
  let inventory = '';
  before(() => {
    inventory = inventoryOf(lab);
  });

  it('shows a line a host, in the order of the inventory', async () => {
    const { exit, stdout, stderr } = await orch(['facts', 'all', '-i', inventory]);
    expect(exit, stderr).to.equal(0);
    const [head = '', ...lines] = stdout.trimEnd().split('\n');
    expect(head).to.match(/^host +system +kernel/);
    expect(lines.map((line) => line.split(' ')[0])).to.deep.equal(['node1', 'node2', 'node3']);
    for (const [i, line] of lines.entries())
      expect(line)
        .to.contain('GiB')
        .and.contain(lab.address(i + 1));
  });

  it('shows what a filter or a path names, and JSON for programs', async () => {
    const asked = ['facts', 'node2', 'hostname', 'default_ipv4.address', '-i', inventory];
    const { exit, stdout, stderr } = await orch(asked);
    expect(exit, stderr).to.equal(0);
    expect(stdout).to.match(/^node2 +hostname +node2$/m);
    expect(stdout).to.match(new RegExp(`^node2 +default_ipv4\\.address +${lab.address(2)}$`, 'm'));
    expect(stdout).to.not.contain('default_ipv4.gateway');
    const json = await orch(['facts', 'servers', 'ansible_hostname', '--json', '-i', inventory]);
    expect(JSON.parse(json.stdout)).to.deep.equal({ node1: { ansible_hostname: 'node1' } });
  });

  it('tells of a host that cannot be asked, with a cure, and shows the others', async () => {
    const text = lab
      .inventory()
      .replace(/(node3: \{) ansible_host: [\d.]+/, '$1 ansible_host: 127.0.0.1, ansible_port: 1');
    const file = `${folder({ 'lab.yml': text })}/lab.yml`;
    const { exit, stdout, stderr } = await orch(['facts', 'all', 'hostname', '-i', file]);
    expect(exit).to.equal(4);
    expect(stdout).to.contain('node1').and.contain('node2').and.not.contain('node3');
    expect(stderr).to.match(/^node3 {2}[A-Z_]+: .*\n {2}cure: /m);
  });

  it('refuses a pattern without hosts with exit code 5', async () => {
    const { exit, stderr } = await orch(['facts', 'nobody', '-i', inventory]);
    expect(exit).to.equal(5);
    expect(stderr).to.contain('nobody');
  });

  it('exports zones that change nothing on their host, whatever was done to them', async () => {
    lab.shell(
      1,
      `firewall-cmd -q --permanent --new-zone=office; firewall-cmd -q --permanent --zone=office --set-target=DROP
       firewall-cmd -q --permanent --zone=office --add-source=192.0.2.0/24 --add-source=198.51.100.7
       firewall-cmd -q --permanent --zone=office --add-service=ssh
       firewall-cmd -q --permanent --zone=office --add-rich-rule='rule family="ipv4" source address="192.0.2.16/28" port port="2379-2380" protocol="tcp" log prefix="{{ 7 * 7 }} etcd " accept'
       firewall-cmd -q --permanent --zone=dmz --add-port=8080/tcp
       firewall-cmd -q --permanent --zone=public --add-forward-port=port=81:proto=tcp:toport=82
       firewall-cmd -q --permanent --zone=trusted --change-interface=eth1
       firewall-cmd -q --reload
       firewall-cmd -q --zone=public --add-port=9999/udp`,
    );
    const before = lab.firewall(1);
    const done = await orch(['firewall', 'export', 'node1', '-i', inventory]);
    expect(done.exit, done.stderr).to.equal(0);
    expect(done.stdout)
      .to.contain('zone: office')
      .and.contain('target: DROP')
      .and.contain('!unsafe')
      .and.contain('zone: dmz')
      .and.contain('persist: runtime')
      .and.contain('# Not managed by orch, forward ports');
    const book = `${folder({ 'node1.yml': done.stdout })}/node1.yml`;
    for (const verb of ['check', 'run'] as const) {
      const run = await told([verb, book, '-i', inventory]);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      expect(run.totals['node1']?.changed, run.stdout).to.equal(0);
    }
    expect(compareFirewalls(before, lab.firewall(1))).to.deep.equal([]);

    // On another host the same zones come out of it.
    const moved = done.stdout.replaceAll('node1', 'node2').replaceAll(/^ *# .*\n/gm, '');
    const there = await orch([
      'run',
      `${folder({ 'node2.yml': moved })}/node2.yml`,
      '-i',
      inventory,
    ]);
    expect(there.exit, there.stdout + there.stderr).to.equal(0);
    const again = await orch(['firewall', 'export', 'node2', '-i', inventory]);
    const zones = (text: string): string =>
      text.replaceAll(/^ *# .*\n/gm, '').replaceAll('node2', 'node1');
    expect(zones(again.stdout)).to.equal(zones(done.stdout));
  });

  it('keeps with --exclusive what is there now, and takes out what came later', async () => {
    lab.reset(3);
    const done = await orch(['firewall', 'export', 'node3', '--exclusive', '-i', inventory]);
    expect(done.exit, done.stderr).to.equal(0);
    const book = `${folder({ 'node3.yml': done.stdout })}/node3.yml`;
    const same = await told(['check', book, '-i', inventory]);
    expect(same.totals['node3']?.changed, same.stdout).to.equal(0);
    lab.shell(3, 'firewall-cmd -q --zone=public --add-port=1234/tcp');
    const run = await told(['run', book, '-i', inventory]);
    expect(run.totals['node3']?.changed, run.stdout).to.equal(1);
    expect(lab.shell(3, 'firewall-cmd --zone=public --list-ports').trim()).to.equal('');
  });
});
