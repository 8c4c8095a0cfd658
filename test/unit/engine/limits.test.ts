import { expect } from 'chai';
import type { RunEvent } from '../../../src/model/event.ts';
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

  const said = (events: readonly RunEvent[]): string =>
    events
      .flatMap((event) => (event.type === 'task-ended' ? (event.outcome.message ?? '') : []))
      .join('; ');

  it('counts commands too, once for a task and host, before they run', async () => {
    const text = `- hosts: all
  gather_facts: false
  tasks:
    - toy_words: { file: "{{ dir }}/words", words: [a] }
    - shell: echo x >{{ dir }}/{{ item }}
      loop: [one, two]
    - shell: 'true'
      changed_when: false
    - shell: 'true'
      args: { reads: true }
    - shell: echo x >{{ dir }}/late
`;
    for (const check of [true, false]) {
      const hosts = toys('a');
      const two = await hosts.run(text, { maxChanges: 2, check });
      expect(two.exit, said(two.events)).to.equal(2);
      expect(said(two.events)).to.include('3 changes would be made, and --max-changes allows 2');
      expect(hosts.read('two')).to.equal(check ? '' : 'x\n');
      expect(hosts.read('late')).to.equal('');
      const three = await toys('a').run(text, { maxChanges: 3, check });
      expect(three.exit, said(three.events)).to.equal(0);
    }
  });

  it('does not count a command that has nothing to do', async () => {
    const text = `- hosts: all
  gather_facts: false
  tasks:
    - shell: touch {{ dir }}/made
      args: { creates: "{{ dir }}/made" }
    - shell: touch {{ dir }}/other
      args: { creates: "{{ dir }}/other" }
`;
    for (const check of [true, false]) {
      const hosts = toys('a');
      hosts.write('made', '');
      const run = await hosts.run(text, { maxChanges: 1, check });
      expect(run.exit, said(run.events)).to.equal(0);
      const none = await hosts.run(text, { maxChanges: 0, check });
      expect(none.exit, said(none.events)).to.equal(check ? 2 : 0);
    }
  });

  it('is judged for commands as for all else, and told in check and run', async () => {
    const text = `- hosts: all
  gather_facts: false
  tasks:
    - name: looks like one
      shell: 'true || systemctl restart k3s'
`;
    for (const check of [true, false]) {
      const refused = await toys('a').run(text, { allowDisruption: 'reload', check });
      expect(refused.exit).to.equal(2);
      expect(said(refused.events)).to.include('shell means a restart: k3s starts anew');
      const done = await toys('a').run(text, { allowDisruption: 'restart', check });
      expect(done.exit, said(done.events)).to.equal(0);
      const [told] = done.events.flatMap((e) => (e.type === 'task-ended' ? [e.outcome] : []));
      expect(told?.disruption).to.equal('restart');
      expect(told?.disruptionReason).to.equal('k3s starts anew');
    }
  });
});
