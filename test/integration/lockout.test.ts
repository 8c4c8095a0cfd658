import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { folder, inventoryOf, told } from './orch.ts';

const book = (tasks: string): string =>
  join(
    folder({
      'book.yml': `- hosts: all\n  become: true\n  gather_facts: false\n  tasks:\n${tasks}`,
    }),
    'book.yml',
  );

const SHUT = book('    - firewalld_zone: { zone: drop, interfaces: [eth0] }\n');
const ALLOWED = book(
  '    - firewalld_zone: { zone: drop, interfaces: [eth0], allow_lockout: true }\n',
);

describe('changes that would lock SSH out of a real host', function () {
  this.timeout(60_000);
  const lab = withLab(1);
  beforeEach(() => lab.reset(1));

  /** Whether sshd takes a new connection, asked by ssh itself. */
  const reachable = (port = 22): boolean => {
    const options = `-p ${port} -o BatchMode=yes -o ConnectTimeout=2 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i ${lab.keyFile()}`;
    return spawnSync('ssh', [...options.split(' '), `root@${lab.address(1)}`, 'true']).status === 0;
  };

  const fault = (run: Awaited<ReturnType<typeof told>>) =>
    run.all('task-ended').find(({ outcome }) => outcome.fault)?.outcome.fault;
  const warned = (run: Awaited<ReturnType<typeof told>>) =>
    run.all('task-ended').flatMap(({ outcome }) => outcome.warnings);

  for (const user of ['root', 'deploy'] as const) {
    it(`are refused in check and run, and change nothing (as ${user})`, async () => {
      const inventory = inventoryOf(lab, user);
      const before = lab.firewall(1);
      for (const verb of ['check', 'run']) {
        const run = await told([verb, SHUT, '-i', inventory]);
        expect(run.exit, run.stderr).to.equal(14);
        expect(fault(run)?.code).to.equal('LOCKOUT');
        expect(fault(run)?.message).to.match(
          /^this would lock you out: a new SSH connection from \d+\.\d+\.0\.1 to port 22 arrives on eth0, zone drop \(runtime and permanent\), which does not accept it$/,
        );
      }
      expect(lab.firewall(1)).to.deep.equal(before);
      expect(reachable()).to.equal(true);
    });
  }

  it('are a warning before they are made where a command plainly makes them, unless it can be taken back', async () => {
    const inventory = inventoryOf(lab, 'deploy');
    const said = async (tasks: string): Promise<readonly string[]> => {
      const check = await told(['check', book(tasks), '-i', inventory]);
      expect(check.exit, check.stderr).to.equal(0);
      return check.all('warned').map(({ message }) => message);
    };
    const cut = (threat: string): string =>
      `this ${threat}, and may cut the line to the host: put it under a safeguard with an undo, so that the host takes it back unless a new connection proves it harmless`;
    expect(
      await said(
        '    - command: ip link set eth0 down\n    - shell: echo now && ip route del default\n    - raw: systemctl stop ssh\n',
      ),
    ).to.deep.equal([
      cut('takes the link eth0 down'),
      cut('takes the default route away'),
      cut('stops ssh'),
    ]);
    expect(
      await said(
        '    - command: ip link set eth0 down\n      undo:\n        - command: ip link set eth0 up\n    - command: ip link show eth0\n',
      ),
    ).to.deep.equal([]);
  });

  it('come true as foretold when they are allowed', async () => {
    const inventory = inventoryOf(lab, 'deploy');
    const check = await told(['check', ALLOWED, '-i', inventory]);
    expect(check.exit, check.stderr).to.equal(0);
    expect(warned(check)).to.have.length(1);
    expect(warned(check)[0]).to.match(/^this locks you out, as allow_lockout permits: /);
    expect(reachable()).to.equal(true);
    const run = await told(['run', ALLOWED, '-i', inventory]);
    expect(run.exit, run.stderr).to.equal(0);
    expect(reachable()).to.equal(false);
  });

  it('are refused in whichever way they come, and each is a real lock-out', async () => {
    const inventory = inventoryOf(lab);
    const client = lab.shell(1, 'ip -4 route show default').split(' ')[2] ?? '';
    const ways: readonly (readonly [string, string])[] = [
      ['', `firewalld_zone: { zone: nodes, sources: ["${client}/24"] }`],
      ['', 'firewalld_zone: { zone: block, default: true }'],
      ['', 'firewalld_zone: { zone: public, services: [dhcpv6-client], exclusive: true }'],
      [
        'firewall-cmd --add-port=22/tcp; firewall-cmd --remove-service=ssh',
        'firewalld_port: { ports: [80/tcp], exclusive: true, persist: runtime }',
      ],
      [
        'firewall-cmd --permanent --zone=public --set-target=ACCEPT; firewall-cmd --permanent --remove-service=ssh; firewall-cmd --reload',
        'firewalld_zone: { zone: public, target: DROP }',
      ],
      [
        '',
        `firewalld_zone: { zone: public, rich_rules: ['rule family="ipv4" source address="${client}" service name="ssh" reject'] }`,
      ],
    ];
    for (const [first, task] of ways) {
      lab.reset(1);
      if (first !== '') lab.shell(1, first);
      const refused = await told(['run', book(`    - ${task}\n`), '-i', inventory]);
      expect(refused.exit, task + refused.stderr).to.equal(14);
      expect(reachable(), task).to.equal(true);
      const allowed = task.replace(/ }$/, ', allow_lockout: true }');
      const done = await told(['run', book(`    - ${allowed}\n`), '-i', inventory]);
      expect(done.exit, allowed + done.stderr).to.equal(0);
      expect(reachable(), allowed).to.equal(false);
    }
  });

  for (const port of [22, 2222]) {
    it(`are not what the guides do, nor a playbook that opens before it shuts (sshd on ${port})`, async () => {
      const opened = `firewall-cmd -q --add-port=${port}/tcp; firewall-cmd -q --permanent --add-port=${port}/tcp`;
      if (port !== 22) lab.shell(1, `${opened}; /usr/sbin/sshd -o Port=${port}`);
      const inventory = inventoryOf(lab, 'deploy', `    ansible_port: ${port}\n`);
      for (const guide of ['segregated', 'shared']) {
        const run = await told(['run', `playbooks/${guide}.yml`, '-i', inventory]);
        expect(run.exit, run.stdout + run.stderr).to.equal(0);
        expect(warned(run).filter((text) => /lock/.test(text))).to.deep.equal([]);
        expect(reachable(port)).to.equal(true);
      }
      const moved = book(
        `    - firewalld_zone: { zone: admin, ports: [${port}/tcp] }\n    - firewalld_zone: { zone: admin, interfaces: [eth0] }\n`,
      );
      const run = await told(['run', moved, '-i', inventory]);
      expect(run.exit, run.stdout + run.stderr).to.equal(0);
      expect(reachable(port)).to.equal(true);
    });
  }

  it('are judged by the port sshd is on, whatever the ssh service says', async () => {
    lab.shell(
      1,
      'firewall-cmd -q --add-port=2222/tcp; firewall-cmd -q --permanent --add-port=2222/tcp',
    );
    lab.shell(1, '/usr/sbin/sshd -o Port=2222');
    const inventory = inventoryOf(lab, 'root', '    ansible_port: 2222\n');
    const close = book('    - firewalld_port: { ports: [2222/tcp], state: closed }\n');
    const refused = await told(['check', close, '-i', inventory]);
    expect(refused.exit).to.equal(14);
    expect(fault(refused)?.message).to.include('to port 2222 arrives on eth0');
    const drop = book('    - firewalld_zone: { zone: public, remove: { services: [ssh] } }\n');
    const run = await told(['run', drop, '-i', inventory]);
    expect(run.exit, run.stdout + run.stderr).to.equal(0);
    expect([reachable(22), reachable(2222)]).to.deep.equal([false, true]);
  });
});
