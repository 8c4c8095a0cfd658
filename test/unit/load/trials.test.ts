import { expect } from 'chai';
import { allTasks } from '../../../src/model/play.ts';
import { trialsOf } from '../../../src/model/trials.ts';
import { validateParams } from '../../../src/load/validate-params.ts';
import { registry } from '../../../src/modules/registry.ts';
import { complaints, loaded } from '../../helpers/loaded.ts';

const real = { registry, validate: validateParams };

const site = (play: string, tasks = '    - command: a\n') => ({
  'site.yml': `- hosts: all\n${play}  tasks:\n${tasks}`,
});
const wrong = (...args: Parameters<typeof site>): readonly string[] =>
  complaints(site(...args), real);

describe('health and verify', () => {
  it('are lists of tasks that change nothing, and take what is around them', () => {
    const [play] = loaded(
      site(
        '  become: true\n  ignore_errors: true\n  health: [{command: one}]\n',
        '    - command: a\n      when: x\n      become_user: u\n      notify: h\n      health: { within: 9s, every: 1s, tasks: [{uri: {url: "http://a"}}] }\n' +
          '    - block: [{command: reads, changed_when: false}]\n      safeguard: { verify: [{assert: {that: y}}] }\n  handlers: [{name: h, command: b}]\n',
      ),
      real,
    ).plays;
    if (!play) throw new Error('no play');
    const trials = trialsOf(play);
    expect(trials.map(({ id, trial }) => `${id} ${trial ?? ''}`)).to.deep.equal([
      '0.tasks.0.health.0 health',
      '0.tasks.1.verify.0 verify',
      '0.health.0 health',
    ]);
    expect(trials.every(({ keywords }) => keywords.ignoreErrors === undefined)).to.equal(true);
    expect(trials.every(({ keywords }) => keywords.become !== undefined)).to.equal(true);
    expect(trials.every(({ notify, when }) => notify.length === 0 && !when)).to.equal(true);
    expect(trials[0]?.keywords.becomeUser).to.not.equal(undefined);
    expect(allTasks(play)[1]?.keywords.verify).to.have.length(1);
  });

  it('tell what changes something, with its place and what to write', () => {
    expect(wrong('  health: [{copy: {dest: /a, content: b}}]\n')).to.deep.equal([
      'site.yml:2:13 PLAYBOOK_INVALID `health` cannot hold copy, which is there to change something.',
    ]);
    expect(
      wrong(
        '  safeguard: { verify: [{block: [{command: a, changed_when: false}]}] }\n',
        '    - debug:\n',
      ),
    ).to.deep.equal(['site.yml:2:25 PLAYBOOK_INVALID `verify` cannot hold a block.']);
    expect(wrong('  health: [{include_tasks: a.yml}]\n')[0]).to.include(
      '`health` cannot hold include_tasks.',
    );
    expect(wrong('  health: [{command: a, safeguard: 9s}]\n').join()).to.include('of its own');
    expect(wrong('  health: [{get_url: {url: "http://a", dest: /a}}]\n')[0]).to.include('get_url');
    expect(wrong('  health: [{meta: end_play}]\n')[0]).to.include('cannot hold meta');
  });

  it('tell wrong shapes, words and modules', () => {
    for (const [play, told] of [
      ['  health: []\n', '"health" must not be empty.'],
      [
        '  health: soon\n',
        '"health" must be a list of tasks, or a map with tasks, within and every',
      ],
      ['  health: { within: 5s }\n', 'Missing keyword "tasks" of "health".'],
      ['  health: { tasks: [{command: a}], wihtin: 5s }\n', 'Did you mean "within"?'],
      ['  health: { tasks: [{command: a}], within: 0 }\n', 'within'],
      ['  health: [{comand: a}]\n', 'comand'],
      ['  health: "{{ a }}"\n', 'The tasks of `health` are a list that is written out.'],
      ['  health: { tasks: "{{ a }}" }\n', 'a list that is written out'],
      ['  safeguard: { verify: "{{ a }}" }\n', 'The tasks of `verify` are'],
      ['  safeguard: { verify: {command: a} }\n', 'verify'],
      ['  max_unavailable: { qorum: a }\n', 'qorum'],
    ] as const)
      expect(wrong(play, '    - debug:\n').join('\n'), play).to.include(told);
  });

  it('are not for what brings many tasks', () => {
    for (const key of [
      'health: [{command: a}]',
      'max_unavailable: 1',
      'canary: 1',
      'undo: [{command: a}]',
    ])
      expect(wrong('', `    - include_tasks: a.yml\n      ${key}\n`).join('\n')).to.match(
        /4:7 KEYWORD_UNSUPPORTED orch has no `\w+` on `include_tasks`/,
      );
  });
});
