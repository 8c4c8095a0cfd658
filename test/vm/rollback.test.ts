import { expect } from 'chai';
import { folder, orch } from '../integration/orch.ts';
import { withMachine } from '../lab/vm.ts';

const UNIT =
  '[Unit]\\nDescription=old\\n[Service]\\nExecStart=/bin/sleep 1d\\n[Install]\\nWantedBy=multi-user.target\\n';

const PLAY = `
- hosts: vm1
  gather_facts: false
  tasks:
    - copy:
        dest: /etc/systemd/system/thing.service
        content: "[Unit]\\nDescription=new\\n[Service]\\nExecStart=/bin/sleep 2d\\n[Install]\\nWantedBy=multi-user.target\\n"
    - systemd: { name: thing, state: stopped, enabled: false, daemon_reload: true }
    - systemd: { name: cron, state: restarted }
    - dummy_route: { state: present }
    - firewalld_zone: { zone: trusted, interfaces: [eth1] }
    - firewalld_zone: { zone: made, target: DROP, sources: [198.51.100.0/24] }
    - modprobe: { name: dummy, state: present, persistent: present }
`;

/** All that the play touches, by the tools of others. NetworkManager forgets the zone of a link that is gone when it likes. */
const LOOK = `set +e; cat /etc/systemd/system/thing.service; systemctl is-active thing; systemctl is-enabled thing
ip -br link show type dummy; ip -4 route; nmcli -g connection.zone connection show eth1; nmcli -g NAME connection show | sort
firewall-cmd --list-all-zones | sed 's/ dummy0//'; firewall-cmd --permanent --list-all-zones; ls /etc/firewalld/zones | grep -v old
find /etc/NetworkManager/system-connections /etc/modules-load.d /etc/modprobe.d -type f -name '*dummy*' -exec sha256sum {} + | sort; true`;

describe('orch rollback on a machine with systemd and NetworkManager', function () {
  this.timeout(300_000);
  const machine = withMachine('nm');

  it('puts services, routes, the zone of a connection and a new zone back', async () => {
    const files = folder({ 'play.yml': PLAY, 'vms.yml': machine.inventory() });
    const env = { ORCH_STATE_DIR: folder({}) };
    machine.shell(`printf '${UNIT}' >/etc/systemd/system/thing.service; chmod 640 /etc/systemd/system/thing.service
systemctl daemon-reload; systemctl enable --now thing 2>/dev/null`);
    const before = machine.shell(LOOK);
    const run = await orch(['run', `${files}/play.yml`, '-i', `${files}/vms.yml`], env);
    expect(run.exit, run.stdout + run.stderr).to.equal(0);
    expect(machine.shell(LOOK)).to.not.equal(before);
    const check = await orch(['rollback', 'last', '-C'], env);
    expect(check.exit, check.stdout + check.stderr).to.equal(0);
    const said = check.stdout + check.stderr;
    expect(said).to.match(/cron\.service cannot be taken back: it happened/);
    expect(said).to.match(/\((?:connection|reload): /);
    const done = await orch(['rollback', 'last'], env);
    expect(done.exit, done.stdout + done.stderr).to.equal(0);
    expect(machine.shell(LOOK)).to.equal(before);
    const recap = (text: string): string => /^vm1 .*$/m.exec(text)?.[0] ?? '';
    expect(recap(done.stdout)).to.equal(recap(check.stdout));
  });
});
