import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Stamped } from '../../src/model/event.ts';
import { withLab } from '../lab/lab.ts';
import { playbook } from './faulty.ts';
import { folder, inventoryOf, orch, told } from './orch.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Holds the host until /run/go is there. */
const HOLD = `
    - name: hold
      shell: touch /run/holding; while [ ! -e /run/go ]; do sleep 0.1; done
`;
const CHANGE = `
    - name: change
      copy: {dest: /run/changed, content: "{{ who | default('second') }}\\n"}
`;

describe('two runs and one host', function () {
  this.timeout(120_000);
  const lab = withLab(2);
  let inventory: string;
  before(() => (inventory = inventoryOf(lab)));
  beforeEach(() => lab.reset(1, 2));
  const there = (file: string): boolean => lab.exec(1, ['test', '-e', file]).exit === 0;
  const until = async (what: () => boolean): Promise<void> => {
    for (let i = 0; !what(); i++) {
      if (i > 1200) throw new Error('it never came');
      await pause(50);
    }
  };
  const leases = (host = 1): string => lab.shell(host, 'ls /run | grep lease || true');

  const saysOf = (run: Awaited<ReturnType<typeof told>>): string =>
    run
      .all('warned')
      .map(({ message }) => message)
      .join('\n');

  /** A run that holds node1 until it is let go. */
  async function holder() {
    const args = ['run', playbook(HOLD), '-i', inventory, '-l', 'node1'];
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ORCH_STATE_DIR: folder({}) },
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await until(() => there('/run/holding'));
    return { child, ended, release: () => void lab.exec(1, ['touch', '/run/go']) };
  }
  const second = (...flags: string[]) => told(['run', playbook(CHANGE), '-i', inventory, ...flags]);

  it('the second is told who holds it, changes nothing there, and exits 15; other hosts are done', async () => {
    const first = await holder();
    const run = await second('--lock-timeout', '0');
    expect(run.exit).to.equal(15);
    const fault = run.all('task-ended').find(({ host }) => host === 'node1')?.outcome.fault;
    expect(fault?.code).to.equal('LEASE_HELD');
    expect(fault?.message).to.match(/^node1 is held by run \S+ of \S+@\S+ \(for \d+ s\); nothing/);
    expect(fault?.hint).to.contain('--lock-timeout').and.contain('orch unlock node1');
    expect(there('/run/changed')).to.equal(false);
    expect(lab.shell(2, 'cat /run/changed')).to.equal('second\n');
    first.release();
    expect(await first.ended).to.equal(0);
    await until(() => leases() === '');
    expect(leases(2)).to.equal('');
  });

  it('the second waits, says so, looks again, and is done when the first is', async () => {
    const first = await holder();
    const words = ['run', playbook(CHANGE), '-i', inventory, '-l', 'node1', '--output', 'ndjson'];
    const child = spawn(process.execPath, [MAIN, ...words], {
      env: { ...process.env, ORCH_STATE_DIR: folder({}) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await until(() => /waits for run \S+ of /.test(said));
    expect(there('/run/changed')).to.equal(false);
    // What it saw before it waited is old: it has to see this, and find nothing to do.
    lab.shell(1, 'echo second >/run/changed');
    first.release();
    expect(await ended, said).to.equal(0);
    const end = JSON.parse(said.trim().split('\n').at(-1) ?? '') as Extract<
      Stamped,
      { type: 'run-ended' }
    >;
    expect(end.totals['node1'], said).to.include({ ok: 1, changed: 0 });
    await until(() => leases() === '');
  });

  it('a check, and a run that changes nothing, do not care', async () => {
    lab.shell(1, 'echo second >/run/changed');
    const first = await holder();
    for (const verb of ['check', 'run']) {
      const run = await told([verb, playbook(CHANGE), '-i', inventory, '-l', 'node1']);
      expect(run.exit, run.stdout).to.equal(0);
      expect(run.all('warned')).to.deep.equal([]);
    }
    first.release();
    await first.ended;
  });

  it('of a run that was killed, what it started goes on and holds the host, which is told; then it is taken over', async () => {
    const first = await holder();
    first.child.kill('SIGKILL');
    await first.ended;
    const left =
      /run \S+ of \S+@\S+ \(for \d+ s\), which is gone but left process (\d+) \(\w+, for \d+ s\) running there/;
    const unlocked = await orch(['unlock', 'node1', '-i', inventory]);
    expect(unlocked.exit, unlocked.stdout).to.equal(15);
    expect(unlocked.stdout)
      .to.match(left)
      .and.match(/^node1 {2}held by run/);
    const refused = await second('-l', 'node1', '--lock-timeout', '0');
    const fault = refused.all('task-ended')[0]?.outcome.fault;
    expect(fault?.message).to.match(left);
    const pid = left.exec(fault?.message ?? '')?.[1];
    expect(fault?.hint).to.contain(`kill ${pid}`).and.contain('orch unlock node1 --force');
    first.release();
    const run = await second('-l', 'node1');
    expect(run.exit, run.stdout).to.equal(0);
    expect(saysOf(run)).to.match(/took over the lease/);
    await until(() => leases() === '');
  });

  it('of a run of this machine that was killed is taken over at once, though the host cannot know yet', async () => {
    lab.shell(1, 'touch /run/go');
    const idle = '    - command: touch /run/done\n    - pause: { seconds: 300 }\n';
    const child = spawn(
      process.execPath,
      [MAIN, 'run', playbook(idle), '-i', inventory, '-l', 'node1'],
      { env: { ...process.env, ORCH_STATE_DIR: folder({}) }, stdio: 'ignore' },
    );
    await until(() => there('/run/done'));
    // Its sshd is stopped: like one whose peer lost its power, it does not see the connection end.
    const stopped = lab.shell(1, 'pgrep -f "^sshd(-session)?: root@notty"').trim();
    lab.shell(1, `kill -STOP ${stopped}`);
    child.kill('SIGKILL');
    const begun = performance.now();
    const run = await second('-l', 'node1');
    expect(run.exit, run.stdout).to.equal(0);
    expect(performance.now() - begun).to.be.below(10_000);
    expect(saysOf(run)).to.match(/took over the lease of run \S+ of \S+@\S+, which is over/);
    expect(saysOf(run)).to.not.match(/waits for/);
    lab.shell(1, `kill -KILL ${stopped}`);
    await until(() => leases() === '');
  });

  it('unlock tells who holds what, takes away what is void, and with --force the rest', async () => {
    const free = await orch(['unlock', 'all', '-i', inventory]);
    expect(free).to.include({ exit: 0 });
    expect(free.stdout.trim().split('\n').sort()).to.deep.equal(['node1  free', 'node2  free']);
    lab.shell(
      2,
      'echo gone 1 2 3 4 5 6:7 - eve@old >/run/orch-lease.gone; ln /run/orch-lease.gone /run/orch-lease',
    );
    const first = await holder();
    const told = await orch(['unlock', 'all', '-i', inventory]);
    expect(told.exit).to.equal(15);
    expect(told.stdout)
      .to.match(/node1 {2}held by run/)
      .and.match(/node2 {2}was left by run gone of eve@old/);
    expect(leases(2)).to.equal('');
    const forced = await orch(['unlock', 'node1', '-i', inventory, '--force']);
    expect(forced.exit, forced.stdout).to.equal(0);
    expect(forced.stdout).to.match(/node1 {2}taken from run/);
    expect(leases()).to.equal('');
    first.release();
    expect(await first.ended).to.equal(0);
  });

  it('a user who is not root respects the lease of root', async () => {
    const first = await holder();
    const run = await orch([
      ...['run', playbook('    - command: touch /tmp/deploy\n'), '-i', inventoryOf(lab, 'deploy')],
      ...['-l', 'node1', '--lock-timeout', '0', '-e', 'ansible_become=false'],
    ]);
    expect(run.exit, run.stdout + run.stderr).to.equal(15);
    first.release();
    await first.ended;
  });
});
