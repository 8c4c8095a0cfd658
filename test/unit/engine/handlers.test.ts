import { expect } from 'chai';
import { toys } from '../../helpers/engine.ts';
import { debug, has, play, shell } from '../../helpers/toy-tasks.ts';

const notify = (name: string): string => `      notify: ${name}\n`;
const handlers = (...tasks: readonly string[]): string => `  handlers:\n${tasks.join('')}`;
const note = (name: string, more = ''): string =>
  shell(name, `'echo ${name} >> {{ dir }}/noted'`, more);

describe('handlers', () => {
  it('run once, behind all tasks, in the order they are written', async () => {
    const toy = toys();
    const done = await toy.run(
      play(
        has('a', 'x', notify('[second, first]')),
        has('b', 'y', notify('first')),
        debug('c', 'last'),
      ) + handlers(note('first'), note('second'), note('third')),
    );
    expect(done.tale()).to.deep.equal([
      'a changed',
      'b changed',
      'c ok',
      'first changed',
      'second changed',
    ]);
    expect(toy.read('noted')).to.equal('first\nsecond\n');
  });

  it('run only on hosts that changed', async () => {
    const toy = toys('one', 'two');
    toy.write('words', 'x\n', 'two');
    const done = await toy.run(play(has('a', 'x', notify('n'))) + handlers(note('n')));
    expect([done.tale('one'), done.tale('two')]).to.deep.equal([
      ['a changed', 'n changed'],
      ['a ok'],
    ]);
  });

  it('do not run for a change that a later task takes back', async () => {
    const toy = toys();
    const back = `    - name: b\n      toy_words: { file: "{{ dir }}/words", words: [x], state: absent }\n`;
    const done = await toy.run(play(has('a', 'x', notify('n')), back) + handlers(note('n')));
    expect(done.tale()).to.deep.equal(['a ok', 'b ok']);
  });

  it('listen to other names', async () => {
    const toy = toys();
    const book =
      play(has('a', 'x', notify('"{{ topic }}"'))) +
      handlers(note('n', '      listen: news\n'), note('m', '      listen: [old, news]\n'));
    const done = await toy.run(book, { vars: { topic: { value: 'news' } } });
    expect(done.tale()).to.deep.equal(['a changed', 'n changed', 'm changed']);
  });

  it('that do not exist end the run, with the place', async () => {
    const done = await toys().run(
      play(has('a', 'x', notify('"{{ who }}"')), has('b', 'y')) + handlers(note('n')),
      {
        vars: { who: { value: 'nobody' } },
      },
    );
    expect(done.exit).to.equal(2);
    const warned = done.events.filter((event) => event.type === 'warned');
    expect(warned).to.deep.equal([
      {
        type: 'warned',
        message:
          'PLAYBOOK_INVALID: The requested handler "nobody" was not found. The run ends here. Add it below `handlers:`, or give a handler `listen` with this word.',
        source: { file: 'site.yml', line: 6, column: 15 },
      },
    ]);
  });

  it('are foreseen in check mode', async () => {
    const toy = toys();
    const handler = `    - name: n\n      toy_words: { file: "{{ dir }}/other", words: [y] }\n`;
    const book = play(has('a', 'x', notify('n'))) + handlers(handler);
    expect((await toy.run(book, { check: true })).tale()).to.deep.equal(['a changed', 'n changed']);
    expect(toy.read('other')).to.equal('');
    expect((await toy.run(book)).tale()).to.deep.equal(['a changed', 'n changed']);
    expect(toy.read('other')).to.equal('y\n');
  });

  it('of a host that failed do not run', async () => {
    const toy = toys();
    const done = await toy.run(
      play(has('a', 'x', notify('n')), has('b', 'never')) + handlers(note('n')),
    );
    expect(done.tale()).to.deep.equal(['a changed', 'b failed']);
    expect(toy.read('noted')).to.equal('');
  });
});
