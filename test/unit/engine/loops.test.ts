import { expect } from 'chai';
import { toys, type Toyed } from '../../helpers/engine.ts';
import { change, debug, has, play, register, shell } from '../../helpers/toy-tasks.ts';

const loop = (items: string, more = ''): string => `      loop: ${items}\n${more}`;
const labels = (done: Toyed, name: string): readonly string[] | undefined =>
  done.outcome(name).items?.map(({ label, outcome }) => `${label} ${outcome.kind}`);

describe('loops', () => {
  it('over a state are one look and one write; each item claims its own change', async () => {
    const toy = toys();
    toy.write('words', 'y\n');
    const done = await toy.run(play(has('a', '"{{ item }}"', loop('[x, y, z]'))));
    expect(done.trips()).to.deep.equal(['observe', 'apply']);
    expect(labels(done, 'a')).to.deep.equal(['x changed', 'y ok', 'z changed']);
    expect(done.outcome('a')).to.deep.include({
      kind: 'changed',
      changes: [change(['x']), change(['z'])],
    });
    expect(done.totals()).to.include({ ok: 1, changed: 1 });
    expect(toy.words()).to.equal('x y z');
  });

  it('over a command are one trip, in order', async () => {
    const toy = toys();
    const done = await toy.run(
      play(shell('a', "'echo {{ item }} >> {{ dir }}/said'", loop('[1, 2, 3]'))),
    );
    expect(done.trips()).to.deep.equal(['action']);
    expect(toy.read('said')).to.equal('1\n2\n3\n');
  });

  it('try their condition for each item', async () => {
    const toy = toys();
    const done = await toy.run(
      play(has('a', '"{{ item }}"', loop('[x, y]', '      when: item != "x"\n'))),
    );
    expect(labels(done, 'a')).to.deep.equal(['x skipped', 'y changed']);
    expect(toy.words()).to.equal('y');
  });

  it('fail where an item fails; the others are still done', async () => {
    const toy = toys();
    const done = await toy.run(
      play(has('a', '"{{ item }}"', loop('[x, never, z]')), debug('b', 'not reached')),
    );
    expect(done.exit).to.equal(2);
    expect(labels(done, 'a')).to.deep.equal(['x changed', 'never failed', 'z changed']);
    expect(done.tale()).to.deep.equal(['a failed']);
    expect(done.outcome('a').fault?.code).to.equal('REFUSED');
    expect(toy.words()).to.equal('x z');
  });

  it('register a result for each item', async () => {
    const done = await toys().run(
      play(
        shell('a', 'echo {{ item }}', loop('[x, y]', register('a'))),
        debug('b', "{{ a.results | map(attribute='stdout') | join(',') }}"),
      ),
    );
    expect(done.outcome('b').message).to.equal('x,y');
  });

  it('have labels, an index and a variable of their own', async () => {
    const control =
      '      loop_control: { loop_var: w, index_var: i, label: "{{ i }}={{ w.n }}" }\n';
    const done = await toys().run(
      play(has('a', '"{{ w.n }}"', loop('[{ n: x }, { n: y }]', control))),
    );
    expect(labels(done, 'a')).to.deep.equal(['0=x changed', '1=y changed']);
  });

  it('without items are skipped', async () => {
    const done = await toys().run(play(has('a', '"{{ item }}"', loop('[]'))));
    expect(done.tale()).to.deep.equal(['a skipped']);
    expect(done.trips()).to.deep.equal([]);
  });

  it('over what is no list fail at the loop', async () => {
    const book = play(has('a', '"{{ item }}"', loop('"{{ text }}"')));
    const done = await toys().run(book, { vars: { text: { value: 'x' } } });
    expect(done.outcome('a').fault).to.deep.include({
      code: 'TEMPLATE_FAILED',
      message: 'loop needs a list, got a string',
      source: { file: 'site.yml', line: 6, column: 13 },
    });
  });

  it('over unknown items are unknown in check mode', async () => {
    const done = await toys().run(
      play(
        shell('a', 'echo x', register('a')),
        has('b', '"{{ item }}"', loop('"{{ a.stdout_lines }}"')),
      ),
      { check: true },
    );
    expect(done.tale()).to.deep.equal(['a unknown', 'b unknown']);
  });
});
