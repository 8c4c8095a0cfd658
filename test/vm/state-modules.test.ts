import { expect } from 'chai';
import { folder, told } from '../integration/orch.ts';
import { withMachine } from '../lab/vm.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHs3uTXVvQkLnPVbZ0Bp2yPjK8z4r4l3mB4wJ3T8dG6N';
const PLAY = `
- hosts: vm1
  gather_facts: false
  vars: { hash: "$6$salt$Xl2hCN8TmB1Jm5vV9ZkJ8rY5oXU1mXH2d0cT3Y2rV7m3pL0q8wE5tR9yU1iO2pA3sD4fG5hJ6kL7zX8cV9bN0/" }
  tasks:
    - hostname: { name: node-a }
    - timezone: { name: Europe/Berlin }
    - modprobe: { name: br_netfilter, persistent: present }
    - modprobe: { name: dummy, params: numdummies=0, persistent: present }
    - sysctl: { name: net.bridge.bridge-nf-call-iptables, value: "1", sysctl_file: /etc/sysctl.d/90-k3s.conf }
      when: not ansible_check_mode or after is defined # the module that brings it is not loaded by a check
    - sysctl: { name: net.ipv4.ip_forward, value: true, sysctl_file: /etc/sysctl.d/90-k3s.conf }
    - sysctl: { name: net.ipv4.ip_local_port_range, value: "20000 60000", sysctl_file: /etc/sysctl.d/90-k3s.conf }
    - group: { name: operators, gid: 2000 }
    - user:
        name: ops
        groups: [operators, systemd-journal]
        shell: /bin/bash
        password: "{{ hash }}"
    - authorized_key: { user: ops, key: "${KEY} ops@laptop" }
    - known_hosts: { name: backup.example.com, key: "backup.example.com ${KEY}" }
    - apt: { name: [lab-needs-tool, lab-hello=1.0], update_cache: true }
    - cron: { name: look around, minute: "*/5", job: "/bin/true", user: ops }
    - mount: { path: /mnt/scratch, src: tmpfs, fstype: tmpfs, opts: "size=8m,mode=750", state: mounted }
    - service: { name: cron, state: started, enabled: true }
    - systemd: { name: e2scrub_reap, masked: true, state: stopped }
`;

describe('state modules on a machine', () => {
  const machine = withMachine('networkd');
  const files = folder({ 'play.yml': PLAY, 'more.yml': MORE() });
  let inventory = '';
  const orch = (verb: 'run' | 'check', play = 'play', ...more: readonly string[]) =>
    told([verb, `${files}/${play}.yml`, '-i', inventory, ...more]);
  const says = (script: string): string => machine.shell(script).trim();
  before(() => {
    inventory = `${folder({ 'vms.yml': machine.inventory() })}/vms.yml`;
  });

  it('foresees, does, and has nothing left to do the second time', async () => {
    const check = await orch('check');
    expect(check.totals['vm1']?.changed, check.stdout + check.stderr).to.be.greaterThan(5);
    const run = await orch('run');
    expect(run.totals['vm1'], run.stdout + run.stderr).to.include({ failed: 0 });
    const again = await orch('run');
    expect(again.totals['vm1'], again.stdout).to.include({ failed: 0, changed: 0 });
  });

  it('did what it says, as the machine itself tells', () => {
    expect(says('hostname; cat /etc/hostname')).to.equal('node-a\nnode-a');
    expect(says('date +%Z')).to.match(/^CES?T$/);
    expect(says('lsmod')).to.match(/^br_netfilter/m);
    expect(says('sysctl -n net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables')).to.equal(
      '1\n1',
    );
    expect(says('id ops')).to.match(/gid=\d+\(ops\).*2000\(operators\)/);
    expect(says('stat -c "%U %a" /home/ops/.ssh /home/ops/.ssh/authorized_keys')).to.equal(
      'ops 700\nops 600',
    );
    expect(says('dpkg-query -W lab-needs-tool lab-tool lab-hello')).to.equal(
      'lab-hello\t1.0\nlab-needs-tool\t2.0\nlab-tool\t2.0',
    );
    expect(says('crontab -l -u ops')).to.contain('*/5 * * * * /bin/true');
    expect(says('findmnt -no FSTYPE,OPTIONS /mnt/scratch')).to.match(/tmpfs.*size=8192k/);
    expect(says('systemctl is-enabled e2scrub_reap || :')).to.equal('masked');
  });

  it('is started anew by reboot, and the play goes on there', async () => {
    const book = folder({
      'play.yml': `- hosts: vm1\n  gather_facts: false\n  tasks:\n    - slurp: { path: /proc/sys/kernel/random/boot_id }\n      register: old\n    - reboot: { reboot_timeout: 300 }\n      register: done\n    - slurp: { path: /proc/sys/kernel/random/boot_id }\n      register: new\n    - assert: { that: [done.rebooted, old.content != new.content] }\n      when: not ansible_check_mode\n`,
    });
    const check = await told(['check', `${book}/play.yml`, '-i', inventory]);
    expect(check.totals['vm1'], check.stdout).to.include({ failed: 0, changed: 1 });
    const old = says('cat /proc/sys/kernel/random/boot_id');
    const run = await told(['run', `${book}/play.yml`, '-i', inventory]);
    expect(run.totals['vm1'], run.stdout + run.stderr).to.include({ failed: 0, changed: 1 });
    expect(says('cat /proc/sys/kernel/random/boot_id')).to.not.equal(old);
  });

  it('all of it is there after a reboot', async () => {
    machine.reboot();
    const check = await orch('check', 'play', '-e', 'after=true');
    expect(check.totals['vm1'], check.stdout).to.include({ failed: 0, changed: 0 });
    expect(says('lsmod')).to.match(/^dummy /m);
    expect(says('ls -d /sys/class/net/dummy0 2>/dev/null || echo none')).to.equal('none');
  });

  it('restarts a service each time, and says so', async () => {
    const pid = (): string => says('systemctl show -p MainPID --value cron');
    const before = pid();
    const run = await orch('run', 'more', '--tags', 'restart');
    expect(run.totals['vm1'], run.stdout).to.include({ failed: 0, changed: 1 });
    expect(pid()).to.not.equal(before);
  });

  it('starts systemd anew, and does not wait for a unit with no_block', async () => {
    const book = folder({
      'play.yml': `- hosts: vm1
  gather_facts: false
  tasks:
    - copy:
        dest: /etc/systemd/system/slow.service
        content: "[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/sleep 10000\\n"
    - systemd: { daemon_reexec: true }
    - systemd: { name: slow, state: started, no_block: true, daemon_reload: true }
    - command: systemctl show -p ActiveState slow
      register: slow
    - systemd: { name: cron, state: restarted }
      register: cron
    - command: systemctl show -p MainPID cron
      register: pid
    - assert:
        that: [slow.stdout == "ActiveState=activating", 'pid.stdout == "MainPID=" ~ cron.status.MainPID']
    - systemd: { name: slow, state: stopped }
    - file: { path: /etc/systemd/system/slow.service, state: absent }
`,
    });
    const run = await told(['run', `${book}/play.yml`, '-i', inventory]);
    expect(run.totals['vm1'], run.stdout + run.stderr).to.include({ failed: 0, changed: 8 });
    expect(run.all('task-ended').map(({ outcome }) => outcome.kind)).to.not.include('failed');
  });

  it('takes it all away again', async () => {
    const run = await orch('run', 'more', '--tags', 'away');
    expect(run.totals['vm1'], run.stdout).to.include({ failed: 0 });
    expect(says('id ops 2>/dev/null || echo gone; getent group operators || echo gone')).to.equal(
      'gone\ngone',
    );
    expect(says('ls -d /home/ops /mnt/scratch 2>/dev/null || :')).to.equal('');
    expect(says('grep -c scratch /etc/fstab || :')).to.equal('0');
    const again = await orch('run', 'more', '--tags', 'away');
    expect(again.totals['vm1'], again.stdout).to.include({ failed: 0, changed: 0 });
  });
});

function MORE(): string {
  return `
- hosts: vm1
  gather_facts: false
  tasks:
    - service: { name: cron, state: restarted }
      tags: restart
    - cron: { name: look around, user: ops, state: absent }
      tags: away
    - mount: { path: /mnt/scratch, state: absent }
      tags: away
    - user: { name: ops, state: absent, remove: true }
      tags: away
    - group: { name: operators, state: absent }
      tags: away
    - apt: { name: [lab-needs-tool, lab-tool], state: absent, purge: true }
      tags: away
    - modprobe: { name: dummy, state: absent, persistent: absent }
      tags: away
`;
}
