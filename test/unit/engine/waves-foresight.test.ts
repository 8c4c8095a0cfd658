import { expect } from 'chai';
import { toys } from '../../helpers/engine.ts';
import {
  change,
  debug,
  finds,
  has,
  lacks,
  play,
  register,
  shell,
  when,
} from '../../helpers/toy-tasks.ts';

describe('waves', () => {
  describe('inspections', () => {
    it('judge what is after the changes before them were made', async () => {
      const toy = toys();
      const done = await toy.run(play(has('a', 'x'), finds('b', 'x'), finds('c', 'x, y')));
      expect(done.exit).to.equal(2);
      expect(done.tale()).to.deep.equal(['a changed', 'b ok', 'c failed']);
      expect(done.trips()).to.deep.equal(['observe', 'apply']);
      expect(done.outcome('c').findings.map(({ message }) => message)).to.deep.equal([
        'y is missing',
      ]);
      expect(done.outcome('c').fault?.code).to.equal('FINDINGS');
    });

    it('share the look where nothing changes before them', async () => {
      const toy = toys();
      toy.write('words', 'x\n');
      const done = await toy.run(play(has('a', 'x'), finds('b', 'x')));
      expect(done.trips()).to.deep.equal(['observe']);
    });
  });

  describe('check mode', () => {
    const check = { check: true };

    it('foresees what a run then does, and writes nothing', async () => {
      const toy = toys();
      toy.write('words', 'old\n');
      const book = play(has('a', 'x, old'), lacks('b', 'old'), has('c', 'y'), lacks('d', 'y'));
      const foreseen = await toy.run(book, check);
      expect(foreseen.trips()).to.deep.equal(['observe']);
      expect(toy.words()).to.equal('old');
      const done = await toy.run(book);
      expect(foreseen.tale()).to.deep.equal(done.tale());
      for (const name of ['a', 'b', 'c', 'd']) {
        expect(foreseen.outcome(name)).to.deep.equal(done.outcome(name));
      }
    });

    it('carries what it foresees across commands', async () => {
      const toy = toys();
      const book = play(
        has('a', 'x'),
        shell('b', 'touch {{ dir }}/b'),
        has('c', 'x, y'),
        finds('d', 'x, y'),
      );
      const foreseen = await toy.run(book, check);
      expect(foreseen.tale()).to.deep.equal(['a changed', 'b unknown', 'c changed', 'd ok']);
      expect(foreseen.outcome('c').changes).to.deep.equal([change(['y'])]);
      expect([toy.read('words'), toy.read('b')]).to.deep.equal(['', '']);
      expect(foreseen.exit).to.equal(0);
      expect((await toy.run(book, { check: true, detailedExitcode: true })).exit).to.equal(10);
      expect((await toy.run(book, { check: true, strictCheck: true })).exit).to.equal(13);
    });

    const ignored = '      ignore_errors: true\n';
    for (const [what, book] of [
      ['one that may fail', play(has('a', 'x', ignored), lacks('b', 'x'), has('c', 'y'))],
      ['one behind that may fail', play(has('a', 'x'), lacks('b', 'x', ignored), has('c', 'y'))],
      ['an inspection', play(has('a', 'x'), finds('i', 'x'), lacks('b', 'x'), has('c', 'y'))],
      ['another play', `${play(has('a', 'x'), has('c', 'y'))}\n${play(lacks('b', 'x'))}`],
    ] as const)
      it(`tells what is made and taken back on both sides of ${what} as a run does`, async () => {
        const toy = toys();
        const foreseen = await toy.run(book, check);
        expect(toy.words()).to.equal('');
        const done = await toy.run(book);
        expect(done.outcome('a').changes).to.deep.equal([change(['x'])]);
        expect(done.outcome('b').changes).to.deep.equal([change([], ['x'])]);
        expect(foreseen.tale()).to.deep.equal(done.tale());
        for (const name of ['a', 'b', 'c'])
          expect(foreseen.outcome(name)).to.deep.equal(done.outcome(name));
        expect(toy.words()).to.equal('y');
      });

    it('does not take for done what a write that is refused was to do', async () => {
      const toy = toys();
      const book = play(has('a', 'x, unplannable', ignored), has('b', 'x'));
      const foreseen = await toy.run(book, check);
      const done = await toy.run(book);
      expect(done.tale()).to.deep.equal(['a failed', 'b changed']);
      expect(foreseen.tale()).to.deep.equal(done.tale());
      expect(foreseen.outcome('b')).to.deep.equal(done.outcome('b'));
    });

    it('does not take for done what a task with check_mode: true only asks, as in a run', async () => {
      const toy = toys();
      const asks = '      check_mode: true\n';
      const book = play(
        has('a', 'x', asks),
        has('b', 'x'),
        has('c', 'x, y', asks),
        has('d', 'x, y'),
      );
      const foreseen = await toy.run(book, check);
      const done = await toy.run(book);
      expect(done.tale()).to.deep.equal(['a changed', 'b changed', 'c changed', 'd changed']);
      expect(foreseen.tale()).to.deep.equal(done.tale());
      expect(foreseen.outcome('b').changes).to.deep.equal([change(['x'])]);
      expect(foreseen.outcome('d').changes).to.deep.equal([change(['y'])]);
    });

    it('does not know what a command would say, nor what hangs on it', async () => {
      const toy = toys();
      const foreseen = await toy.run(
        play(
          shell('b', 'echo x', register('b')),
          has('c', '"{{ b.stdout }}"'),
          has('d', 'y', when('b.stdout == "x"')),
          debug('e', '{{ b.rc }}'),
        ),
        check,
      );
      expect(foreseen.tale()).to.deep.equal(['b unknown', 'c unknown', 'd unknown', 'e unknown']);
      const ended = foreseen.events.find((event) => event.type === 'run-ended');
      expect(ended?.type === 'run-ended' && ended.coverage).to.deep.equal({
        foreseen: 0,
        total: 4,
      });
    });

    it('fails where a run would refuse', async () => {
      const foreseen = await toys().run(play(has('a', 'never'), has('b', 'x')), check);
      expect(foreseen.exit).to.equal(2);
      expect(foreseen.tale()).to.deep.equal(['a failed']);
    });
  });
});
