import { expect } from 'chai';
import { pastOf } from '../../../src/engine/past.ts';
import type { RunEvent } from '../../../src/model/event.ts';
import { toys } from '../../helpers/engine.ts';

const play = (tasks: string, more = 'become: false'): string =>
  `- hosts: all\n  gather_facts: false\n  ${more}\n  tasks:\n${tasks}`;
const add = (word: string, more = ''): string =>
  `    - name: add ${word}\n      toy_words: { file: "{{ dir }}/words", words: [${word}] }\n${more}`;
const count = `    - name: count\n      shell: echo x >>{{ dir }}/count; wc -l <{{ dir }}/count\n      register: counted\n`;
const breaks = `    - name: break\n      fail:\n      when: broken | bool\n`;
const handlers = (word: string): string =>
  `  handlers:\n    - name: tell\n      toy_words: { file: "{{ dir }}/words", words: [${word}] }\n`;
const BROKEN = { broken: { value: true } };
const MENDED = { broken: { value: false } };
const done = (events: readonly RunEvent[], host = 'one'): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'task-ended' &&
    event.host === host &&
    event.outcome.message === 'done in run EARLIER'
      ? [event.task.name]
      : [],
  );

describe('a run that goes on with an earlier one', function () {
  this.timeout(60_000);

  it('begins with the task that failed, and knows what earlier ones registered', async () => {
    const host = toys();
    const text = play(
      `${add('a')}${count}${breaks}    - name: use\n      toy_words: { file: "{{ dir }}/words", words: ["n{{ counted.stdout }}"] }\n`,
    );
    const first = await host.run(text, { vars: BROKEN });
    expect(first.exit).to.equal(2);
    const again = await host.run(text, { vars: MENDED, past: pastOf('EARLIER', first.events) });
    expect(again.exit, JSON.stringify(again.events.slice(-4))).to.equal(0);
    expect(done(again.events)).to.deep.equal(['add a', 'count']);
    expect(host.read('count')).to.equal('x\n');
    expect(host.words()).to.equal('a n1');
  });

  it('owes the handlers that were notified', async () => {
    const host = toys();
    const text = play(`${add('a', '      notify: tell\n')}${breaks}`) + handlers('told');
    const first = await host.run(text, { vars: BROKEN });
    expect(host.words()).to.equal('a');
    const again = await host.run(text, { vars: MENDED, past: pastOf('EARLIER', first.events) });
    expect(again.exit).to.equal(0);
    expect(host.words()).to.equal('a told');
  });

  it('can itself be gone on with: handlers and results are not forgotten', async () => {
    const host = toys();
    const use = `    - name: use\n      toy_words: { file: "{{ dir }}/words", words: ["n{{ counted.stdout }}"] }\n`;
    const text =
      play(`${add('a', '      notify: tell\n')}${count}${breaks}${use}`) + handlers('told');
    const first = await host.run(text, { vars: BROKEN });
    const second = await host.run(text, { vars: BROKEN, past: pastOf('R1', first.events) });
    const third = await host.run(text, { vars: MENDED, past: pastOf('R2', second.events) });
    expect([first.exit, second.exit, third.exit]).to.deep.equal([2, 2, 0]);
    expect(host.words()).to.equal('a n1 told');
    expect(host.read('count')).to.equal('x\n');
  });

  it('goes the way of a rescued failure again', async () => {
    const host = toys();
    const text = play(
      `    - block:\n        - name: inner\n          fail:\n      rescue:\n        - name: saved\n          shell: echo x >>{{ dir }}/saved\n${breaks}${add('end')}`,
    );
    const first = await host.run(text, { vars: BROKEN });
    const again = await host.run(text, { vars: MENDED, past: pastOf('EARLIER', first.events) });
    expect(again.exit).to.equal(0);
    expect(host.read('saved')).to.equal('x\n');
    expect(host.words()).to.equal('end');
  });

  it('does a change under a safeguard again that was taken back', async () => {
    const host = toys();
    const text = play(
      `${add('before')}    - safeguard: 10s\n      block:\n${(add('a') + breaks).replaceAll(/^(?=.)/gm, '    ')}`,
    );
    const first = await host.run(text, { vars: BROKEN });
    expect(host.words()).to.equal('before');
    const again = await host.run(text, { vars: MENDED, past: pastOf('EARLIER', first.events) });
    expect(again.exit).to.equal(0);
    expect(done(again.events)).to.deep.equal(['add before']);
    expect(again.states()).to.deep.equal(['armed', 'proved', 'confirmed']);
    expect(host.words()).to.equal('a before');
  });

  it('leaves hosts alone that were through', async () => {
    const hosts = toys('one', 'two');
    const text = play(
      `${add('a')}    - name: break\n      fail:\n      when: broken | bool and inventory_hostname == 'two'\n${add('b')}`,
    );
    const first = await hosts.run(text, { vars: BROKEN });
    const again = await hosts.run(text, { vars: MENDED, past: pastOf('EARLIER', first.events) });
    expect(again.exit).to.equal(0);
    expect(again.trips('one')).to.deep.equal([]);
    expect(hosts.words('two')).to.equal('a b');
  });

  it('does not believe a journal of other tasks', async () => {
    const host = toys();
    const first = await host.run(play(`${add('a')}${breaks}`), { vars: BROKEN });
    const other = play(`${count}${add('b')}`);
    const again = await host.run(other, { past: pastOf('EARLIER', first.events) });
    expect(again.exit).to.equal(0);
    expect(done(again.events)).to.deep.equal([]);
    expect(host.words()).to.equal('a b');
  });
});
