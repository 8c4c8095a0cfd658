import { expect } from 'chai';
import { rolloutOf } from '../../../src/engine/rollout.ts';
import { toys } from '../../helpers/engine.ts';

const play = (more: string, tasks: string): string =>
  `- hosts: all\n  gather_facts: false\n  ${more}\n  tasks:\n${tasks}`;
const add = (word: string): string =>
  `    - name: add ${word}\n      toy_words: { file: "{{ dir }}/words", words: [${word}] }\n`;
const names = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('a rolling change', () => {
  it('is counted in hosts, shares and majorities', () => {
    expect(rolloutOf(6, { canary: 1 })).to.deep.equal({ canary: 1, window: undefined });
    expect(rolloutOf(6, { canary: '50%', maxUnavailable: '34%' })).to.deep.equal({
      canary: 3,
      window: 2,
    });
    expect(
      [1, 2, 3, 4, 5].map((n) => rolloutOf(n, { maxUnavailable: 'quorum' })?.window),
    ).to.deep.equal([1, 1, 1, 1, 2]);
    expect(rolloutOf(6, {})).to.equal(undefined);
    expect(() => rolloutOf(6, { canary: 'some' })).to.throw('canary must be a number');
  });

  it('begins with the canary, and goes on when it ended well', async () => {
    const hosts = toys(...names);
    const run = await hosts.run(play('canary: 1', add('x') + add('y')));
    expect(run.exit).to.equal(0);
    const order = run.events.flatMap((event) =>
      event.type === 'task-ended' ? [`${event.host} ${event.task.name}`] : [],
    );
    const [canary = ''] = (order[0] ?? '').split(' ');
    expect(order.slice(0, 2)).to.deep.equal([`${canary} add x`, `${canary} add y`]);
    for (const name of names) expect(hosts.words(name)).to.equal('x y');
  });

  it('stops at a canary that ends badly: nobody else is changed', async () => {
    const hosts = toys(...names);
    // Which host is the canary is not said: the first that is found to need a change.
    const bad = '    - fail:\n';
    const run = await hosts.run(
      play('canary: 1', add('x') + `    - shell: "true"\n      args: { reads: true }\n${bad}`),
    );
    expect(run.exit).to.equal(2);
    const changed = names.map((name) => hosts.words(name)).filter((words) => words !== '');
    expect(changed).to.deep.equal(['x']);
  });

  it('does not wait for hosts that are right already', async () => {
    const hosts = toys(...names);
    for (const name of names.slice(0, 5)) hosts.write('words', 'x\n', name);
    const run = await hosts.run(play('canary: 1', add('x')));
    expect(run.exit).to.equal(0);
    expect(hosts.words('f')).to.equal('x');
  });

  it('never has more hosts at work than it may', async () => {
    const hosts = toys(...names);
    const slow = `    - name: work\n      shell: sleep 0.2\n`;
    const ends: string[] = [];
    let most = 0;
    const at = new Set<string>();
    const run = await hosts.run(play('max_unavailable: 2', add('x') + slow), {
      heard: (event) => {
        if (event.type !== 'task-ended') return;
        if (event.task.name === 'add x') at.add(event.host);
        most = Math.max(most, at.size);
        if (event.task.name === 'work') {
          at.delete(event.host);
          ends.push(event.host);
        }
      },
    });
    expect(run.exit).to.equal(0);
    expect(most).to.be.at.most(2);
    expect(ends.sort()).to.deep.equal(names);
  });

  it('goes through the hosts in the order of the play, whoever is ready first', async () => {
    const hosts = toys(...names);
    const run = await hosts.run(play('max_unavailable: 1', `${add('x')}    - shell: "true"\n`));
    const begun = run.events.flatMap((event) =>
      event.type === 'task-ended' && event.task.name === 'add x' ? [event.host] : [],
    );
    expect(begun).to.deep.equal(names);
  });
});
