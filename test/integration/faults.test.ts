import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import {
  KILL_FIREWALLD,
  ONLY_443,
  OPEN,
  faultOf,
  faulty,
  playbook,
  sinceHere,
  trap,
} from './faulty.ts';
import { inventoryOf, orch } from './orch.ts';

describe('faults of a firewall', function () {
  this.timeout(60_000);
  const lab = withLab(2);
  let inventory: string;
  before(() => {
    inventory = inventoryOf(lab);
  });
  beforeEach(() => lab.reset(1, 2));
  const attempt = (book: string, ...more: string[]) => faulty([book, '-i', inventory, ...more]);

  describe('names that do not exist', () => {
    for (const [what, task, column, message, hint] of [
      [
        'zone',
        'firewalld_port: { zone: pubic, ports: [443/tcp] }',
        31,
        'INVALID_ZONE: firewalld on this host has no zone "pubic"; it has: block, dmz, drop, external, home, internal, public, trusted, work. Did you mean "public"?',
        'make the zone first with firewalld_zone',
      ],
      [
        'interface',
        'firewalld_zone: { zone: trusted, interfaces: [eth1, eth9] }',
        59,
        'interface eth9 does not exist on this host; it has: eth0, eth1, lo. Did you mean "eth0"?',
        'check_interfaces: false',
      ],
      [
        'service',
        'firewalld_zone: { zone: public, services: [http, htpt] }',
        56,
        'firewalld on this host has no service "htpt". Did you mean "http"?',
        'firewall-cmd --get-services',
      ],
      [
        'set of addresses',
        "firewalld_zone: { zone: trusted, sources: [10.42.0.0/16, 'ipset:nodes'] }",
        64,
        'firewalld on this host has no ipset "nodes".',
        '--new-ipset=nodes',
      ],
      [
        'set of addresses that ports are opened to',
        "firewalld_port: { ports: [99/tcp], sources: ['ipset:nodes'] }",
        51,
        'firewalld on this host has no ipset "nodes".',
        '--new-ipset=nodes',
      ],
      [
        'protocol',
        'firewalld_zone: { zone: public, protocols: [gre, nonsense] }',
        56,
        'this host knows no protocol "nonsense".',
        '/etc/protocols',
      ],
      [
        'service in a rich rule',
        'firewalld_zone: { zone: public, rich_rules: [rule service name=htpt accept] }',
        52,
        'firewalld on this host has no service "htpt". Did you mean "http"?',
        'firewall-cmd --get-services',
      ],
    ] as const) {
      it(`of a ${what} write nothing and tell what there is`, async () => {
        const changes = sinceHere(lab, 1);
        const book = playbook(`    - ${task}\n`);
        const check = await attempt(book, '-l', 'node1', '--check');
        expect(faultOf(check).message, 'foreseen').to.equal(message);
        const run = await attempt(book, '-l', 'node1');
        expect(run.exit).to.equal(2);
        const fault = faultOf(run);
        expect(fault.message).to.equal(message);
        expect(fault.hint).to.include(hint);
        expect(fault.source).to.deep.equal({ file: book, line: 4, column });
        expect(changes(1)).to.deep.equal([]);
      });
    }
  });

  for (const [what, before, task] of [
    [
      'a service',
      'firewall-cmd -q --permanent --new-service=mine && firewall-cmd -q --permanent --service=mine --add-port=7/tcp',
      'zone: public, services: [mine]',
    ],
    [
      'an ipset',
      'firewall-cmd -q --permanent --new-ipset=mine --type=hash:net',
      "zone: trusted, sources: ['ipset:mine']",
    ],
  ] as const) {
    it(`tells of ${what} that does not run yet, and takes it in the permanent configuration`, async function () {
      // Before 1.0 an ipset needs the program ipset and its kernel, which no lab has.
      if (what === 'an ipset' && lab.shell(1, 'firewall-cmd --version').startsWith('0.'))
        this.skip();
      lab.shell(1, before);
      const both = playbook(`    - firewalld_zone: { ${task} }\n`);
      for (const more of [['--check'], []]) {
        const fault = faultOf(await attempt(both, '-l', 'node1', ...more));
        expect(fault.message).to.match(/"mine" is in the permanent configuration only/);
      }
      const later = playbook(`    - firewalld_zone: { ${task}, persist: permanent }\n`);
      expect((await attempt(later, '-l', 'node1')).totals['node1']).to.include({ changed: 1 });
      lab.shell(1, 'firewall-cmd -q --reload');
      expect((await attempt(both, '-l', 'node1')).totals['node1']).to.include({
        changed: 0,
        ok: 1,
      });
    });
  }

  it('knows what the services of rich rules open, so that a rule on another port is no doubt', async () => {
    const book = playbook(
      '    - firewalld_zone: { zone: public, rich_rules: [rule service name=http reject] }\n',
    );
    expect((await attempt(book, '-l', 'node1')).exit).to.equal(0);
  });

  describe('a firewalld that does not run', () => {
    beforeEach(() => lab.shell(1, KILL_FIREWALLD));

    it('fails a task that asks for the running configuration, and no other host', async () => {
      const changes = sinceHere(lab, 2);
      const book = playbook('    - firewalld_port: { ports: [443/tcp], offline: never }\n');
      const run = await attempt(book);
      expect(run.exit).to.equal(2);
      expect(faultOf(run)).to.deep.include({
        code: 'FIREWALLD_NOT_RUNNING',
        message: 'firewalld is installed but not running',
        hint: 'Start it: systemctl enable --now firewalld. Or allow permanent-only changes: offline: auto.',
      });
      expect(lab.shell(1, 'ls /etc/firewalld/zones')).to.equal('');
      expect(run.totals['node2']).to.include({ changed: 1, failed: 0 });
      expect(changes(2)).to.deep.equal(ONLY_443);
    });

    it('gets its permanent configuration otherwise, with a warning each time', async () => {
      const book = playbook(OPEN);
      for (const changed of [1, 0]) {
        const run = await attempt(book, '-l', 'node1');
        expect(run.exit).to.equal(0);
        expect(run.totals['node1']).to.include({ changed });
        expect(run.all('task-ended')[0]?.outcome.warnings.join()).to.match(
          /^firewalld is not running: only its permanent/,
        );
      }
      expect(lab.shell(1, 'firewall-offline-cmd --list-ports').trim()).to.equal('443/tcp');
    });
  });

  it('a D-Bus that does not answer is told apart', async () => {
    lab.shell(1, 'kill $(pidof dbus-daemon); while pidof dbus-daemon; do sleep 0.05; done');
    const run = await attempt(playbook(OPEN));
    expect(run.exit).to.equal(2);
    expect(faultOf(run)).to.deep.include({
      code: 'DBUS_DOWN',
      hint: 'Look at `systemctl status dbus` on the host; firewalld needs it.',
    });
    expect(lab.shell(1, 'ls /etc/firewalld/zones')).to.equal('');
    expect(run.totals['node2']).to.include({ changed: 1, failed: 0 });
  });

  describe('what happens between looking and changing', () => {
    it('another tool once: orch looks again and makes its change beside the other', async () => {
      trap(lab, 1, 'queryPanicMode', 'firewall-cmd -q --zone=public --add-port=8080/tcp');
      const changes = sinceHere(lab, 1);
      const run = await attempt(playbook(OPEN), '-l', 'node1');
      expect(run.exit).to.equal(0);
      expect(run.all('trip-ended').map(({ purpose }) => purpose)).to.deep.equal([
        'observe',
        'apply',
        'apply',
      ]);
      expect(changes(1)).to.deep.equal([
        'runtime: public ports: +443/tcp +8080/tcp',
        'permanent: public ports: +443/tcp',
      ]);
      expect(run.all('task-ended')[0]?.outcome.changes).to.deep.equal([
        set('runtime', '443/tcp'),
        set('permanent', '443/tcp'),
      ]);
    });

    it('another tool that makes the very change: there is nothing left to claim', async () => {
      trap(
        lab,
        1,
        'queryPanicMode',
        'for p in "" --permanent; do firewall-cmd -q $p --zone=public --add-port=443/tcp; done',
      );
      const changes = sinceHere(lab, 1);
      const run = await attempt(playbook(OPEN), '-l', 'node1');
      expect(run.exit).to.equal(0);
      expect(run.totals['node1']).to.include({ ok: 1, changed: 0 });
      expect(changes(1)).to.deep.equal(ONLY_443);
    });

    it('another tool again and again: orch gives up and writes nothing', async () => {
      const other =
        'n=$(($(cat /run/n 2>/dev/null || echo 8000) + 1)); echo $n >/run/n; firewall-cmd -q --zone=public --add-port=$n/tcp';
      trap(lab, 1, 'queryPanicMode', other, true);
      const changes = sinceHere(lab, 1, 2);
      const run = await attempt(playbook(OPEN));
      expect(run.exit).to.equal(2);
      expect(faultOf(run).code).to.equal('CHANGED_UNDERNEATH');
      expect(changes(1)).to.deep.equal(['runtime: public ports: +8001-8002/tcp']);
      expect(changes(2)).to.deep.equal(ONLY_443);
    });

    it('firewalld dies: nothing is written where running settings are asked for', async () => {
      trap(lab, 1, 'queryPanicMode', KILL_FIREWALLD);
      const book = playbook('    - firewalld_port: { ports: [443/tcp], offline: never }\n');
      const run = await attempt(book, '-l', 'node1');
      expect(run.exit).to.equal(2);
      expect(faultOf(run).code).to.equal('FIREWALLD_NOT_RUNNING');
      expect(lab.shell(1, 'ls /etc/firewalld/zones')).to.equal('');
    });

    it('firewalld dies: its permanent configuration is written otherwise, with a warning', async () => {
      trap(lab, 1, 'queryPanicMode', KILL_FIREWALLD);
      const run = await attempt(playbook(OPEN), '-l', 'node1');
      expect(run.exit).to.equal(0);
      const { outcome } = run.all('task-ended')[0]!;
      expect(outcome.changes).to.deep.equal([set('permanent', '443/tcp')]);
      expect(outcome.warnings.join()).to.match(/^firewalld is not running/);
    });

    it('panic mode: nothing is written and its cure is told', async () => {
      trap(lab, 1, 'queryPanicMode', 'echo "b true"; exit');
      const changes = sinceHere(lab, 1);
      const run = await attempt(playbook(OPEN), '-l', 'node1');
      expect(run.exit).to.equal(2);
      expect(faultOf(run)).to.deep.include({
        code: 'FIREWALLD_PANIC',
        message: 'firewalld is in panic mode and refuses changes; nothing was written',
        hint: 'Find out who turned it on and why, then: firewall-cmd --panic-off.',
      });
      expect(changes(1)).to.deep.equal([]);
    });
  });

  describe('a step that fails', () => {
    it('first leaves all as it was', async () => {
      trap(lab, 1, 'setZoneSettings2', 'echo "Call failed: COMMAND_FAILED: no nft" >&2; exit 1');
      const changes = sinceHere(lab, 1);
      const run = await attempt(playbook(OPEN), '-l', 'node1');
      expect(run.exit).to.equal(2);
      expect(faultOf(run)).to.deep.include({
        code: 'STEP_FAILED',
        message:
          'runtime ports of zone public failed (exit 1): COMMAND_FAILED: no nft; nothing was done before it',
      });
      expect(changes(1)).to.deep.equal([]);
    });

    it('later has the steps before it taken back, and stops the tasks behind it', async () => {
      trap(lab, 1, 'update2', 'echo "Call failed: COMMAND_FAILED: disk full" >&2; exit 1');
      const changes = sinceHere(lab, 1, 2);
      const tasks = `${OPEN}    - name: More\n      command: touch /run/more\n`;
      const run = await attempt(playbook(tasks));
      expect(run.exit).to.equal(2);
      expect(faultOf(run)).to.deep.include({
        code: 'STEP_FAILED',
        message:
          'permanent ports of zone public failed (exit 1): COMMAND_FAILED: disk full; what was done before it was taken back',
      });
      expect(changes(1)).to.deep.equal([]);
      expect(lab.exec(1, ['test', '-e', '/run/more']).exit).to.equal(1);
      expect(changes(2)).to.deep.equal(ONLY_443);
      expect(lab.exec(2, ['test', '-e', '/run/more']).exit).to.equal(0);
    });

    // A page of 4096 bytes, nearly: the next port needs another one, which the disk does not have.
    const ports = Array.from(
      { length: 108 },
      (_, i) => `  <port port="${3000 + 2 * i}" protocol="tcp"/>\n`,
    );
    const full = `<?xml version="1.0" encoding="utf-8"?>\n<zone>\n  <service name="ssh"/>\n${ports.join('')}</zone>\n`;
    for (const text of ['', full]) {
      it(`leaves ${text === '' ? 'no empty file of a zone' : 'the file of a zone as it was'} where the disk of the host is full`, async () => {
        const file = '/etc/firewalld/zones/public.xml';
        lab.shell(
          1,
          `mkdir /mnt/kept && cp -a /etc/firewalld/. /mnt/kept && mount -t tmpfs -o size=64k none /etc/firewalld
cp -a /mnt/kept/. /etc/firewalld
${text === '' ? '' : `printf %s '${text}' >${file}; firewall-cmd -q --reload`}
dd if=/dev/zero of=/etc/firewalld/full bs=1k count=100 2>/dev/null || true`,
        );
        const changes = sinceHere(lab, 1);
        const run = await attempt(playbook(OPEN), '-l', 'node1');
        expect(run.exit).to.equal(2);
        expect(faultOf(run).message).to.match(/No space left on device/);
        expect(lab.shell(1, `cat ${file} 2>/dev/null || true`)).to.equal(text);
        // firewalld reads it by itself when it sees it, which it cannot behind this mount.
        lab.shell(1, 'firewall-cmd --check-config && firewall-cmd -q --reload');
        expect(changes(1)).to.deep.equal([]);
      });
    }

    it('says what could not be taken back', async () => {
      trap(lab, 1, 'update2', KILL_FIREWALLD);
      const run = await attempt(playbook(OPEN), '-l', 'node1');
      expect(run.exit).to.equal(2);
      expect(faultOf(run).message).to.match(
        /^permanent ports of zone public failed .*could not be taken back: runtime ports of zone public$/,
      );
    });

    it('is shown with its place, what the host printed and what to do', async () => {
      trap(lab, 1, 'update2', 'echo "Call failed: COMMAND_FAILED: disk full" >&2; exit 1');
      const book = playbook(OPEN);
      const { exit, stdout, stderr } = await orch(['run', book, '-i', inventory, '-l', 'node1']);
      expect({ exit, stderr }).to.deep.equal({ exit: 2, stderr: '' });
      expect(stdout.slice(stdout.indexOf('FAILURES'))).to.match(
        /FAILURES \*+\n\[node1\] TASK \[Ports\]\n {2}at .*site.yml:4:7\n {2}STEP_FAILED: .*\n {2}stderr:\n {4}\| COMMAND_FAILED: disk full\n {2}cure: See what the host printed; .*\n\nPLAY RECAP \*+\nnode1 .* failed=1 .*\n\n1 host: 1 failed/,
      );
    });
  });
});

const set = (config: string, port: string) => ({
  kind: 'set',
  path: ['zones', 'public', config, 'ports'],
  added: [port],
  removed: [],
});
