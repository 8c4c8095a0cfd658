import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ExposureChange } from '../../src/model/exposure.ts';
import { withLab } from '../lab/lab.ts';
import { folder, inventoryOf, orch, told, type Told } from './orch.ts';

const book = (tasks: string): string =>
  join(
    folder({
      'book.yml': `- hosts: all\n  become: true\n  gather_facts: false\n  tasks:\n${tasks}`,
    }),
    'book.yml',
  );

const OPENED = book(
  '    - firewalld_zone: { zone: public, interfaces: [eth0], ports: [6379/tcp], remove: { services: [http] } }\n',
);

describe('the exposure of real hosts', function () {
  this.timeout(120_000);
  const lab = withLab(3);
  beforeEach(() => {
    for (const host of [1, 2, 3]) {
      lab.reset(host);
      lab.shell(
        host,
        'firewall-cmd -q --add-service=http; firewall-cmd -q --permanent --add-service=http',
      );
    }
  });

  /** Whether the firewall of host 1 lets host 2 in: nobody listens, so what it lets in is refused by the kernel. */
  const passes = (port: number): boolean => {
    const { stdout } = lab.exec(2, [
      'bash',
      '-c',
      `LC_ALL=C timeout 3 bash -c ': </dev/tcp/${lab.address(1)}/${port}' 2>&1; true`,
    ]);
    return stdout.includes('Connection refused');
  };

  const told1 = (run: Told): readonly ExposureChange[] =>
    run.all('exposure-changed').find(({ host }) => host === 'node1')?.changes ?? [];

  it('is told in check as it then comes, and a new connection from another host finds it so', async () => {
    const inventory = inventoryOf(lab, 'deploy');
    const wanted: readonly ExposureChange[] = [
      { kind: 'opened', ports: ['6379/tcp'], from: 'any', interfaces: ['eth0'] },
      { kind: 'closed', ports: ['80/tcp'], from: 'any', interfaces: ['eth0'] },
    ];
    const here = (run: Told): readonly ExposureChange[] =>
      told1(run).map((one) => ({
        ...one,
        interfaces: one.interfaces.filter((name) => name === 'eth0'),
      }));
    const check = await told(['check', OPENED, '-i', inventory]);
    expect(check.exit, check.stderr).to.equal(0);
    expect(here(check)).to.deep.equal(wanted);
    expect([passes(6379), passes(80), passes(9095)]).to.deep.equal([false, true, false]);
    const run = await told(['run', OPENED, '-i', inventory]);
    expect(run.exit, run.stderr).to.equal(0);
    expect(here(run)).to.deep.equal(wanted);
    expect([passes(6379), passes(80), passes(9095)]).to.deep.equal([true, false, false]);
    const again = await told(['run', OPENED, '-i', inventory]);
    expect(again.all('exposure-changed')).to.deep.equal([]);
  });

  it('is one line for all hosts alike, in the recap, the Markdown report and JSON', async () => {
    const inventory = inventoryOf(lab, 'deploy');
    const report = join(folder({}), 'review.md');
    const check = await orch(['check', OPENED, '-i', inventory, '--report', `md=${report}`]);
    expect(check.exit, check.stderr).to.equal(0);
    expect(check.stdout).to.match(
      /\nEXPOSURE \*+\nnewly reachable from any: 6379\/tcp on .*eth0.* of node1, node2, node3\nno longer reachable from any: 80\/tcp on .*eth0.* of node1, node2, node3\n/,
    );
    expect(readFileSync(report, 'utf8')).to.match(
      /\n### Exposure\n\n- newly reachable from any: 6379\/tcp on .*eth0/,
    );
    const json = await orch(['check', OPENED, '-i', inventory, '--output', 'json']);
    const { exposure } = JSON.parse(json.stdout) as { exposure: readonly unknown[] };
    expect(exposure).to.have.length(2);
    expect(exposure[0]).to.deep.include({ kind: 'opened', hosts: ['node1', 'node2', 'node3'] });
  });

  it('keeps the policy: what would break a rule is refused in check and run, and nothing changes', async () => {
    const at = (rules: string): string => join(folder({ 'policy.yml': rules }), 'policy.yml');
    const nodes = lab.address(2);
    const inventory = inventoryOf(lab, 'deploy', `    node_subnets: [${nodes}]\n`);
    const only = at(
      '- name: Redis for nodes\n  ports: 6379/tcp\n  interfaces: eth0\n  reachable_only_from: "{{ node_subnets }}"\n',
    );
    const before = [1, 2, 3].map((host) => lab.firewall(host));
    for (const verb of ['check', 'run']) {
      const refused = await told([verb, OPENED, '-i', inventory, '--policy', only]);
      expect(refused.exit, refused.stderr).to.equal(14);
      const fault = refused
        .all('task-ended')
        .find(({ host, outcome }) => host === 'node1' && outcome.fault)?.outcome.fault;
      expect(fault?.code).to.equal('POLICY_VIOLATED');
      expect(fault?.source).to.deep.equal({ file: only, line: 1, column: 3 });
      expect(fault?.message).to.equal(
        `policy rule "Redis for nodes" (${only}:1:3) would not hold on node1: 6379/tcp would be reachable from any but ${nodes} on eth0`,
      );
      expect(refused.all('exposure-changed')).to.deep.equal([]);
    }
    expect([1, 2, 3].map((host) => lab.firewall(host))).to.deep.equal(before);
    expect(passes(6379)).to.equal(false);

    const stay = at(
      '- name: Web stays\n  ports: 80/tcp\n  reachable_from: any\n  interfaces: [eth0]\n',
    );
    const closing = await told(['run', OPENED, '-i', inventory, '--policy', stay]);
    expect(closing.exit, closing.stderr).to.equal(14);
    expect(passes(80)).to.equal(true);

    const warns = at(
      '- name: Redis\n  ports: 6379/tcp\n  reachable_only_from: "{{ node_subnets }}"\n  severity: warn\n',
    );
    const warned = await told(['run', OPENED, '-i', inventory, '--policy', warns]);
    expect(warned.exit, warned.stderr).to.equal(0);
    expect(warned.all('warned').map(({ host }) => host)).to.have.members([
      'node1',
      'node2',
      'node3',
    ]);
    expect(passes(6379)).to.equal(true);
  });

  it('makes a change that worsens nothing of what breaks a rule already, and says so; what is worse it refuses', async () => {
    const nodes = lab.address(2);
    const inventory = inventoryOf(lab, 'deploy');
    writeFileSync(
      join(inventory, '..', 'policy.yml'),
      `- name: Web for nodes\n  ports: [80/tcp, 443/tcp]\n  interfaces: eth0\n  reachable_only_from: ${nodes}\n`,
    );
    const harmless = await told([
      'run',
      book('    - firewalld_port: { ports: [6379/tcp] }\n'),
      '-i',
      inventory,
    ]);
    expect(harmless.exit, harmless.stderr).to.equal(0);
    expect(harmless.all('warned').map(({ message }) => message)).to.include(
      `policy rule "Web for nodes" (${join(inventory, '..', 'policy.yml')}:1:3) does not hold on node1 already, and the change does not mend it: 80/tcp is reachable from any but ${nodes} on eth0`,
    );
    expect([passes(6379), passes(80)]).to.deep.equal([true, true]);
    const worse = await told([
      'run',
      book('    - firewalld_port: { ports: [443/tcp] }\n'),
      '-i',
      inventory,
    ]);
    expect(worse.exit, worse.stderr).to.equal(14);
    expect(
      worse
        .all('task-ended')
        .map(({ outcome }) => outcome.fault?.message ?? '')
        .join(),
    ).to.match(
      /would not hold on node1: 443\/tcp would be reachable from any but \S+ on eth0(,|$)/,
    );
    expect(passes(443)).to.equal(false);
    const mended = await told([
      'run',
      book(
        '    - firewalld_zone: { zone: public, interfaces: [eth0], remove: { services: [http] } }\n',
      ),
      '-i',
      inventory,
    ]);
    expect(mended.exit, mended.stderr).to.equal(0);
    expect(mended.all('warned')).to.deep.equal([]);
    expect(passes(80)).to.equal(false);
  });

  it('is judged where it is known: behind a command, before that change is sent', async () => {
    const inventory = inventoryOf(lab, 'deploy');
    const dir = join(inventory, '..');
    writeFileSync(
      join(dir, 'policy.yml'),
      '- name: Nothing new\n  ports: 9095/tcp\n  not_reachable_from: any\n',
    );
    const later = book(
      '    - firewalld_port: { ports: [6379/tcp] }\n    - command: echo 9095\n      register: port\n    - firewalld_port: { ports: ["{{ port.stdout }}/tcp"] }\n',
    );
    const run = await told(['run', later, '-i', inventory]);
    expect(run.exit, run.stderr).to.equal(14);
    expect([passes(6379), passes(9095)]).to.deep.equal([true, false]);
    const free = await told(['run', later, '-i', inventory, '--no-policy']);
    expect(free.exit, free.stderr).to.equal(0);
    expect(passes(9095)).to.equal(true);
  });

  it('tells what is reachable now and which rules hold, hosts that are alike once', async () => {
    const nodes = lab.address(2);
    const inventory = inventoryOf(lab, 'deploy');
    writeFileSync(
      join(inventory, '..', 'policy.yml'),
      `- name: SSH\n  ports: 22/tcp\n  reachable_from: any\n- name: no web\n  ports: 80/tcp\n  hosts: node2\n  reachable_only_from: ${nodes}\n- name: odd\n  ports: 81/tcp\n  hosts: node3\n  reachable_only_from: "{{ not_there }}"\n`,
    );
    lab.reset(1, 2, 3);
    for (const layer of ['', '--permanent'])
      lab.shell(2, `firewall-cmd -q ${layer} --zone=public --add-port=80/tcp`);
    const before = [1, 2, 3].map((host) => lab.firewall(host));
    const seen = await orch(['firewall', 'exposure', 'all', '-i', inventory, '-b', '--json']);
    expect(seen.exit, seen.stderr).to.equal(2);
    const told = JSON.parse(seen.stdout) as Record<
      string,
      { exposure: { kind: string; ports: string[] }[]; policy: { rule: string; holds: unknown }[] }
    >;
    const open = (host: string): readonly string[] =>
      told[host]!.exposure.filter(({ kind }) => kind === 'open').flatMap(({ ports }) => ports);
    expect(open('node1')).to.deep.equal(['22/tcp']);
    expect(open('node2')).to.deep.equal(['22/tcp', '80/tcp']);
    const holds = (host: string): readonly unknown[] =>
      told[host]!.policy.map(({ rule, holds }) => [rule, holds]);
    expect(holds('node1')).to.deep.equal([['SSH', true]]);
    expect(holds('node2')).to.deep.equal([
      ['SSH', true],
      ['no web', false],
    ]);
    expect(holds('node3')).to.deep.equal([
      ['SSH', true],
      ['odd', null],
    ]);
    const text = await orch(['firewall', 'exposure', 'node1:node2', '-i', inventory, '-b']);
    expect(text.exit, text.stderr).to.equal(2);
    expect(text.stdout)
      .to.match(/^node1$/m)
      .and.match(/^ {2}eth0, eth1 +any +22\/tcp, 80\/tcp$/m)
      .and.include(
        `policy: "no web" does not hold: 80/tcp is reachable from any but ${nodes} on eth0, eth1`,
      );
    expect([1, 2, 3].map((host) => lab.firewall(host))).to.deep.equal(before);
  });
});
