import { expect } from 'chai';
import type { RunEvent } from '../../../src/model/event.ts';
import { toys } from '../../helpers/engine.ts';

const play = (more: string, tasks: string): string =>
  `- hosts: all\n  gather_facts: false\n  ${more}\n  tasks:\n${tasks}`;
const add = (word: string, more = ''): string =>
  `    - name: add ${word}\n      toy_words: { file: "{{ dir }}/words", words: [${word}] }\n${more}`;
const ask = (file: string, within = '1s'): string =>
  `health:\n    within: ${within}\n    every: 1s\n    tasks:\n      - name: is well\n        shell: test -e {{ dir }}/${file}\n`;
const names = ['a', 'b', 'c', 'd'];

const order = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'task-ended' ? [`${event.host} ${event.task.name} ${event.outcome.kind}`] : [],
  );
const warnings = (events: readonly RunEvent[]): string =>
  events.flatMap((event) => (event.type === 'warned' ? [event.message] : [])).join('\n');

describe('health of a play', () => {
  it('is asked of each host that was changed, before the next one begins', async () => {
    const hosts = toys(...names);
    hosts.write('words', 'x\n', 'b');
    for (const name of names) hosts.write('well', '', name);
    const run = await hosts.run(play(`max_unavailable: 1\n  ${ask('well')}`, add('x')));
    expect(run.exit, JSON.stringify(run.events.slice(-5))).to.equal(0);
    const changed = order(run.events).filter((line) => !line.startsWith('b'));
    expect(changed).to.deep.equal(
      ['a', 'c', 'd'].flatMap((name) => [`${name} add x changed`, `${name} is well ok`]),
    );
    expect(run.tale('b')).to.deep.equal(['add x ok']);
  });

  it('is tried again until it is well', async () => {
    const hosts = toys();
    const slow = `health:\n    - name: is well\n      shell: echo . >>{{ dir }}/tries; test $(wc -l <{{ dir }}/tries) -ge 3\n`;
    const run = await hosts.run(play(slow, add('x')));
    expect(run.exit).to.equal(0);
    expect(run.outcome('is well').attempts).to.equal(3);
    expect(run.outcome('is well').kind).to.equal('ok');
  });

  it('is not asked whether `until` holds of a try that failed: it may lack what that reads', async () => {
    const hosts = toys();
    const slow = `health:\n    within: 20s\n    every: 1s\n    tasks:\n      - name: is well\n        shell: echo . >>{{ dir }}/tries; test $(wc -l <{{ dir }}/tries) -ge 2 && echo '{"ok":true}'\n        register: said\n        until: (said.stdout | from_json).ok\n`;
    const run = await hosts.run(play(slow, add('x')));
    expect(run.exit, JSON.stringify(run.events.slice(-3))).to.equal(0);
    expect(run.outcome('is well')).to.include({ kind: 'ok', attempts: 2 });
  });

  it('wants `until` to hold too, and trials one after the other share their time', async () => {
    const hosts = toys();
    const trials = `health:\n    within: 1s\n    every: 1s\n    tasks:\n      - name: one\n        shell: echo well\n        register: said\n        until: said.stdout == 'well'\n      - name: two\n        shell: echo ill\n        register: said\n        until: said.stdout == 'well'\n`;
    const run = await hosts.run(play(trials, add('x')));
    expect(run.exit).to.equal(2);
    expect(run.outcome('one').kind).to.equal('ok');
    const { fault } = run.outcome('two');
    expect(fault?.code).to.equal('UNHEALTHY');
    expect(fault?.message).to.equal('not well within 1 s: until did not hold');
    expect(fault?.source?.line).to.be.greaterThan(3);
  });

  it('ends a trial that hangs when its time is over', async () => {
    const hosts = toys();
    const hangs = `health:\n    within: 1s\n    tasks:\n      - name: is well\n        shell: sleep 30\n`;
    const start = performance.now();
    const run = await hosts.run(play(hangs, add('x')));
    expect(run.exit).to.equal(2);
    expect(performance.now() - start).to.be.lessThan(8000);
    expect(run.outcome('is well').fault?.code).to.equal('UNHEALTHY');
  });

  it('keeps everybody else from beginning where it fails, in a window and in batches', async () => {
    for (const more of ['max_unavailable: 1', 'canary: 1', 'serial: 1']) {
      const hosts = toys(...names);
      const run = await hosts.run(play(`${more}\n  ${ask('well')}`, add('x')));
      expect(run.exit, more).to.equal(2);
      const changed = names.map((name) => hosts.words(name)).filter((words) => words !== '');
      expect(changed, more).to.deep.equal(['x']);
    }
  });

  it('is not asked in check mode, nor where nothing was changed', async () => {
    const hosts = toys();
    const check = await hosts.run(play(ask('well'), add('x')), { check: true });
    expect(check.exit).to.equal(0);
    expect(check.tale()).to.deep.equal(['add x changed']);
    hosts.write('words', 'x\n');
    const run = await hosts.run(play(ask('well'), add('x')));
    expect(run.exit).to.equal(0);
    expect(run.trips()).to.deep.equal(['observe']);
  });

  it('is asked of a host that ends early', async () => {
    const hosts = toys();
    const run = await hosts.run(play(ask('well'), `${add('x')}    - meta: end_host\n${add('y')}`));
    expect(run.exit).to.equal(2);
    expect(run.tale()).to.deep.equal(['add x changed', 'is well failed']);
  });

  it('comes behind the handlers', async () => {
    const hosts = toys();
    hosts.write('well', '');
    const handler = `  handlers:\n    - name: tell\n      toy_words: { file: "{{ dir }}/words", words: [h] }\n`;
    const run = await hosts.run(play(ask('well'), add('x', '      notify: tell\n')) + handler);
    expect(run.tale()).to.deep.equal(['add x changed', 'tell changed', 'is well ok']);
  });
});

describe('health of a task', () => {
  const restart = (more: string): string =>
    `    - name: restart\n      shell: echo {{ inventory_hostname }} >>{{ all }}\n${more}`;
  const health = (within = '1s'): string =>
    `      health:\n        within: ${within}\n        every: 1s\n        tasks:\n          - name: is well\n            shell: echo {{ inventory_hostname }} well >>{{ all }}; test -e {{ dir }}/well\n`;
  const vars = (dir: string) => ({ all: { value: `${dir}/all` } });

  it('is asked before the next host does the task', async () => {
    for (const more of ['throttle: 1', 'max_unavailable: 1']) {
      const hosts = toys(...names);
      for (const name of names) hosts.write('well', '', name);
      const run = await hosts.run(
        play('become: false', restart(`      ${more}\n${health()}`) + add('y')),
        { vars: vars(hosts.undo.replace(/run$/, '')) },
      );
      expect(run.exit, JSON.stringify(run.events.slice(-5))).to.equal(0);
      const ends = order(run.events).filter((line) => !line.includes('add y'));
      const first = ends.flatMap((line, i) => (i % 2 === 0 ? [line.split(' ')[0] ?? ''] : []));
      expect([...first].sort(), more).to.deep.equal(names);
      expect(ends, more).to.deep.equal(
        first.flatMap((name) => [`${name} restart changed`, `${name} is well ok`]),
      );
    }
  });

  it('is for handlers too, and stops the others where it fails', async () => {
    const hosts = toys(...names);
    for (const name of ['a', 'c', 'd']) hosts.write('well', '', name);
    const handlers = `  handlers:\n${restart(`      max_unavailable: quorum\n${health()}`)}`;
    const run = await hosts.run(
      play('become: false', add('x', '      notify: restart\n')) + handlers,
      {
        vars: vars(hosts.undo.replace(/run$/, '')),
      },
    );
    expect(run.exit).to.equal(2);
    const all = order(run.events).filter((line) => !line.includes('add x'));
    expect(all.slice(-2)).to.deep.equal(['b restart changed', 'b is well failed']);
    for (const [i, line] of all.slice(0, -2).entries())
      expect(line).to.match(i % 2 === 0 ? /restart changed/ : /is well ok/);
    expect(warnings(run.events)).to.include('not changed: b went first and ended badly');
  });

  it('can be rescued; the others do not do it all the same', async () => {
    const hosts = toys('a', 'b');
    const block = `    - block:\n${restart(`      canary: 1\n${health()}`).replaceAll(/^(?=.)/gm, '    ')}      rescue:\n        - name: mend\n          toy_words: { file: "{{ dir }}/words", words: [mended] }\n`;
    const run = await hosts.run(play('become: false', block), {
      vars: vars(hosts.undo.replace(/run$/, '')),
    });
    const [first = '', ...others] = [...hosts.hosts].sort(
      (one, other) => run.tale(other).length - run.tale(one).length,
    );
    expect(run.tale(first)).to.deep.equal(['restart changed', 'is well failed', 'mend changed']);
    expect(others.map((name) => run.tale(name))).to.deep.equal([[]]);
    expect(hosts.words(first)).to.equal('mended');
  });
});

describe('a window', () => {
  it('counts hosts of a group where it names one', async () => {
    const refused = await toys()
      .run(play('max_unavailable: { quorum: servers }', add('x')))
      .then(() => '', String);
    expect(refused).to.match(/group "servers", and the inventory has none/);
  });

  it('lets nobody wait for what waits for it: a lock another host wants is given back first', async () => {
    const hosts = toys('a', 'b', 'c');
    const tasks = (more: string): string =>
      `    - name: drain\n      toy_words: { file: "{{ hostvars.a.dir }}/words", words: ["{{ inventory_hostname }}-out"] }\n${more}${add('x')}    - name: back\n      toy_words: { file: "{{ hostvars.a.dir }}/words", words: ["{{ inventory_hostname }}-in"] }\n${more}`;
    for (const more of ['      delegate_to: a\n', '      throttle: 1\n']) {
      const run = await hosts.run(play('max_unavailable: 1', tasks(more)));
      expect(run.exit, more).to.equal(0);
      for (const name of hosts.hosts) expect(run.outcome('back', name).kind).to.match(/ok|changed/);
    }
  });
});
