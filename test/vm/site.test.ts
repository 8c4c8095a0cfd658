import { expect } from 'chai';
import { type Owner, withMachine } from '../lab/vm.ts';
import { folder, told, type Told } from '../integration/orch.ts';

/** On plain systemd-networkd a route of DHCP would have a metric of 1024: the dummy's must be higher. */
const METRIC = ['-e', 'dummy_metric=4096'];

/** What must be there after the reboot, read by the tools of the machine, not by orch. */
const SURVIVES = `
echo "route $(ip -4 route show table main default)"
for z in public trusted; do
  echo "$z interfaces $(firewall-cmd --zone=$z --list-interfaces | tr ' ' '\\n' | grep eth | tr '\\n' ' ')"
  echo "$z sources $(firewall-cmd --zone=$z --list-sources | tr ' ' '\\n' | sort | tr '\\n' ' ')"
  echo "$z ports $(firewall-cmd --zone=$z --list-ports | tr ' ' '\\n' | sort | tr '\\n' ' ')"
done
echo "ip_forward $(cat /proc/sys/net/ipv4/ip_forward)"
echo "bridge-nf-call-iptables $(cat /proc/sys/net/bridge/bridge-nf-call-iptables)"
for m in overlay br_netfilter; do echo "module $m $([ -d /sys/module/$m ] && echo loaded)"; done
grep -v '^#' /etc/rancher/k3s/config.yaml.d/50-orch-network.yaml | sort
`;

const owners: readonly (readonly Owner[])[] = [['nm', 'networkd'], ['ifupdown']];

for (const pair of owners) {
  describe(`site.yml on machines whose networking is ${pair.join("'s and ")}'s`, function () {
    this.timeout(1_500_000);
    const machines = pair.map((owner, i) => withMachine(owner, i === 0 ? 1 : 2));
    let inventory = '';
    const orch = (verb: 'run' | 'check', book: string, ...more: string[]): Promise<Told> =>
      told([verb, `playbooks/${book}.yml`, '-i', inventory, ...METRIC, ...more]);
    const changed = (run: Told): readonly number[] =>
      machines.map(({ name }) => run.totals[name]?.changed ?? -1);
    const state = (): readonly string[] => machines.map((machine) => machine.shell(SURVIVES));
    let known = [] as readonly string[];
    /** Columns of the table that is printed: what changed, or was found, by machine. */
    const rows = new Map<string, readonly number[]>();
    const note = (column: string, counts: readonly number[]): void => void rows.set(column, counts);
    const findings = (run: Told): readonly number[] =>
      machines.map(
        ({ name }) =>
          run
            .all('task-ended')
            .filter(({ host, outcome }) => host === name && outcome.findings.length > 0).length,
      );
    before(() => {
      // Printed after both run: the first is the server, the second the agent.
      inventory = `${folder({ 'vms.yml': machines[0]!.inventory() })}/vms.yml`;
    });

    it('converges, verification and doctor included', async () => {
      const run = await orch('run', 'site');
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      note('first run', changed(run));
      for (const count of changed(run)) expect(count).to.be.greaterThan(5);
      known = state();
      for (const text of known)
        expect(text)
          .to.contain('dev dummy0')
          .and.contain('trusted interfaces eth1')
          .and.contain('ip_forward 1')
          .and.contain('bridge-nf-call-iptables 1')
          .and.contain('module br_netfilter loaded')
          .and.contain('flannel-iface: eth1')
          .and.match(/^public ports .*443\/tcp/m);
    });

    it('changes nothing the second time', async () => {
      const run = await orch('run', 'site');
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      note('second run', changed(run));
      expect(changed(run)).to.deep.equal(machines.map(() => 0));
    });

    it('is all there after a reboot: the same state, nothing foreseen, verification passes', async () => {
      for (const machine of machines) machine.reboot();
      for (const machine of machines)
        machine.shell('systemctl is-system-running --wait >/dev/null || :');
      expect(state()).to.deep.equal(known);
      const check = await orch('check', 'site', '--detailed-exitcode');
      expect(check.exit, check.stdout + check.stderr).to.equal(0);
      note('check after the reboot', changed(check));
      expect(changed(check)).to.deep.equal(machines.map(() => 0));
      const verify = await orch('run', 'verify');
      expect(verify.exit, verify.stdout + verify.stderr).to.equal(0);
      note('verify.yml', findings(verify));
    });

    if (pair.includes('nm'))
      it('finds an interface that NetworkManager took into another zone, with host and cure, and mends it', async () => {
        machines[0]!.shell('nmcli connection modify eth1 connection.zone public');
        const verify = await orch('run', 'verify');
        expect(verify.exit, verify.stdout + verify.stderr).to.equal(2);
        const found = verify
          .all('task-ended')
          .flatMap(({ host, outcome }) => outcome.findings.map((one) => ({ host, ...one })));
        expect(new Set(found.map(({ host }) => host))).to.deep.equal(new Set(['vm1']));
        expect(found.map(({ message }) => message).join('\n')).to.match(/zone trusted.*eth1/);
        for (const { cure } of found) expect(cure).to.match(/\S \S/);
        console.log(
          found
            .map(({ host, message, cure }) => `      ${host}: ${message}: ${cure ?? ''}`)
            .join('\n'),
        );
        const mended = await orch('run', 'segregated');
        expect(changed(mended), mended.stdout + mended.stderr).to.deep.equal([1, 0]);
        expect((await orch('run', 'verify')).exit).to.equal(0);
      });

    after(() => {
      const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
      console.log(
        [
          line(['networking', ...rows.keys()]),
          line(['---', ...[...rows].map(() => '---:')]),
          ...pair.map((owner, i) =>
            line([owner, ...[...rows.values()].map((counts) => String(counts[i]))]),
          ),
        ].join('\n'),
      );
    });
  });
}
