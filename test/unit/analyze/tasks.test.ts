import { expect } from 'chai';
import { found } from '../../helpers/analyzed.ts';

const HOSTS = '[web]\nw1 port=80\n';
const play = (tasks: string, more = ''): Record<string, string> => ({
  hosts: HOSTS,
  'site.yml': `- hosts: web\n${more}  tasks:\n${tasks}`,
});
const of = (tasks: string, more = ''): readonly string[] => found(play(tasks, more));
const rules = (tasks: string, more = ''): readonly string[] =>
  of(tasks, more).map((line) => line.split(' ').slice(1, 3).join(' '));

describe('analysis of tasks', () => {
  it('tells loops over what is no list, where that is known', () => {
    for (const loop of ['hello', '"{{ map }}"', '"{{ word }}"', '"{{ map | length }}"'])
      expect(
        rules(
          `    - debug: {msg: hi}\n      loop: ${loop}\n`,
          '  vars: {map: {a: 1}, word: abc}\n',
        ).filter((line) => !line.includes('unused')),
        loop,
      ).to.deep.equal(['error loop-over-no-list']);
    for (const loop of [
      '[1]',
      '"{{ list }}"',
      '"{{ map | dict2items }}"',
      '"{{ port }}"',
      '"{{ text }}"',
    ])
      expect(
        rules(
          `    - debug: {msg: "{{ map ~ list ~ text }}"}\n      loop: ${loop}\n`,
          '  vars: {map: {a: 1}, list: [1], text: "[1, 2]"}\n',
        ),
        loop,
      ).to.deep.equal([]);
  });

  it('says nothing of a loop over a name that several places give', () => {
    const tasks = '    - debug: {msg: hi}\n      loop: "{{ x }}"\n';
    expect(rules(`    - set_fact: {x: [1]}\n${tasks}`, '  vars: {x: abc}\n')).to.deep.equal([]);
    expect(found(play(tasks, '  vars: {x: abc}\n'), { extra: ['{"x": [1]}'] })).to.deep.equal([]);
  });

  it('tells empty loops, and loops within loops over the same variable', () => {
    expect(of('    - debug: {msg: hi}\n      loop: []\n')).to.deep.equal([
      'site.yml:4:7 warning empty-loop The list of this loop is empty: the task never does anything.',
    ]);
    const texts = play('    - include_tasks: inc.yml\n      loop: [1]\n');
    texts['inc.yml'] = '- debug: {msg: "{{ item }}"}\n  loop: [2]\n';
    expect(found(texts)).to.deep.equal([
      'inc.yml:2:3 warning duplicate-loop-variable "item" is the variable of the loop that includes this file, too: the outer one is not seen here.',
    ]);
  });

  it('tells conditions that are never true', () => {
    for (const when of ['false', '"false"', '1 == 2', '[true, no]', "\"'a' in ['b']\""])
      expect(rules(`    - debug: {msg: hi}\n      when: ${when}\n`), when).to.include(
        'warning unreachable-task',
      );
    for (const when of ['true', '"true"', 'port == 1', "\"lookup('env', 'X') == '1'\""])
      expect(rules(`    - debug: {msg: hi}\n      when: ${when}\n`), when).to.deep.equal([]);
  });

  it('tells what comes after the end', () => {
    const behind = '    - debug: {msg: behind}\n';
    expect(of(`    - meta: end_play\n${behind}${behind}`)).to.deep.equal([
      'site.yml:4:7 warning unreachable-task Nothing from here on is ever run: end_play at site.yml:3:7 comes before it, without a condition.',
    ]);
    expect(rules(`    - fail: {msg: bad}\n${behind}`)).to.deep.equal(['warning unreachable-task']);
    expect(rules(`    - block: [{fail: {msg: bad}}]\n${behind}`)).to.deep.equal([
      'warning unreachable-task',
    ]);
    for (const tasks of [
      `    - meta: end_play\n      when: port == 1\n${behind}`,
      `    - meta: flush_handlers\n${behind}`,
      `    - block: [{meta: end_host}]\n      when: port == 1\n${behind}`,
      `    - fail: {msg: bad}\n      ignore_errors: true\n${behind}`,
      `    - fail: {msg: bad}\n      failed_when: port == 1\n${behind}`,
      `    - fail: {msg: bad}\n      tags: never\n${behind}`,
      `    - fail: {msg: bad}\n      tags: [a]\n${behind}`,
      `    - block: [{fail: {msg: bad}}]\n      rescue: [{debug: {msg: saved}}]\n${behind}`,
      `    - fail: {msg: bad}\n      loop: "{{ groups.web }}"\n${behind}`,
    ])
      expect(rules(tasks), tasks).to.deep.equal([]);
  });

  it('tells tags of the command line that nothing has', () => {
    const texts = play('    - debug: {msg: hi}\n      tags: [deploy]\n');
    expect(found(texts, { tags: ['deplyo'], skipTags: ['never', 'x'] })).to.deep.equal([
      'error no-such-tag Nothing has the tag "deplyo" of --tags. Did you mean "deploy"?',
      'warning no-such-tag Nothing has the tag "x" of --skip-tags.',
    ]);
    expect(found(texts, { tags: ['deploy'], skipTags: ['always'] })).to.deep.equal([]);
    const open = play('    - include_tasks: "{{ port }}.yml"\n');
    expect(found(open, { tags: ['anything'] })).to.deep.equal([]);
  });

  it('tells handlers that nothing notifies', () => {
    const handlers =
      '  handlers:\n    - name: restart\n      ping:\n    - name: b\n      ping:\n      listen: all\n';
    expect(of('    - ping:\n      notify: all\n', handlers)).to.deep.equal([
      'site.yml:3:7 warning unnotified-handler Nothing notifies the handler "restart".',
    ]);
    expect(of('    - ping:\n      notify: "{{ port }}"\n', handlers)).to.deep.equal([]);
  });

  it('tells that forced handlers hide failures from max_fail_percentage', () => {
    const keywords = '  max_fail_percentage: 20\n';
    const forced = `${keywords}  force_handlers: true\n`;
    expect(of('    - ping:\n', forced)).to.deep.equal([
      'site.yml:2:24 warning forced-handlers-hide-failures With force_handlers no failed task counts for max_fail_percentage: the play goes on, as in Ansible.',
    ]);
    expect(of('    - ping:\n', keywords)).to.deep.equal([]);
  });

  it('tells patterns that match no host, unless hosts are brought on the way', () => {
    const lines = (tasks: string): readonly string[] =>
      found({
        hosts: HOSTS,
        'site.yml': `- hosts: web\n  tasks:\n${tasks}- hosts: wbe\n  tasks: []\n`,
      });
    expect(lines('    - ping:\n')).to.have.length(1);
    expect(lines('    - ping:\n')[0]).to.match(/^site.yml:4:10 error no-such-host .*wbe/);
    expect(lines('    - add_host: {name: x, groups: wbe}\n')).to.deep.equal([]);
  });

  it('tells lookups there are none of, and templates that cannot be parsed in files', () => {
    expect(of("    - debug: {msg: \"{{ lookup('fil', 'x') }}\"}\n")).to.deep.equal([
      'site.yml:3:31 error no-such-lookup There is no lookup "fil". Did you mean "file"?',
    ]);
    const texts = play('    - template: {src: a.j2, dest: /x}\n');
    texts['templates/a.j2'] = 'line\n{{ port |\n';
    expect(found(texts)).to.deep.equal([
      'templates/a.j2:2:1 error template-syntax The template tag is never closed.',
    ]);
    texts['templates/a.j2'] = '{{ port }}';
    texts['hosts'] = '[web]\nw1 port="{{ x | nofilter }}" other="{{ y | }}"\n';
    expect(found(texts).map((line) => line.split(' ').slice(0, 3).join(' '))).to.deep.equal([
      'hosts:2:17 error template-syntax',
      'hosts:2:44 warning template-syntax',
    ]);
  });

  it('tells what YAML 1.1 reads otherwise than it looks, once for a kind and file', () => {
    expect(
      of('    - ping:\n      become: yes\n      no_log: off\n      throttle: 010\n'),
    ).to.deep.equal([
      'site.yml:4:15 warning yaml-1.1-boolean `yes` is true here, as in Ansible, and text to other readers of YAML. So are 1 more in this file.',
      'site.yml:6:17 warning yaml-1.1-number `010` is the number 8 here, as in Ansible: a leading 0 means octal.',
    ]);
    expect(of('    - file: {path: /x, state: touch, mode: 644}\n')).to.deep.equal([
      'site.yml:3:44 warning decimal-mode This mode is the decimal number 644, which is 1204 in octal.',
    ]);
    expect(
      of('    - file: {path: /x, state: touch, mode: 0644}\n      become: true\n'),
    ).to.deep.equal([]);
  });

  it('tells conditions that do not say what they mean, and run_once in batches', () => {
    const vars = '  vars: {lie: "false", word: abc, truth: true}\n';
    const when = (text: string): readonly string[] =>
      rules(`    - debug: {msg: "{{ lie ~ word ~ truth }}"}\n      when: ${text}\n`, vars);
    expect(when('lie')).to.deep.equal(['warning bare-text-condition']);
    expect(when('word')).to.deep.equal(['warning bare-text-condition']);
    expect(when('truth')).to.deep.equal([]);
    expect(when('"{{ truth }}"')).to.deep.equal(['warning braces-in-condition']);
    expect(rules('    - ping:\n      run_once: true\n', '  serial: 1\n')).to.deep.equal([
      'warning run-once-per-batch',
    ]);
  });
});
