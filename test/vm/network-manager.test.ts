import { expect } from 'chai';
import { folder, told } from '../integration/orch.ts';
import { withMachine } from '../lab/vm.ts';

const PLAY = `
- hosts: vm1
  gather_facts: false
  tasks:
    - name: The cluster's network is trusted
      firewalld_zone: { zone: trusted, interfaces: [eth1] }
`;
const BACK = PLAY.replace('zone: trusted', 'zone: public').replace('trusted', 'public');

describe('firewalld_zone where NetworkManager owns the interfaces', () => {
  const machine = withMachine('nm');
  const files = folder({ 'play.yml': PLAY, 'back.yml': BACK });
  let inventory = '';
  const orch = (verb: 'run' | 'check', play = 'play') =>
    told([verb, `${files}/${play}.yml`, '-i', inventory]);
  const profile = (): string =>
    machine.shell('nmcli -g connection.zone connection show eth1').trim();
  const running = (): string => machine.shell('firewall-cmd --get-zone-of-interface=eth1').trim();
  const zoneFiles = (): string =>
    machine.shell(
      'grep -l "interface name=\\"eth1\\"" /etc/firewalld/zones/*.xml 2>/dev/null || :',
    );
  before(() => {
    inventory = `${folder({ 'vms.yml': machine.inventory() })}/vms.yml`;
  });

  it('Z14 names the zone in the connection, which holds at once, and writes no zone file', async () => {
    expect(profile()).to.equal('');
    const check = await orch('check');
    expect(check.totals['vm1'], check.stdout + check.stderr).to.include({ changed: 1, failed: 0 });
    const run = await orch('run');
    expect(run.totals['vm1'], run.stdout + run.stderr).to.include({ changed: 1, failed: 0 });
    expect(profile()).to.equal('trusted');
    expect(running()).to.equal('trusted');
    expect(zoneFiles()).to.equal('');
    const again = await orch('run');
    expect(again.totals['vm1'], again.stdout).to.include({ changed: 0, failed: 0 });
  });

  it('Z14 holds when the connection comes up anew, after a reload, and after a reboot', async () => {
    machine.shell('nmcli connection up eth1 >/dev/null; firewall-cmd --reload');
    expect(running()).to.equal('trusted');
    machine.reboot();
    expect(running()).to.equal('trusted');
    const check = await orch('check');
    expect(check.totals['vm1'], check.stdout).to.include({ changed: 0, failed: 0 });
  });

  it('takes a binding in a zone file away, which the connection would be at odds with', async () => {
    machine.shell(
      `f=/etc/firewalld/zones/public.xml; [ -e $f ] || cp /usr/lib/firewalld/zones/public.xml $f
       sed -i 's|</zone>|  <interface name="eth1"/>\\n</zone>|' $f; sleep 6`,
    );
    const run = await orch('run');
    expect(run.totals['vm1'], run.stdout).to.include({ changed: 1, failed: 0 });
    expect(zoneFiles()).to.equal('');
    expect(profile()).to.equal('trusted');
  });

  it('Z15 fails when NetworkManager says success and moves nothing, and takes back what it did', async () => {
    machine.shell(`printf '#!/bin/sh\\ncase "$*" in *modify*) exit 0 ;; esac\\nexec /usr/bin/nmcli "$@"\\n' >/usr/local/bin/nmcli
      chmod 755 /usr/local/bin/nmcli`);
    const run = await orch('run', 'back');
    expect(run.totals['vm1'], run.stdout).to.include({ failed: 1, changed: 0 });
    expect(run.stdout).to.contain(
      'NetworkManager said yes, yet the connection of eth1 names the zone',
    );
    expect(running()).to.equal('trusted');
    machine.shell('rm /usr/local/bin/nmcli');
  });

  it('says so where NetworkManager runs and there is no nmcli', async () => {
    machine.shell('mv /usr/bin/nmcli /usr/bin/nmcli.away');
    const run = await orch('run', 'back');
    expect(run.totals['vm1'], run.stdout).to.include({ failed: 1, changed: 0 });
    expect(run.stdout).to.contain('has no nmcli');
    machine.shell('mv /usr/bin/nmcli.away /usr/bin/nmcli');
  });

  it('does the same through firewall-cmd, where there is no busctl', async () => {
    machine.shell('chmod 0 /usr/bin/busctl; mv /usr/bin/busctl /usr/bin/busctl.away');
    const run = await orch('run', 'back');
    machine.shell('mv /usr/bin/busctl.away /usr/bin/busctl; chmod 755 /usr/bin/busctl');
    expect(run.totals['vm1'], run.stdout).to.include({ changed: 1, failed: 0 });
    expect(running()).to.equal('public');
    expect(profile()).to.equal('public');
    expect(zoneFiles()).to.equal('');
  });
});
