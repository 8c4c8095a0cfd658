import { expect } from 'chai';
import { toys } from '../../helpers/engine.ts';
import { change, debug, has, lacks, play, register, shell, when } from '../../helpers/toy-tasks.ts';

describe('waves', () => {
  describe('trips', () => {
    it('are one where all is right, two where something changes', async () => {
      const toy = toys();
      const book = play(has('a', 'x'), has('b', 'y, z'), debug('c', 'hello'));
      const first = await toy.run(book);
      expect(first.tale()).to.deep.equal(['a changed', 'b changed', 'c ok']);
      expect(first.trips()).to.deep.equal(['observe', 'apply']);
      expect(toy.words()).to.equal('x y z');
      const second = await toy.run(book);
      expect(second.tale()).to.deep.equal(['a ok', 'b ok', 'c ok']);
      expect(second.trips()).to.deep.equal(['observe']);
    });

    it('are three where somebody else gets in between, whose change stays', async () => {
      const toy = toys();
      toy.write('words.meddle', 'theirs\n');
      const done = await toy.run(play(has('a', 'x')));
      expect(done.trips()).to.deep.equal(['observe', 'apply', 'apply']);
      expect(done.outcome('a').changes).to.deep.equal([change(['x'])]);
      expect(toy.words()).to.equal('theirs x');
    });

    it('are no more where somebody gets in between each time: nothing is written', async () => {
      const toy = toys();
      toy.write('words.meddle', 'theirs\n');
      toy.write('words.always', '');
      const done = await toy.run(play(has('a', 'x'), debug('b', 'not reached')));
      expect(done.exit).to.equal(2);
      expect(done.trips()).to.deep.equal(['observe', 'apply', 'apply']);
      expect(done.tale()).to.deep.equal(['a failed']);
      expect(done.outcome('a').fault?.code).to.equal('CHANGED_UNDERNEATH');
      expect(toy.words()).to.not.include('x');
    });

    it('are none where no task looks at the host', async () => {
      const done = await toys().run(play(debug('a', 'x'), has('b', 'x', when('false'))));
      expect(done.tale()).to.deep.equal(['a ok', 'b skipped']);
      expect(done.trips()).to.deep.equal([]);
    });

    it('are kept apart by a command, which sees what was changed before it', async () => {
      const toy = toys();
      const done = await toy.run(
        play(
          has('a', 'x'),
          shell('b', 'cat {{ dir }}/words', register('b')),
          has('c', '"{{ b.stdout }}2"'),
        ),
      );
      expect(done.trips()).to.deep.equal(['observe', 'apply', 'action', 'observe', 'apply']);
      expect(toy.words()).to.equal('x x2');
    });
  });

  describe('tasks over one resource', () => {
    it('each see what the one before leaves, and claim only their own change', async () => {
      const toy = toys();
      toy.write('words', 'old\n');
      const done = await toy.run(play(has('a', 'x, old'), has('b', 'x, y'), lacks('c', 'old')));
      expect(done.outcome('a').changes).to.deep.equal([change(['x'])]);
      expect(done.outcome('b').changes).to.deep.equal([change(['y'])]);
      expect(done.outcome('c').changes).to.deep.equal([change([], ['old'])]);
      expect(done.trips()).to.deep.equal(['observe', 'apply']);
      expect(toy.words()).to.equal('x y');
    });

    it('that take each other back write nothing, and say who took it back', async () => {
      const toy = toys();
      const done = await toy.run(play(has('a', 'x'), lacks('b', 'x')));
      expect(done.tale()).to.deep.equal(['a ok', 'b ok']);
      expect(done.outcome('a').undoneBy).to.equal('b');
      expect(done.trips()).to.deep.equal(['observe']);
      expect(toy.read('words')).to.equal('');
    });

    it('that take a part back leave the rest', async () => {
      const toy = toys();
      const done = await toy.run(play(has('a', 'x, y'), lacks('b', 'x')));
      expect(done.outcome('a')).to.deep.include({ kind: 'changed', changes: [change(['y'])] });
      expect(done.outcome('b')).to.include({ kind: 'ok' });
      expect(toy.words()).to.equal('y');
    });

    it('keep files apart', async () => {
      const toy = toys();
      const other = '    - name: b\n      toy_words: { file: "{{ dir }}/other", words: [y] }\n';
      const done = await toy.run(play(has('a', 'x'), other));
      expect(done.trips()).to.deep.equal(['observe', 'apply']);
      expect([toy.read('words'), toy.read('other')]).to.deep.equal(['x\n', 'y\n']);
    });
  });

  describe('failures', () => {
    it('of a step are undone; the first task with a change in that write fails, those behind do not run', async () => {
      const toy = toys();
      toy.write('words', 'old\n');
      const done = await toy.run(
        play(
          has('none', 'old'),
          has('a', 'x'),
          has('b', 'bad'),
          has('c', 'z'),
          debug('d', 'hello'),
        ),
      );
      expect(done.exit).to.equal(2);
      expect(done.tale()).to.deep.equal(['none ok', 'a failed']);
      const { fault, changes } = done.outcome('a');
      expect(fault).to.deep.include({ code: 'STEP_FAILED', stderr: 'no room' });
      expect(fault?.message).to.match(/the same write was to do what "b", "c" want$/);
      expect(changes).to.deep.equal([]);
      expect(toy.words()).to.equal('old');
    });

    it('of a step that does nothing are not converged', async () => {
      const done = await toys().run(play(has('a', 'ghost')));
      expect(done.exit).to.equal(2);
      expect(done.outcome('a').fault?.code).to.equal('NOT_CONVERGED');
      expect(done.outcome('a').message).to.match(/does not show: .*ghost/);
    });

    it('of planning write the tasks before, and none of those behind', async () => {
      const toy = toys();
      const done = await toy.run(play(has('a', 'x'), has('b', 'y, never'), has('c', 'z')));
      expect(done.exit).to.equal(2);
      expect(done.tale()).to.deep.equal(['a changed', 'b failed']);
      expect(done.outcome('b').fault).to.deep.include({
        code: 'REFUSED',
        source: { file: 'site.yml', line: 7, column: 52 },
      });
      expect(toy.words()).to.equal('x');
      expect(done.totals()).to.include({ ok: 1, changed: 1, failed: 1 });
    });

    it('that are ignored let the tasks behind go on', async () => {
      const toy = toys();
      const ignore = '      ignore_errors: true\n';
      const done = await toy.run(
        play(has('a', 'never', register('a') + ignore), has('b', 'y', when('a is failed'))),
      );
      expect(done.exit).to.equal(0);
      expect(done.tale()).to.deep.equal(['a failed', 'b changed']);
      expect(done.totals()).to.include({ ok: 2, changed: 1, failed: 0, ignored: 1 });
    });

    it('of a write that are ignored are those of one task alone', async () => {
      const toy = toys();
      const ignore = '      ignore_errors: true\n';
      const done = await toy.run(
        play(
          has('a', 'x'),
          has('b', 'bad', register('b') + ignore),
          has('c', 'z', when('b is failed')),
        ),
      );
      expect(done.exit).to.equal(0);
      expect(done.tale()).to.deep.equal(['a changed', 'b failed', 'c changed']);
      expect(done.totals()).to.include({ ok: 3, changed: 2, failed: 0, ignored: 1 });
      expect(toy.words()).to.equal('x z');
    });

    it('that may be ignored cost no trip where there are none', async () => {
      const toy = toys();
      toy.write('words', 'x\n');
      const ignore = '      ignore_errors: true\n';
      const done = await toy.run(play(has('a', 'x', ignore), has('b', 'x', ignore), has('c', 'y')));
      expect(done.trips()).to.deep.equal(['observe', 'apply']);
    });

    it('of one item are told though the write of the next was not begun', async () => {
      const toy = toys();
      const loop = `    - name: a
      toy_words: { file: "{{ dir }}/{{ item.file }}", words: ["{{ item.word }}"] }
      loop: [{ file: one, word: bad }, { file: two, word: x }]
      register: a
      ignore_errors: "{{ lenient | default(false) }}"
`;
      const done = await toy.run(play(loop, debug('b', 'not reached')));
      expect(done.exit).to.equal(2);
      expect(done.tale()).to.deep.equal(['a failed']);
      expect(done.outcome('a').items?.map(({ outcome }) => outcome.kind)).to.deep.equal([
        'failed',
        'skipped',
      ]);
      expect(toy.read('two')).to.equal('');
      const lenient = await toy.run(
        play(
          loop,
          debug(
            'b',
            "{{ a.failed }} {{ a.results | map(attribute='failed', default=false) | list }}",
          ),
        ),
        { vars: { lenient: { value: true } } },
      );
      expect(lenient.outcome('b').message).to.equal('True [True, False]');
    });
  });

  describe('registered values', () => {
    it('decide over tasks of the same wave', async () => {
      const toy = toys();
      toy.write('words', 'x\n');
      const done = await toy.run(
        play(
          has('a', 'x', register('a')),
          has('b', 'y', register('b')),
          has('c', 'z', when('a is changed')),
          has('d', 'w', when('b is changed')),
        ),
      );
      expect(done.tale()).to.deep.equal(['a ok', 'b changed', 'c skipped', 'd changed']);
      expect(done.trips()).to.deep.equal(['observe', 'apply']);
      expect(toy.words()).to.equal('w x y');
    });

    it('that decide what to look at end the wave', async () => {
      const toy = toys();
      const book = play(
        has('a', 'x', register('a')),
        '    - name: b\n      toy_words: { file: "{{ dir }}/{{ a.words[0] }}", words: [y] }\n',
      );
      const done = await toy.run(book);
      expect(done.tale()).to.deep.equal(['a changed', 'b changed']);
      expect(done.trips()).to.deep.equal(['observe', 'apply', 'observe', 'apply']);
      expect(toy.read('x')).to.equal('y\n');
    });

    it('of tasks that did not come to their turn are forgotten', async () => {
      const toy = toys();
      const done = await toy.run(
        play(
          has('a', 'bad', '      ignore_errors: true\n'),
          debug('b', '{{ c is defined }}'),
          has('c', 'x', register('c')),
        ),
      );
      expect(done.outcome('b').message).to.equal('false');
      expect(done.exit).to.equal(0);
    });

    it('set_fact holds from its turn on', async () => {
      const toy = toys();
      const done = await toy.run(
        play('    - name: set\n      set_fact: { word: x }\n', has('a', '"{{ word }}"')),
      );
      expect(done.trips()).to.deep.equal(['observe', 'apply']);
      expect(toy.words()).to.equal('x');
    });
  });
});
