import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { faultOf, faulty, playbook, sinceHere } from './faulty.ts';
import { inventoryOf, orch, told } from './orch.ts';

const SIXTEEN = Array.from({ length: 16 }, (_, i) => `${9001 + i * 10}/tcp`);
const APART = `  vars:\n    ports: [${SIXTEEN.slice(0, 15).join(', ')}, "{{ last }}"]\n`;
const ALL = '    - name: Sixteen\n      firewalld_port: { ports: "{{ ports }}" }\n';

describe('hosts apart', function () {
  this.timeout(60_000);
  const lab = withLab(3);
  let inventory: string;
  before(() => {
    inventory = inventoryOf(lab);
  });
  beforeEach(() => lab.reset(1, 2, 3));
  const touched = (name: string): boolean[] =>
    [1, 2, 3].map((host) => lab.exec(host, ['test', '-e', `/run/${name}`]).exit === 0);

  describe('sixteen ports, one of them bad on one host', () => {
    const vars = (bad: string) =>
      `
servers:
  vars: { last: "9151/tcp" }
agents:
  vars: { last: "9151/tcp" }
`.replace('agents:', `agents:\n  hosts:\n    node2: { last: "${bad}" }`);

    for (const bad of ['70000/tcp', '500-400/tcp', 'http/tcp', '9151', '9151/icmp']) {
      it(`"${bad}": that host gets none of them, the others get all`, async () => {
        const own = inventoryOf(lab, 'root', vars(bad));
        const changes = sinceHere(lab, 1, 2, 3);
        const book = playbook(ALL, APART);
        const run = await faulty([book, '-i', own]);
        expect(run.exit).to.equal(2);
        const fault = faultOf(run, 'node2');
        expect(fault.code).to.equal('ARGUMENT_INVALID');
        expect(fault.message).to.include(`"${bad}"`);
        expect(changes(2)).to.deep.equal([]);
        for (const host of [1, 3]) {
          expect(changes(host)).to.deep.equal([
            `runtime: public ports: ${SIXTEEN.map((port) => `+${port}`).join(' ')}`,
            `permanent: public ports: ${SIXTEEN.map((port) => `+${port}`).join(' ')}`,
          ]);
        }
        expect(run.totals).to.deep.include({
          node2: { ...zero, failed: 1 },
          node3: { ...zero, ok: 1, changed: 1 },
        });
      });
    }

    it('says so in the recap', async () => {
      const own = inventoryOf(lab, 'root', vars('70000/tcp'));
      const { exit, stdout } = await orch(['run', playbook(ALL, APART), '-i', own]);
      expect(exit).to.equal(2);
      expect(stdout).to.match(
        /changed: \[node1, node3\]\nfatal: \[node2\]: FAILED! => "70000\/tcp"/,
      );
      expect(stdout).to.match(/\nnode1 +: ok=1 +changed=1 .*failed=0 /);
      expect(stdout).to.match(/\nnode2 +: ok=0 +changed=0 .*failed=1 /);
      expect(stdout).to.match(/\n3 hosts: 2 changed, 1 failed, in /);
    });
  });

  const tell = (run: Awaited<ReturnType<typeof told>>): string[] =>
    run.all('task-ended').map(({ host, task, outcome }) => `${host} ${task.name} ${outcome.kind}`);

  it('a host that fails goes no further; the others do', async () => {
    const tasks = `
    - name: break
      command: "false"
      when: inventory_hostname == 'node2'
    - name: after
      command: touch /run/after
`;
    const run = await faulty([playbook(tasks), '-i', inventory]);
    expect(run.exit).to.equal(2);
    expect(touched('after')).to.deep.equal([true, false, true]);
    expect(run.totals['node2']).to.deep.equal({ ...zero, failed: 1 });
  });

  it('serial: 1 is one host after the other, and a batch that fails whole ends the run', async () => {
    const tasks = `
    - name: break
      command: "false"
      when: inventory_hostname == stumbler | default('nobody')
    - name: after
      command: touch /run/after
`;
    const book = playbook(tasks, '  serial: 1\n');
    const run = await faulty([book, '-i', inventory]);
    expect(run.all('batch-started').map(({ hosts, of }) => [...hosts, of])).to.deep.equal([
      ['node1', 3],
      ['node2', 3],
      ['node3', 3],
    ]);
    expect(tell(run)).to.deep.equal([
      'node1 break skipped',
      'node1 after changed',
      'node2 break skipped',
      'node2 after changed',
      'node3 break skipped',
      'node3 after changed',
    ]);
    lab.reset(1, 2, 3);
    const stopped = await faulty([book, '-i', inventory, '-e', 'stumbler=node2']);
    expect(stopped.exit).to.equal(2);
    expect(touched('after')).to.deep.equal([true, false, false]);
  });

  it('--limit and --forks 1 keep to their hosts', async () => {
    const tasks = '    - name: touch\n      command: touch /run/touched\n';
    const run = await faulty([playbook(tasks), '-i', inventory, '-l', 'agents:!node3', '-f', '1']);
    expect(run.exit).to.equal(0);
    expect(Object.keys(run.totals)).to.deep.equal(['node2']);
    expect(touched('touched')).to.deep.equal([false, true, false]);
    const all = await faulty([playbook(tasks), '-i', inventory, '-f', '1']);
    const connected = all.all('host-connected').map(({ host, seq }) => ({ host, seq }));
    const ended = all.all('task-ended').map(({ seq }) => seq);
    expect(connected.map(({ host }) => host)).to.deep.equal(['node1', 'node2', 'node3']);
    expect(connected[1]!.seq).to.be.greaterThan(ended[0]!);
    expect(connected[2]!.seq).to.be.greaterThan(ended[1]!);
  });

  it('ignore_errors, register and when go through a state module', async () => {
    const tasks = `
    - name: bad
      firewalld_zone: { zone: public, interfaces: [eth9] }
      register: bad
      ignore_errors: true
    - name: open
      firewalld_port: { ports: [443/tcp] }
      register: opened
    - name: only when bad
      command: touch /run/was-bad
      when: bad is failed
    - name: only when changed
      firewalld_port: { ports: [444/tcp] }
      when: opened is changed
    - name: loop
      firewalld_port: { ports: ["{{ item }}"] }
      loop: [445/tcp, 443/tcp]
`;
    const changes = sinceHere(lab, 1);
    const book = playbook(tasks);
    const run = await told(['run', book, '-i', inventory, '-l', 'node1']);
    expect(run.exit).to.equal(0);
    expect(run.totals['node1']).to.deep.equal({ ...zero, ok: 5, changed: 4, ignored: 1 });
    expect(touched('was-bad')[0]).to.equal(true);
    expect(changes(1)).to.deep.equal([
      'runtime: public ports: +443-445/tcp',
      'permanent: public ports: +443-445/tcp',
    ]);
    const loop = run.all('task-ended').at(-1)!.outcome;
    expect(loop.items?.map(({ label, outcome }) => `${label} ${outcome.kind}`)).to.deep.equal([
      '445/tcp changed',
      '443/tcp ok',
    ]);
    const again = await told(['run', book, '-i', inventory, '-l', 'node1']);
    expect(tell(again)).to.deep.equal([
      'node1 bad failed',
      'node1 open ok',
      'node1 only when bad changed',
      'node1 only when changed skipped',
      'node1 loop ok',
    ]);
  });

  it('handlers run once, last, and only on hosts that changed', async () => {
    const tasks = `
    - name: a
      firewalld_port: { ports: [443/tcp] }
      notify: note
    - name: b
      firewalld_port: { ports: [444/tcp] }
      notify: note
    - name: c
      command: "true"
  handlers:
    - name: unused
      command: touch /run/unused
    - name: note
      shell: echo x >> /run/noted
`;
    lab.shell(
      2,
      'for p in 443 444; do firewall-cmd -q --add-port=$p/tcp; firewall-cmd -q --permanent --add-port=$p/tcp; done',
    );
    const run = await faulty([playbook(tasks), '-i', inventory, '-l', 'node1:node2']);
    expect(tell(run).filter((line) => line.startsWith('node1'))).to.deep.equal([
      'node1 a changed',
      'node1 b changed',
      'node1 c changed',
      'node1 note changed',
    ]);
    expect(lab.shell(1, 'cat /run/noted')).to.equal('x\n');
    expect(touched('noted')).to.deep.equal([true, false, false]);
    expect(touched('unused')).to.deep.equal([false, false, false]);
  });

  describe('check mode with a command in between', () => {
    const tasks = `
    - name: before
      firewalld_port: { ports: [443/tcp] }
    - name: between
      command: touch /run/between
      register: between
    - name: after
      firewalld_port: { ports: [444/tcp, 443/tcp] }
    - name: depends
      firewalld_port: { ports: [445/tcp] }
      when: between.rc == 0
`;
    const check = (...more: string[]) =>
      told(['check', playbook(tasks), '-i', inventory, '-l', 'node1', ...more]);

    it('foresees all but the command and what hangs on it, and touches nothing', async () => {
      const changes = sinceHere(lab, 1);
      const run = await check();
      expect(run.exit).to.equal(0);
      expect(tell(run)).to.deep.equal([
        'node1 before changed',
        'node1 between unknown',
        'node1 after changed',
        'node1 depends unknown',
      ]);
      const added = run
        .all('task-ended')
        .map(({ outcome }) =>
          outcome.changes.flatMap((change) => (change.kind === 'set' ? change.added : [])),
        );
      expect(added).to.deep.equal([['443/tcp', '443/tcp'], [], ['444/tcp', '444/tcp'], []]);
      expect(run.all('run-ended')[0]?.coverage).to.deep.equal({ foreseen: 2, total: 4 });
      expect(run.totals['node1']).to.deep.equal({
        ...zero,
        ok: 2,
        changed: 2,
        skipped: 2,
        unknown: 2,
      });
      expect(changes(1)).to.deep.equal([]);
      expect(touched('between')[0]).to.equal(false);
    });

    it('exits 10 with --detailed-exitcode and 13 with --strict-check', async () => {
      expect((await check('--detailed-exitcode')).exit).to.equal(10);
      expect((await check('--strict-check')).exit).to.equal(13);
      const foreseen = playbook('    - firewalld_port: { ports: [443/tcp] }\n');
      const more = ['-i', inventory, '-l', 'node1', '--detailed-exitcode', '--strict-check'];
      expect((await told(['check', foreseen, ...more])).exit).to.equal(10);
      expect((await told(['run', foreseen, '-i', inventory, '-l', 'node1'])).exit).to.equal(0);
      expect((await told(['check', foreseen, ...more])).exit).to.equal(0);
    });
  });
});

const zero = {
  ok: 0,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  unknown: 0,
};
