import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { folder, inventoryOf, orch, told } from './orch.ts';

const book = (tasks: string, safeguard = '10s'): string =>
  join(
    folder({
      'book.yml': `- hosts: all\n  become: true\n  gather_facts: false\n  safeguard: ${safeguard}\n  tasks:\n${tasks}`,
    }),
    'book.yml',
  );

describe('a safeguard on a real host', function () {
  this.timeout(90_000);
  const lab = withLab(1);
  beforeEach(() => lab.reset(1));

  const reachable = (): boolean => {
    const options = `-o BatchMode=yes -o ConnectTimeout=2 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i ${lab.keyFile()}`;
    return spawnSync('ssh', [...options.split(' '), `root@${lab.address(1)}`, 'true']).status === 0;
  };
  const left = (): string =>
    lab.shell(
      1,
      'ls -A /run/orch /var/lib/orch /etc/local.d 2>/dev/null || true; for p in /proc/[0-9]*/cmdline; do tr "\\0" " " <$p; echo; done | grep "^sh /run/orch" || true',
    );

  it('keeps a change that leaves the way in open', async () => {
    const inventory = inventoryOf(lab, 'deploy');
    const run = await told([
      'run',
      book('    - firewalld_port: { ports: [8080/tcp] }\n'),
      '-i',
      inventory,
    ]);
    expect(run.exit, run.stdout + run.stderr).to.equal(0);
    expect(run.all('safeguard').map(({ state }) => state)).to.deep.equal([
      'armed',
      'proved',
      'confirmed',
    ]);
    expect(lab.firewall(1).runtime['public']?.['ports']).to.deep.equal(
      lab.firewall(1).permanent['public']?.['ports'],
    );
    expect(left().trim()).to.equal('/etc/local.d:');
  });

  it('waits for orch confirm, or orch rollback, when a person confirms', async () => {
    const inventory = inventoryOf(lab, 'deploy');
    const manual = '{ timeout: 2m, confirm: manual }';
    const before = lab.firewall(1);
    for (const [verdict, port, after] of [
      ['rollback', 8081, () => before],
      ['confirm', 8082, undefined],
    ] as const) {
      const env = { ORCH_STATE_DIR: folder({}) };
      const text = book(`    - firewalld_port: { ports: [${port}/tcp] }\n`, manual);
      const run = await orch(['run', text, '-i', inventory], env);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      expect(run.stdout).to.include('orch confirm');
      expect(left(), 'the undo waits').to.include('/run/orch');
      const decided = await orch([verdict, 'last'], env);
      expect(decided.exit, decided.stdout + decided.stderr).to.equal(0);
      expect(left().trim()).to.equal('/etc/local.d:');
      if (after) expect(lab.firewall(1)).to.deep.equal(after());
      else expect(lab.firewall(1).permanent['public']?.['ports']).to.deep.include(`${port}/tcp`);
    }
    const late = await orch(['confirm', '20000101'], { ORCH_STATE_DIR: folder({}) });
    expect(late.exit).to.equal(5);
  });

  it('takes back one that shuts it', async () => {
    const inventory = inventoryOf(lab, 'deploy');
    const before = lab.firewall(1);
    const run = await told([
      'run',
      book('    - firewalld_zone: { zone: drop, interfaces: [eth0], allow_lockout: true }\n'),
      '-i',
      inventory,
    ]);
    expect(run.exit, run.stdout + run.stderr).to.equal(12);
    expect(lab.firewall(1)).to.deep.equal(before);
    expect(reachable()).to.equal(true);
    expect(left().trim()).to.equal('/etc/local.d:');
  });

  describe('on a host with neither systemd nor OpenRC', () => {
    beforeEach(() => lab.shell(1, 'rm -r /etc/local.d'));

    it('keeps what was proved, without a word: it only writes down what runs', async () => {
      const text = book('    - firewalld_port: { ports: [8080/tcp] }\n');
      const run = await told(['run', text, '-i', inventoryOf(lab, 'deploy')]);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      expect(run.all('warned')).to.deep.equal([]);
      expect(lab.firewall(1).permanent['public']?.['ports']).to.deep.include('8080/tcp');
      expect(left().trim()).to.equal('');
    });

    it('has the next run take back what was not confirmed before a reboot', async () => {
      const inventory = inventoryOf(lab, 'deploy');
      const before = lab.firewall(1);
      const text = book(
        '    - copy: { content: "new\\n", dest: /etc/orch-test }\n    - firewalld_port: { ports: [8083/tcp] }\n',
        '{ timeout: 5m, confirm: manual }',
      );
      const run = await told(['run', text, '-i', inventory]);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      expect(
        run
          .all('warned')
          .map(({ message }) => message)
          .join(),
      ).to.include('the next run');
      lab.reboot(1);
      const verify = book('    - file: { path: /etc/orch-none, state: absent }\n');
      const check = await orch(['check', verify, '-i', inventory]);
      expect(check.stdout + check.stderr).to.include('the next run, not a check, takes it back');
      const next = await orch(['run', verify, '-i', inventory]);
      expect(next.exit, next.stdout + next.stderr).to.equal(12);
      expect(next.stdout + next.stderr).to.include('it is taken back now');
      expect(lab.shell(1, 'ls /etc/orch-test 2>&1 || true')).to.include('No such file');
      expect(lab.firewall(1).permanent).to.deep.equal(before.permanent);
      expect(left().trim()).to.equal('');
    });
  });
});
