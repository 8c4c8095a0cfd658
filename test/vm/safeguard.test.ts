import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { folder, orch, told, type Told } from '../integration/orch.ts';
import { type Owner, withMachine } from '../lab/vm.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Seconds the machine waits. */
const TIMER = 30;
/** Everything a change could have touched, told by the tools of the machine. */
const STATE = `
firewall-cmd --list-all-zones; firewall-cmd --permanent --list-all-zones; firewall-cmd --get-default-zone
ip -d addr show | grep -v 'valid_lft\\|dummy'; ip -4 route show table all | grep -v expires | sort
cd /etc/firewalld; find . -type f ! -name '*.old' | sort | xargs -r md5sum
cat /etc/motd 2>/dev/null || :
! command -v nmcli >/dev/null || for c in eth0 eth1; do nmcli -g connection.zone connection show $c 2>/dev/null || :; done
systemctl is-active ssh sshd 2>/dev/null | sort -u
`;

/** What orch could have left: folders, units, hooks, processes. */
const LEFT = `
ls -d /run/orch /var/lib/orch /run/orch-lease* 2>/dev/null || :
ls /etc/systemd/system /etc/systemd/system/multi-user.target.wants | grep orch || :
systemctl list-units --no-legend 'orch*' || :
systemctl list-unit-files --no-legend 'orch*' || :
ps -eo args | grep '[f]ire /run/orch' || :
`;

/** CLIENT stands for the address the machine sees. */
interface LockOut {
  readonly title: string;
  readonly tasks: string;
}

const shell = (run: string, undo: string): string =>
  `    - shell: ${run}\n      undo:\n        - shell: ${undo}\n`;

const LOCK_OUTS: readonly LockOut[] = [
  {
    title: 'the service ssh is removed',
    tasks: '    - firewalld_zone: { zone: public, remove: { services: [ssh] } }\n',
  },
  {
    title: 'the interface goes to zone drop',
    tasks: '    - firewalld_zone: { zone: drop, interfaces: [eth0] }\n',
  },
  {
    title: 'a route shadows the control node',
    tasks: shell('ip route add blackhole CLIENT/32', 'ip route del blackhole CLIENT/32'),
  },
  {
    title: 'sshd is stopped',
    tasks: shell('systemctl stop ssh.socket ssh || systemctl stop ssh', 'systemctl start ssh'),
  },
];

const OWNERS: readonly Owner[] = ['networkd', 'nm'];

for (const owner of OWNERS)
  describe(`safeguards on a real machine (${owner})`, function () {
    this.timeout(900_000);
    const machine = withMachine(owner);
    let inventory = '';
    let port = 0;
    let client = '';
    let before_ = '';
    const rows: string[] = [];
    const book = (safeguard: string, tasks: string): string =>
      join(
        folder({
          'book.yml': `- hosts: vm1\n  gather_facts: false\n  safeguard: ${safeguard}\n  tasks:\n${tasks}`,
        }),
        'book.yml',
      );
    const run = (playbook: string, ...more: string[]): Promise<Told> =>
      told(['run', playbook, '-i', inventory, ...more]);
    /** Whether sshd greets a new connection: where packets are dropped, only that it stays silent can be told. */
    const answers = (): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1');
        const end = (greets: boolean): void => {
          socket.destroy();
          resolve(greets);
        };
        socket.setTimeout(4000, () => end(false));
        socket.once('error', () => end(false)).once('close', () => end(false));
        socket.once('data', (bytes: Buffer) => end(bytes.toString().startsWith('SSH-')));
      });
    const boot = (): string => machine.shell('cat /proc/sys/kernel/random/boot_id').trim();
    const state = (): string => machine.shell(STATE);
    /**
     * Starts a run and kills orch as soon as the machine has its undo and the change; where the answer cannot come back any
     * more, when it was silent for twenty seconds.
     */
    const killedOnceArmed = async (playbook: string): Promise<void> => {
      const args = ['run', playbook, '--allow-lockout', '-i', inventory, '--output', 'ndjson'];
      const child = spawn(process.execPath, [MAIN, ...args], {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, ORCH_STATE_DIR: folder({}) },
      });
      await new Promise<void>((resolve, reject) => {
        let said = '';
        let silent: NodeJS.Timeout | undefined;
        child.stdout.on('data', (bytes: Buffer) => {
          said += bytes.toString();
          clearTimeout(silent);
          // What is armed may be told before the change itself is made.
          if (said.includes('"armed"')) silent = setTimeout(resolve, 2000);
          else if (said.includes('"host-connected"')) silent = setTimeout(resolve, 20_000);
        });
        child.once('exit', () => reject(new Error(`orch ended before it had an undo: ${said}`)));
      });
      child.kill('SIGKILL');
    };
    /** Waits until the state is as it was; seconds it took. */
    const isBack = async (seconds: number): Promise<number> => {
      const from = performance.now();
      const took = (): number => (performance.now() - from) / 1000;
      while (took() < seconds) {
        if (await answers()) {
          const back = took();
          if (state() === before_) return back;
        }
        await pause(500);
      }
      expect(await answers(), 'the machine answers').to.equal(true);
      expect(state()).to.equal(before_);
      return took();
    };
    /** The next run says what the machine did, and nothing is left of it then. */
    const nextRunTells = async (words: RegExp): Promise<void> => {
      const next = await told([
        ...['run', book('30s', '    - firewalld_port: { ports: [8080/tcp] }\n'), '-i', inventory],
      ]);
      expect(next.exit, next.stdout + next.stderr).to.equal(12);
      expect(next.stdout).to.match(words);
      machine.shell(
        'firewall-cmd -q --remove-port=8080/tcp --permanent; firewall-cmd -q --remove-port=8080/tcp',
      );
      machine.shell('rm -f /etc/firewalld/zones/public.xml.old');
      expect(machine.shell(LEFT)).to.equal('');
    };

    before(() => {
      const text = machine.inventory();
      inventory = join(folder({ 'vms.yml': text }), 'vms.yml');
      client = machine.shell('echo "${SSH_CONNECTION%% *}"').trim();
      port = Number(/ansible_port: (\d+)/.exec(text)?.[1]);
      // The first write of a zone makes its file: that is no difference that matters here.
      machine.shell(
        'firewall-cmd -q --permanent --zone=public --add-port=8080/tcp; firewall-cmd -q --permanent --zone=public --remove-port=8080/tcp',
      );
      before_ = state();
      expect(machine.shell(LEFT)).to.equal('');
    });
    after(() => console.log(rows.join('\n')));

    it('keeps a file and a port, and leaves nothing', async () => {
      const kept = await run(
        book(
          `${TIMER}s`,
          '    - copy: { dest: /etc/motd, content: "kept\\n" }\n    - firewalld_port: { ports: [8443/tcp] }\n',
        ),
      );
      expect(kept.exit, kept.stdout + kept.stderr).to.equal(0);
      expect(kept.totals['vm1']).to.include({ changed: 2 });
      expect(machine.shell('cat /etc/motd; firewall-cmd --list-ports')).to.equal(
        'kept\n8443/tcp\n',
      );
      expect(machine.shell(LEFT)).to.equal('');
      machine.shell(
        'firewall-cmd -q --permanent --remove-port=8443/tcp; firewall-cmd -q --remove-port=8443/tcp',
      );
      before_ = state();
    });

    for (const { title, tasks } of LOCK_OUTS)
      it(`${title}, the control node dies: systemd's timer takes it back`, async () => {
        await killedOnceArmed(book(`${TIMER}s`, tasks.replaceAll('CLIENT', client)));
        expect(await answers(), 'it is locked out').to.equal(false);
        const took = await isBack(TIMER + 10);
        rows.push(`| ${owner} | ${title} | systemd's timer | ${took.toFixed(0)} s after | equal |`);
        await nextRunTells(/rolled back: a change was not confirmed in time/);
      });

    it('reboots while locked out, with a new zone: its boot unit takes it back', async () => {
      const old = boot();
      machine.shell('nohup sh -c "sleep 75; systemctl reboot" >/dev/null 2>&1 &');
      await killedOnceArmed(
        book(
          '600s',
          `    - firewalld_zone: { zone: nodes, sources: ["${client}/24"] }\n    - copy: { dest: /etc/motd, content: "lost\\n" }\n`,
        ),
      );
      expect(await answers(), 'it is locked out').to.equal(false);
      await isBack(180);
      expect(boot()).to.not.equal(old);
      rows.push(
        `| ${owner} | a new zone takes the network of the control node | boot unit | after the reboot | equal |`,
      );
      await nextRunTells(/rolled back: .*started anew/);
    });

    it('reboots while a person is to confirm: its boot unit takes it back', async () => {
      const manual = await run(
        book(
          '{ timeout: 600s, confirm: manual }',
          '    - copy: { dest: /etc/motd, content: "unconfirmed\\n" }\n    - firewalld_zone: { zone: extra, ports: [9999/tcp] }\n',
        ),
      );
      expect(manual.exit, manual.stdout + manual.stderr).to.equal(0);
      expect(machine.shell('cat /etc/motd')).to.equal('unconfirmed\n');
      expect(machine.shell(LEFT)).to.include('orch-undo');
      machine.reboot();
      await isBack(120);
      rows.push(
        `| ${owner} | a file and a zone wait for a person | boot unit | after the reboot | equal |`,
      );
      await nextRunTells(/rolled back: .*started anew/);
      expect((await orch(['confirm', 'last'])).exit).to.not.equal(0);
    });
  });
