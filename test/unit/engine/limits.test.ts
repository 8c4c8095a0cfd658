import { expect } from 'chai';
import { limited } from '../../../src/engine/limits.ts';
import type { Move } from '../../../src/engine/apply.ts';
import type { World } from '../../../src/engine/stage.ts';
import { OrchError } from '../../../src/lib/errors.ts';
import { raw } from '../../../src/lib/shell.ts';
import type { Disruption, Step } from '../../../src/model/module.ts';
import { toys } from '../../helpers/engine.ts';

const step = (disruption: Disruption, more: Partial<Step> = {}): Step => ({
  name: `a ${disruption}`,
  do: raw('true'),
  stage: 'runtime',
  disruption,
  ...more,
});

const refusals = (
  steps: readonly Step[],
  allowDisruption: Disruption | undefined,
): readonly string[] => {
  const world = { changes: 0, input: { options: { allowDisruption } } } as unknown as World;
  const move = { key: 'k', plan: { steps } } as unknown as Move;
  return limited(world, [move], { planned: [], folds: new Map() }).flatMap(({ plan }) =>
    plan instanceof OrchError ? [plan.message] : [],
  );
};

describe('how much a run may disturb', () => {
  it('is whatever changes do, unless a class is named', () => {
    expect(refusals([step('none'), step('reboot')], undefined)).to.deep.equal([]);
    expect(refusals([step('connection')], 'connection')).to.deep.equal([]);
    expect(refusals([step('none'), step('restart', { reason: 'why' })], 'reload')).to.deep.equal([
      'a restart means a restart: why',
    ]);
  });

  it('is harm only where its class is named', () => {
    const harmful = [step('reload', { harm: 'it flushes rules' })];
    expect(refusals(harmful, undefined)).to.deep.equal(['a reload does harm: it flushes rules']);
    expect(refusals(harmful, 'connection')).to.have.length(1);
    expect(refusals(harmful, 'reload')).to.deep.equal([]);
    expect(refusals(harmful, 'reboot')).to.deep.equal([]);
  });

  it('ends at --max-changes, counted over all hosts, in check and in run', async () => {
    const text = `- hosts: all\n  gather_facts: false\n  tasks:\n    - toy_words: { file: "{{ dir }}/words", words: [a] }\n    - toy_words: { file: "{{ dir }}/words", words: [b] }\n`;
    for (const check of [true, false]) {
      const hosts = toys('one', 'two');
      const run = await hosts.run(text, { maxChanges: 3, check });
      expect(run.exit).to.equal(2);
      const failed = run.events.flatMap((event) =>
        event.type === 'task-ended' && event.outcome.kind === 'failed'
          ? (event.outcome.message ?? '')
          : [],
      );
      expect(failed.join()).to.include('4 changes would be made, and --max-changes allows 3');
      const words = [hosts.words('one'), hosts.words('two')].filter((one) => one !== '');
      expect(words).to.deep.equal(check ? [] : ['a b']);
    }
    const all = toys('one', 'two');
    expect((await all.run(text, { maxChanges: 4 })).exit).to.equal(0);
  });
});
