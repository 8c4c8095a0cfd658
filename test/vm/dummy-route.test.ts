import { expect } from 'chai';
import { type Owner, withMachine } from '../lab/vm.ts';
import { folder, told } from '../integration/orch.ts';

const PLAY = `
- hosts: vm1
  gather_facts: false
  tasks:
    - name: K3s finds a default route
      dummy_route: { metric: 4096 }
      register: route
    - debug: { var: route.persisted_by }
`;

const KEEPERS: Readonly<Record<Owner, string>> = {
  nm: 'networkmanager',
  networkd: 'networkd',
  ifupdown: 'ifupdown',
  none: 'systemd',
};

for (const [owner, keeper] of Object.entries(KEEPERS) as [Owner, string][]) {
  describe(`dummy_route on a machine whose networking is ${owner}'s`, () => {
    const machine = withMachine(owner);
    const files = folder({ 'play.yml': PLAY });
    let inventory = '';
    const orch = (verb: 'run' | 'check') => told([verb, `${files}/play.yml`, '-i', inventory]);
    const defaults = (): string => machine.shell('ip -4 route show table main default').trim();
    before(() => {
      inventory = `${folder({ 'vms.yml': machine.inventory() })}/vms.yml`;
    });

    it('D1 makes the route, foreseen to the letter, and makes it once', async () => {
      expect(defaults()).to.equal('');
      const check = await orch('check');
      expect(check.totals['vm1'], check.stdout + check.stderr).to.include({
        changed: 1,
        failed: 0,
      });
      expect(defaults()).to.equal('');
      const run = await orch('run');
      expect(run.totals['vm1'], run.stdout + run.stderr).to.include({ changed: 1, failed: 0 });
      expect(run.stdout).to.contain(keeper);
      expect(defaults()).to.match(
        /^default via 203\.0\.113\.255 dev dummy0 (proto static )?metric 4096$/,
      );
      expect(machine.shell('ip -d link show dummy0')).to.match(/^ {4}dummy\b/m);
      const again = await orch('run');
      expect(again.totals['vm1'], again.stdout).to.include({ changed: 0, failed: 0 });
    });

    it('D4 mends what somebody took away', async () => {
      machine.shell('ip route del default dev dummy0');
      const run = await orch('run');
      expect(run.totals['vm1'], run.stdout).to.include({ changed: 1, failed: 0 });
      expect(defaults()).to.contain('dev dummy0');
    });

    it('is there after a reboot: nothing left to do', async () => {
      machine.reboot();
      const check = await orch('check');
      expect(check.totals['vm1'], check.stdout).to.include({ changed: 0, failed: 0 });
      expect(defaults()).to.contain('via 203.0.113.255 dev dummy0');
    });

    it('D14 rewrites its file when somebody edited it', async () => {
      machine.shell(
        `for f in /etc/NetworkManager/system-connections/orch-dummy0.nmconnection /etc/systemd/network/90-orch-dummy0.network \\
           /etc/network/interfaces.d/orch-dummy0 /etc/systemd/system/orch-dummy0.service; do
           [ ! -e $f ] || sed -i 's/4096/777/' $f; done`,
      );
      const run = await told(['run', `${files}/play.yml`, '-i', inventory, '--diff']);
      expect(run.totals['vm1'], run.stdout).to.include({ changed: 1, failed: 0 });
      expect(run.stdout).to.contain('777');
      expect(defaults()).to.match(/^[^\n]*metric 4096$/);
    });

    it('D3 goes away, with its files, when a real default route is there', async () => {
      machine.shell('ip route add default via 10.92.1.2 dev eth0 metric 100');
      const run = await orch('run');
      expect(run.totals['vm1'], run.stdout).to.include({ changed: 1, failed: 0 });
      expect(defaults()).to.match(/^default via 10\.92\.1\.2 dev eth0 metric 100$/);
      const left = machine.shell(
        'ls -d /sys/class/net/dummy0 /etc/*/*/*orch-dummy0* /etc/systemd/system/*/orch-dummy0* 2>/dev/null || :',
      );
      expect(left).to.equal('');
      const again = await orch('run');
      expect(again.totals['vm1'], again.stdout).to.include({ changed: 0, failed: 0 });
    });
  });
}
