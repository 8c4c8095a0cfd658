import { expect } from 'chai';
import { finishedLines, terminal } from '../../../src/report/terminal.ts';
import {
  eventfulRun,
  opened,
  outcome,
  runEnded,
  runStarted,
  task,
  told,
  totals,
  view,
} from '../../helpers/events.ts';

const report = (
  outcomes: readonly (readonly [string, ReturnType<typeof outcome>])[],
): Parameters<typeof finishedLines>[0] => ({
  task: task(1, 'Open the web ports'),
  outcomes: new Map(outcomes),
  lost: new Map(),
});

describe('terminal', () => {
  it('keeps one line of a task on which all is well', () => {
    const fine = report([
      ['node1', outcome('ok')],
      ['node2', outcome('ok')],
      ['node3', outcome('skipped', { message: 'no' })],
    ]);
    expect(finishedLines(fine, view())).to.deep.equal(['✔ Open the web ports  2 ok, 1 skipped']);
  });

  it('shows below it what changed, on which hosts', () => {
    const busy = report([
      ['node1', outcome('ok')],
      ['node2', opened(['80/tcp'])],
      ['node3', opened(['80/tcp'])],
      ['node4', opened(['80/tcp', '81/tcp'], { disruption: 'reload' })],
    ]);
    expect(finishedLines(busy, view())).to.deep.equal([
      '✔ Open the web ports  1 ok, 3 changed',
      '    changed: [node4] (reload)',
      '      zone public (runtime + permanent)',
      '        ports  + 80/tcp 81/tcp',
      '    changed: [node2, node3]',
      '      zone public (runtime + permanent)',
      '        ports  + 80/tcp',
    ]);
  });

  it('leaves a host out of the recap on which there was no task, as Ansible does', async () => {
    const events = [runStarted(), runEnded({ node1: totals({ ok: 1 }), node2: totals() })];
    const text = await told((write) => terminal(write, view()), events);
    expect(text).to.match(/^node1 +: ok=1 /m);
    expect(text).to.not.match(/^node2/m);
    expect(text).to.contain('2 hosts: 1 unchanged, 1 without a task');
  });

  it('ends with the same failures and recap as plain output', async () => {
    const text = await told((write) => terminal(write, view()), eventfulRun());
    expect(text).to.match(/^\nPLAY \[web\]\n/);
    expect(text).to.include('✖ Open the web ports  2 changed, 1 unreachable, 1 failed\n');
    expect(text).to.include('✔ handler: restart web  1 ok\n');
    expect(text).to.include('    | second line\n  cure: Mend it.\n');
    expect(text).to.match(/4 hosts: 2 changed, 1 unreachable, 1 failed, in 4.2 s\n$/);
  });
});
