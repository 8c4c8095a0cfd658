import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { rollbackScript } from '../../../../src/engine/safeguard/end-script.ts';
import { toys } from '../../../helpers/engine.ts';

const play = (tasks: string, more = 'safeguard: 10s'): string =>
  `- hosts: all\n  gather_facts: false\n  ${more}\n  tasks:\n${tasks}`;
const add = (...words: string[]): string =>
  `    - name: add ${words.join(' ')}\n      toy_words: { file: "{{ dir }}/words", words: [${words.join(', ')}] }\n`;

describe('a safeguard', function () {
  this.timeout(20_000);

  it('is armed before the first change, proved over a new connection, and leaves nothing', async () => {
    const host = toys();
    const run = await host.run(play(add('a') + add('b')));
    expect(run.exit, JSON.stringify(run.events, null, 1)).to.equal(0);
    expect(run.states()).to.deep.equal(['armed', 'proved', 'confirmed']);
    expect(host.words()).to.equal('a b');
    expect(run.trips()).to.deep.equal(['observe', 'apply', 'safeguard']);
    expect(existsSync(host.undo)).to.equal(false);
  });

  it('costs nothing where all is right', async () => {
    const host = toys();
    host.write('words', 'a\n');
    const run = await host.run(play(add('a')));
    expect(run.states()).to.deep.equal([]);
    expect(run.trips()).to.deep.equal(['observe']);
  });

  it('takes everything back when a task fails', async () => {
    const host = toys();
    host.write('words', 'old\n');
    const run = await host.run(
      play(`${add('a')}${looks()}${add('b')}${looks()}    - fail:\n${add('c')}`),
    );
    expect(run.exit).to.equal(12);
    expect(run.states()).to.deep.equal(['armed', 'extended', 'rolled-back']);
    expect(host.words()).to.equal('old');
    expect(existsSync(host.undo)).to.equal(false);
  });

  it('is proved behind the handlers', async () => {
    const host = toys();
    const handler = `  handlers:\n    - name: tell\n      toy_words: { file: "{{ dir }}/words", words: [handled] }\n`;
    const run = await host.run(play(`${add('a')}      notify: tell\n${looks()}`) + handler);
    expect(run.exit).to.equal(0);
    expect(run.tale()).to.deep.equal(['add a changed', 'look ok', 'tell changed']);
    expect(run.states()).to.deep.equal(['armed', 'extended', 'proved', 'confirmed']);
    expect(host.words()).to.equal('a handled');
  });

  it('covers a block, and what is behind it begins when it is confirmed', async () => {
    const host = toys();
    const block = `    - safeguard: 10s\n      block:\n${indented(add('a') + add('b'))}${add('c')}`;
    const run = await host.run(play(block, 'become: false'));
    expect(run.exit, JSON.stringify(run.events.slice(-3))).to.equal(0);
    expect(run.states()).to.deep.equal(['armed', 'proved', 'confirmed']);
    expect(run.trips()).to.deep.equal(['observe', 'apply', 'safeguard', 'observe', 'apply']);
    expect(host.words()).to.equal('a b c');
  });

  it('is left alone by a failure that is rescued inside, and taken back before one outside is', async () => {
    const tasks = `${add('a')}    - name: break\n      fail:\n`;
    const inside = toys();
    const rescued = await inside.run(
      play(
        `    - safeguard: 10s\n      block:\n        - block:\n${indented(indented(tasks))}          rescue:\n${indented(indented(add('r')))}`,
        'become: false',
      ),
    );
    expect(rescued.states()).to.deep.equal(['armed', 'extended', 'proved', 'confirmed']);
    expect(inside.words()).to.equal('a r');

    const outside = toys();
    const run = await outside.run(
      play(
        `    - block:\n        - safeguard: 10s\n          block:\n${indented(indented(tasks))}      rescue:\n${indented(add('r'))}`,
        'become: false',
      ),
    );
    expect(run.states()).to.deep.equal(['armed', 'rolled-back']);
    expect(outside.words()).to.equal('r');
    expect(run.exit).to.equal(12);
  });

  it('runs what takes an action back', async () => {
    const action = `    - name: act\n      shell: echo done >>{{ dir }}/words\n      undo:\n        - shell: sed -i /done/d {{ dir }}/words\n`;
    const host = toys();
    const kept = await host.run(play(action));
    expect(kept.exit, JSON.stringify(kept.events.slice(-3))).to.equal(0);
    expect(host.words()).to.equal('done');
    const other = toys();
    other.write('words', 'old\n');
    const back = await other.run(play(`${action}    - fail:\n`));
    expect(back.exit).to.equal(12);
    expect(other.words()).to.equal('old');
  });

  it('wants to know how an action is taken back', async () => {
    const bare = `    - shell: echo done >>{{ dir }}/words\n`;
    const refused = await toys()
      .run(play(bare))
      .then(() => '', String);
    expect(refused).to.match(/has no `undo`/);
    const host = toys();
    const read = await host.run(
      play(
        `    - shell: cat {{ dir }}/words\n      changed_when: false\n      failed_when: false\n`,
      ),
    );
    expect(read.exit).to.equal(0);
  });

  const verify = (command: string, more = ''): string =>
    `safeguard:\n    timeout: 10s\n    verify:\n      - name: proof\n        shell: ${command}\n${more}`;

  it('has its trials run behind the change and its handlers, and before anything stays', async () => {
    const host = toys();
    const handler = `  handlers:\n    - name: tell\n      toy_words: { file: "{{ dir }}/words", words: [handled] }\n`;
    const run = await host.run(
      play(
        `${add('a')}      notify: tell\n${add('b')}`,
        verify('grep handled {{ dir }}/words && ls {{ dir | dirname }}/run'),
      ) + handler,
    );
    expect(run.exit, JSON.stringify(run.events.slice(-4))).to.equal(0);
    expect(run.tale()).to.deep.equal([
      'add a changed',
      'add b changed',
      'tell changed',
      'proof ok',
    ]);
    expect(run.outcome('proof').data?.['stdout']).to.include('R.1');
    expect(run.states()).to.deep.equal(['armed', 'extended', 'proved', 'confirmed']);
  });

  it('is taken back when one of its trials fails, with the reason', async () => {
    const host = toys();
    host.write('words', 'old\n');
    const run = await host.run(play(add('a'), verify('exit 3')));
    expect(run.exit).to.equal(12);
    expect(run.states()).to.deep.equal(['armed', 'rolled-back']);
    expect(JSON.stringify(run.events)).to.match(/rolled back: proof: /);
    expect(host.words()).to.equal('old');
    expect(existsSync(host.undo)).to.equal(false);
  });

  it('lets nothing pass a trial that fails: ignore_errors is for what is tried, not for the proof', async () => {
    const host = toys();
    const run = await host.run(play(add('a'), `ignore_errors: true\n  ${verify('exit 3')}`));
    expect(run.states()).to.deep.equal(['armed', 'rolled-back']);
    expect(host.words()).to.equal('');
  });

  it('has no trials run where nothing was changed, nor in check mode', async () => {
    const host = toys();
    const check = await host.run(play(add('a'), verify('exit 3')), { check: true });
    expect(check.tale()).to.deep.equal(['add a changed']);
    host.write('words', 'a\n');
    const run = await host.run(play(add('a'), verify('exit 3')));
    expect(run.exit).to.equal(0);
    expect(run.trips()).to.deep.equal(['observe']);
  });

  it('of a block or a task has its own trials, not those of the play', async () => {
    const host = toys();
    const inner = `      safeguard: { timeout: 10s, verify: [{ name: inner, shell: "true" }] }\n`;
    const run = await host.run(
      play(`${add('a')}${add('b')}${inner}${add('c')}      safeguard: 10s\n`, verify('"true"')),
    );
    expect(run.exit, JSON.stringify(run.events.slice(-4))).to.equal(0);
    expect(run.tale()).to.deep.equal([
      ...['add a changed', 'proof ok', 'add b changed', 'inner ok', 'add c changed'],
    ]);
  });

  it('holds for what an include brings', async () => {
    const host = toys();
    host.write('words', 'old\n');
    const tasks = `- safeguard: 10s\n  block:\n${add('a').replaceAll(/^/gm, '')}    - fail:\n`;
    const run = await host.run(play(`    - include_tasks: more.yml\n`, 'become: false'), {
      files: { 'more.yml': tasks },
    });
    expect(run.states()).to.deep.equal(['armed', 'rolled-back']);
    expect(run.exit).to.equal(12);
    expect(host.words()).to.equal('old');
  });

  it('around an include is around what it brings', async () => {
    const host = toys();
    const files = { 'more.yml': add('a').replaceAll(/^ {4}/gm, '') };
    const run = await host.run(play(`    - include_tasks: more.yml\n${add('b')}`), { files });
    expect(run.exit).to.equal(0);
    expect(run.states()[0]).to.equal('armed');
    expect(run.states().filter((state) => state === 'confirmed')).to.have.length(1);
    const own = toys();
    const apart = await own.run(
      play(`    - include_tasks: more.yml\n      safeguard: 20s\n${add('b')}`),
      { files },
    );
    expect(apart.exit, JSON.stringify(apart.events.slice(-4))).to.equal(0);
    expect(apart.states().filter((state) => state === 'confirmed')).to.have.length(2);
  });

  it('is not to be put inside a block that has another', async () => {
    const inner = `    - safeguard: 20s\n      block:\n${indented(add('a'))}`;
    const refused = await toys()
      .run(play(`    - block:\n${indented(inner)}`))
      .then(() => '', String);
    expect(refused).to.match(/inside another/);
  });

  it('changes nothing in check mode', async () => {
    const host = toys();
    const run = await host.run(play(add('a')), { check: true });
    expect(run.exit).to.equal(0);
    expect(run.trips()).to.deep.equal(['observe']);
    expect(run.states()).to.deep.equal([]);
  });

  it('is taken back when the run is interrupted', async () => {
    const host = toys();
    const stop = new AbortController();
    const run = await host.run(play(add('a') + looks() + add('b')), {
      stop: stop.signal,
      heard: (event) => {
        if (event.type === 'task-ended') stop.abort();
      },
    });
    expect(run.exit).to.equal(130);
    expect(run.states()).to.deep.equal(['armed', 'rolled-back']);
    expect(host.words()).to.equal('');
    expect(existsSync(host.undo)).to.equal(false);
  });

  it('waits for a person when confirm is manual: everything is done, and can be taken back', async () => {
    const host = toys();
    host.write('words', 'old\n');
    const run = await host.run(play(add('a'), 'safeguard: { timeout: 60s, confirm: manual }'));
    expect(run.exit, JSON.stringify(run.events.slice(-4))).to.equal(0);
    expect(run.states()).to.deep.equal(['armed', 'proved', 'waiting']);
    expect(JSON.stringify(run.events)).to.include('orch confirm R');
    expect(host.words()).to.equal('a old');
    const script = rollbackScript(host.place, 'R.1').text;
    expect(spawnSync('sh', ['-c', script]).status).to.equal(0);
    expect(host.words()).to.equal('old');
    expect(existsSync(host.undo)).to.equal(false);
  });

  it('is one of each host: a failure of one leaves the other', async () => {
    const hosts = toys('one', 'two');
    // These hosts are one machine, which takes one change that waits for its confirmation at a time.
    const run = await hosts.run(
      play(
        `${add('a')}    - name: break\n      fail:\n      when: inventory_hostname == 'two'\n`,
        'safeguard: 10s\n  serial: 1',
      ),
    );
    expect(run.exit).to.equal(12);
    expect(hosts.words('one')).to.equal('a');
    expect(hosts.words('two')).to.equal('');
  });
});

const looks = (): string => '    - name: look\n      shell: "true"\n      args: { reads: true }\n';
const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '    ');
