import { expect } from 'chai';
import type { OrchErrors } from '../../../src/lib/errors.ts';
import { Secret } from '../../../src/model/value.ts';
import { toys } from '../../helpers/engine.ts';
import { debug, has, play, register, shell, when } from '../../helpers/toy-tasks.ts';

const HOSTS = ['one', 'two', 'three'] as const;

describe('run', () => {
  it('tells a run from its start to its end', async () => {
    const done = await toys('one', 'two').run(play(debug('a', 'x')));
    expect(done.events.map(({ type }) => type)).to.deep.equal([
      'run-started',
      'play-started',
      'task-ended',
      'task-ended',
      'play-ended',
      'host-ended',
      'host-ended',
      'run-ended',
    ]);
  });

  it('keeps hosts apart: one that fails goes no further, the others do', async () => {
    const toy = toys(...HOSTS);
    const done = await toy.run(
      play(has('a', 'never', when("inventory_hostname == 'two'")), has('b', 'x')),
    );
    expect(done.exit).to.equal(2);
    expect(HOSTS.map((host) => toy.words(host))).to.deep.equal(['x', '', 'x']);
    expect(done.tale('two')).to.deep.equal(['a failed']);
    expect(done.tale('three')).to.deep.equal(['a skipped', 'b changed']);
  });

  it('takes a host that failed out of later plays', async () => {
    const toy = toys('one', 'two');
    const done = await toy.run(
      play(has('a', 'never', when("inventory_hostname == 'one'"))) + play(debug('b', 'x')),
    );
    expect(done.tale('one')).to.deep.equal(['a failed']);
    expect(done.tale('two')).to.deep.equal(['a skipped', 'b ok']);
  });

  it('goes through batches in order, and stops where all of one failed', async () => {
    const toy = toys(...HOSTS);
    const book = play(has('a', '"{{ word }}"')).replace('  tasks:', '  serial: 1\n  tasks:');
    const done = await toy.run(book, { vars: { word: { value: 'x' } } });
    const order = done.events.flatMap((event) => (event.type === 'task-ended' ? [event.host] : []));
    expect(order).to.deep.equal(HOSTS);
    const stopped = await toy.run(book, { vars: { word: { value: 'never' } } });
    expect(stopped.exit).to.equal(2);
    expect(stopped.tale('one')).to.deep.equal(['a failed']);
    expect(stopped.tale('two')).to.deep.equal([]);
  });

  it('works on no more hosts than forks at a time', async () => {
    const toy = toys(...HOSTS);
    const book = play(shell('a', 'sleep 0.1'), shell('b', 'true'));
    const order = (await toy.run(book, { forks: 1 })).events.flatMap((event) =>
      event.type === 'task-ended' ? [`${event.host} ${event.task.name}`] : [],
    );
    expect(order).to.deep.equal(
      ['a', 'b'].flatMap((task) => HOSTS.map((host) => `${host} ${task}`)),
    );
  });

  it('checks the inputs of all plays and hosts before it begins', async () => {
    const toy = toys('one', 'two');
    const inputs = '  inputs:\n    n: { type: integer, description: A number. }\n  tasks:';
    const book = play(has('a', 'x')) + play(debug('b', 'x')).replace('  tasks:', inputs);
    const heard: string[] = [];
    const error = await toy
      .run(book, { vars: { n: { value: 'x' } }, heard: ({ type }) => heard.push(type) })
      .then(
        () => undefined,
        (cause: unknown) => cause as OrchErrors,
      );
    expect(error?.errors.map(({ message }) => message)).to.deep.equal([
      'input n of hosts one, two must be an integer, is x (set by extra vars (-e)).',
    ]);
    expect(heard).to.deep.equal([]);
    expect(toy.words()).to.equal('');
  });

  it('that goes wrong in a play for all hosts still tells what was done', async () => {
    const toy = toys();
    const serial = '  serial: "{{ n.stdout | default(1) }}"\n  tasks:';
    const later = play(debug('b', 'x')).replace('  tasks:', serial);
    const book = play(shell('a', 'echo 0.5', register('n'))) + later;
    const done = await toy.run(book);
    expect(done.exit).to.equal(2);
    expect(done.tale()).to.deep.equal(['a changed']);
    const warned = done.events.flatMap((event) => (event.type === 'warned' ? [event.message] : []));
    expect(warned.join()).to.match(/^PLAYBOOK_INVALID: serial must be .* is "0\.5"/);
    expect(done.events.at(-1)).to.deep.include({ type: 'run-ended', exit: 2 });
  });

  it('that is interrupted begins nothing more', async () => {
    const toy = toys();
    const stop = new AbortController();
    const done = await toy.run(play(has('a', 'x'), shell('b', 'true'), has('c', 'y')), {
      stop: stop.signal,
      heard: ({ type }) => type === 'task-ended' && stop.abort(),
    });
    expect(done.exit).to.equal(130);
    expect(done.tale()).to.deep.equal(['a changed']);
    expect(toy.words()).to.equal('x');
    expect(done.events.at(-1)).to.deep.include({ type: 'run-ended', interrupted: true });
  });

  describe('secrets', () => {
    const vars = { word: { value: new Secret('hunter2') } };

    it('do their work and are in no event', async () => {
      const toy = toys();
      const done = await toy.run(
        play(
          debug('a {{ word }}', 'it is {{ word }}'),
          shell('b', "'printf %s {{ word }} > {{ dir }}/b'", register('b')),
          shell('c', "'true # {{ item }}'", '      loop: ["{{ word }}"]\n'),
          has('d', 'x', when('word == "hunter2"')),
          shell('e', "'exit 3 # {{ word }}'"),
        ),
        { vars },
      );
      expect(toy.read('b')).to.equal('hunter2');
      expect(done.tale().map((line) => line.split(' ').at(-1))).to.deep.equal([
        'ok',
        'changed',
        'changed',
        'changed',
        'failed',
      ]);
      expect(JSON.stringify(done.events)).to.not.include('hunter2');
      expect(done.outcome('e').fault?.code).to.equal('TASK_FAILED');
    });

    it('are hidden by no_log where they are none: output, changes and faults', async () => {
      const toy = toys();
      const quiet = '      no_log: true\n';
      const ignore = '      ignore_errors: true\n';
      const done = await toy.run(
        play(
          shell('a', 'echo plain-word', quiet + register('a')),
          has('b', 'plain-word', quiet),
          shell('c', 'echo plain-word >&2; exit 1', quiet + ignore),
          shell('d', 'echo {{ item }}', `${quiet}      loop: [plain-word]\n`),
          shell('e', 'true', when('a.stdout | length == 10')),
        ),
      );
      expect(done.tale()).to.deep.equal([
        'a changed',
        'b changed',
        'c failed',
        'd changed',
        'e changed',
      ]);
      const told = done.events.filter((event) => event.type === 'task-ended');
      expect(JSON.stringify(told)).to.not.include('plain-word');
      expect(done.outcome('c').fault).to.include({ code: 'TASK_FAILED' });
      expect(toy.words()).to.equal('plain-word');
    });
  });
});
