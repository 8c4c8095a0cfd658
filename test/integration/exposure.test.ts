import { readFileSync } from 'node:fs';
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
});
