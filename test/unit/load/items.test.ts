import { expect } from 'chai';
import { allTasks, type Task } from '../../../src/model/play.ts';
import { plain } from '../../../src/model/tree.ts';
import { complaints, loaded, outlineOf } from '../../helpers/loaded.ts';

const site = (tasks: string, more: Readonly<Record<string, string>> = {}) => ({
  'site.yml': `- hosts: all\n  become: true\n  tags: [p]\n  environment: {A: 1}\n  tasks:\n${tasks}`,
  ...more,
});
const tasksOf = (...args: Parameters<typeof site>): readonly Task[] =>
  loaded(site(...args)).plays.flatMap(allTasks);
const firstOf = (...args: Parameters<typeof site>): Task => {
  const [first] = tasksOf(...args);
  if (!first) throw new Error('no task');
  return first;
};

describe('tasks and blocks', () => {
  it('keep rescue and always apart, blocks in blocks too', () => {
    const [play] = loaded(
      site(
        '    - block:\n        - command: a\n        - block: [{command: b}]\n          always: [{command: c}]\n      rescue: [{command: d}]\n',
      ),
    ).plays;
    expect(play && outlineOf(play)).to.deep.equal([
      '0.tasks.0 block',
      '0.tasks.0.block.0 command',
      '0.tasks.0.block.1 block',
      '0.tasks.0.block.1.block.0 command',
      'always',
      '0.tasks.0.block.1.always.0 command',
      'rescue',
      '0.tasks.0.rescue.0 command',
    ]);
  });

  it('inherit: the innermost keyword wins, conditions, tags, variables and environment grow', () => {
    const task = firstOf(
      [
        '    - block:',
        '        - command: ls',
        '          when: [b, c]',
        '          become: "no"',
        '          tags: t, u',
        '          vars: {x: 3, y: 3}',
        '          environment: {B: 3}',
        '      when: a',
        '      become_user: k',
        '      tags: b',
        '      notify: h',
        '      vars: {x: 2}',
        '      environment: "{{ env }}"',
        '  handlers: [{name: h, command: x}]',
      ].join('\n'),
    );
    expect(task.when && plain(task.when)).to.deep.equal(['a', 'b', 'c']);
    expect(task.keywords.tags).to.deep.equal(['p', 'b', 't', 'u']);
    expect(task.keywords.become && plain(task.keywords.become)).to.equal(false);
    expect(task.keywords.becomeUser && plain(task.keywords.becomeUser)).to.equal('k');
    expect(task.vars.map((vars) => plain(vars))).to.deep.equal([{ x: 3, y: 3 }, { x: 2 }]);
    expect(task.notify.map((name) => name.value)).to.deep.equal(['h']);
    expect(task.keywords.environment && plain(task.keywords.environment)).to.deep.equal([
      { A: 1 },
      '{{ env }}',
      { B: 3 },
    ]);
  });

  it('know every way to write a module', () => {
    const args = (text: string): unknown => {
      const task = firstOf(text);
      return [task.module, plain(task.args), task.keywords.delegateTo?.kind];
    };
    expect(args('    - action: command ls -l chdir=/tmp\n')).to.deep.equal([
      'command',
      { cmd: 'ls -l', chdir: '/tmp' },
      undefined,
    ]);
    expect(args('    - action: {module: debug, msg: x}\n')).to.deep.equal([
      'debug',
      { msg: 'x' },
      undefined,
    ]);
    expect(args('    - action: {module: debug msg=y}\n')).to.deep.equal([
      'debug',
      { msg: 'y' },
      undefined,
    ]);
    expect(args('    - local_action: command ls\n')).to.deep.equal([
      'command',
      { cmd: 'ls' },
      'scalar',
    ]);
    expect(args('    - ansible.legacy.open_port: ports={{ p }} metric=3 zone=007\n')).to.deep.equal(
      ['open_port', { ports: '{{ p }}', metric: 3, zone: '007' }, undefined],
    );
    expect(args("    - command: echo it's fine\n")).to.deep.equal([
      'command',
      { cmd: "echo it's fine" },
      undefined,
    ]);
  });

  it('take arguments from a template, their own winning', () => {
    const task = firstOf('    - open_port: {zone: x}\n      args: "{{ more }}"\n');
    expect([plain(task.args), task.argsFrom?.value]).to.deep.equal([{ zone: 'x' }, '{{ more }}']);
    expect(firstOf('    - open_port: "{{ all }}"\n').argsFrom?.value).to.equal('{{ all }}');
  });

  it('have the arguments of the innermost module_defaults that name the module', () => {
    const task = firstOf(
      '    - module_defaults: {open_port: {zone: inner}, group/x: {a: 1}}\n      block: [{open_port: {ports: []}}]\n  module_defaults: [{ansible.builtin.open_port: {zone: outer, metric: 4}}]\n',
    );
    expect(plain(task.args)).to.deep.equal({ ports: [], zone: 'inner' });
  });

  it('have the loop that with_... and loop_control say', () => {
    const task = firstOf(
      '    - command: ls\n      with_nested: [[1], [2]]\n      loop_control: {loop_var: x, index_var: i, pause: 1.5, extended: "yes", extended_allitems: false, label: "{{ x }}", break_when: x > 1}\n',
    );
    expect(task.loop).to.include({ kind: 'with', lookup: 'nested' });
    expect(task.loopControl).to.include({ loopVar: 'x', indexVar: 'i', withoutAllItems: true });
    expect(task.loopControl.pause && plain(task.loopControl.pause)).to.equal(1.5);
  });

  it('are told apart where they are wrong', () => {
    expect(
      complaints(
        site(
          [
            '    - block: [x]',
            '      command: ls',
            '      rescue: {}',
            '      register: x',
            '    - rescue: []',
            '    - command: ls',
            '      loop: [1]',
            '      with_items: [1]',
            '    - command: ls',
            '      retries: many',
            '      throttle: -1',
            '      become:',
            '      listen: news',
          ].join('\n'),
        ),
      ),
    ).to.deep.equal([
      'site.yml:6:15 PLAYBOOK_INVALID A task must be a map; this is "x".',
      'site.yml:7:7 KEYWORD_UNKNOWN A block has no keyword "command".',
      'site.yml:8:15 PLAYBOOK_INVALID "rescue" must be a list of tasks; this is a map.',
      'site.yml:9:7 KEYWORD_UNKNOWN A block has no keyword "register".',
      'site.yml:10:7 PLAYBOOK_INVALID `rescue` stands beside a `block`; there is none.',
      'site.yml:13:7 PLAYBOOK_INVALID A task has one loop; this is its second.',
      'site.yml:15:16 PLAYBOOK_INVALID "retries" must be a number of at least 0, is "many".',
      'site.yml:16:17 PLAYBOOK_INVALID "throttle" must be at least 0, is the number -1.',
      'site.yml:18:7 KEYWORD_UNKNOWN `listen` is a keyword of handlers; this is a task.',
    ]);
  });
});

describe('import_tasks', () => {
  it('puts the tasks of a file in its place, with everything around it', () => {
    const tasks = tasksOf(
      '    - import_tasks: tasks/a.yml\n      when: w\n      tags: t\n      vars: {file: b}\n    - ansible.builtin.import_tasks: file=tasks/b.yml\n',
      {
        'tasks/a.yml': '- import_tasks: "{{ file }}.yml"\n- command: a\n  when: x\n',
        'tasks/b.yml': '- command: b\n',
      },
    );
    expect(tasks.map(({ id }) => id)).to.deep.equal([
      '0.tasks.0.0.0',
      '0.tasks.0.1',
      '0.tasks.1.0',
    ]);
    expect(tasks.map(({ when }) => when && plain(when))).to.deep.equal([
      ['w'],
      ['w', 'x'],
      undefined,
    ]);
    expect(tasks[0]?.keywords.tags).to.deep.equal(['p', 't']);
    expect(tasks[0]?.vars.map((vars) => plain(vars))).to.deep.equal([{ file: 'b' }]);
  });

  it('tells what it cannot do, with its place', () => {
    expect(
      complaints(
        site(
          '    - import_tasks: none.yml\n    - import_tasks: "{{ nobody }}.yml"\n    - import_tasks: a.yml\n      loop: [1]\n    - import_tasks: {fil: a.yml}\n    - import_tasks: a.yml\n',
          { 'a.yml': '- import_tasks: a.yml\n' },
        ),
      ),
    ).to.deep.equal([
      'site.yml:6:21 FILE_NOT_FOUND There is no file none.yml.',
      'site.yml:7:21 PLAYBOOK_INVALID This name must be known before any host is contacted: The variable "nobody" is not defined.',
      'site.yml:9:7 PLAYBOOK_INVALID `import_tasks` is read before any item is known: it has no loop.',
      'site.yml:10:22 ARGUMENT_UNKNOWN Unknown argument "fil". Did you mean "file"?',
      'a.yml:1:17 PLAYBOOK_INVALID a.yml imports itself: a.yml → a.yml.',
    ]);
  });
});

describe('include_tasks', () => {
  it('stays a task, and hands on what is around it, apply and its variables alone', () => {
    const task = firstOf(
      '    - block:\n        - include_tasks: {file: "{{ x }}.yml", apply: {tags: a, become: false}}\n          when: own\n          tags: mine\n          vars: {v: 1}\n      when: outer\n      tags: b\n      vars: {o: 1}\n',
    );
    expect(task.module).to.equal('include_tasks');
    expect(task.when && plain(task.when)).to.deep.equal(['outer', 'own']);
    expect(task.keywords.tags).to.deep.equal(['p', 'b', 'mine']);
    const around = task.include?.around;
    expect(around?.when && plain(around.when)).to.deep.equal(['outer']);
    expect(around?.keywords.tags).to.deep.equal(['p', 'b', 'a']);
    expect(around?.params.map((vars) => plain(vars))).to.deep.equal([{ v: 1 }]);
  });

  it('is followed only where that is asked for, and a circle of includes ends', () => {
    const texts = site('    - include_tasks: a.yml\n    - include_tasks: none.yml\n', {
      'a.yml': '- include_tasks: a.yml\n  when: again\n- comand: x\n',
    });
    expect(complaints(texts)).to.deep.equal([]);
    expect(complaints(texts, { follow: true })).to.deep.equal([
      'a.yml:3:3 MODULE_UNKNOWN There is no module "comand". Did you mean "command"?',
      'site.yml:7:22 FILE_NOT_FOUND There is no file none.yml.',
    ]);
  });

  it('in its old form is an import where that is possible', () => {
    const tasks = tasksOf('    - include: a.yml x=1\n    - include: "{{ f }}"\n', {
      'a.yml': '- command: a\n',
    });
    expect(tasks.map(({ module }) => module)).to.deep.equal(['command', 'include_tasks']);
    expect(tasks[0]?.vars.map((vars) => plain(vars))).to.deep.equal([{ x: '1' }]);
  });
});

describe('import_playbook', () => {
  it('hands variables, tags and conditions to the plays of the file', () => {
    const { plays } = loaded({
      'site.yml':
        '- import_playbook: "sub/{{ name }}.yml"\n  vars: {name: b, v: outer}\n  tags: t\n  when: w\n',
      'sub/b.yml': '- hosts: all\n  vars: {v: inner, own: 1}\n  tasks: [{command: ls, when: x}]\n',
    });
    const [play] = plays;
    expect(play?.vars && plain(play.vars)).to.deep.equal({ name: 'b', v: 'outer', own: 1 });
    const [task] = play ? allTasks(play) : [];
    expect(task?.keywords.tags).to.deep.equal(['t']);
    expect(task?.when && plain(task.when)).to.deep.equal(['w', 'x']);
  });
});

describe('handlers', () => {
  it('may answer to the name of their role, and are not missed where a role may bring them', () => {
    expect(
      complaints(site('    - {command: x, notify: gone}\n    - include_role: {name: r}\n')),
    ).to.deep.equal([]);
    expect(complaints(site('    - {command: x, notify: gone}\n'))).to.deep.equal([
      'site.yml:6:28 PLAYBOOK_INVALID No handler of this play is named "gone".',
    ]);
  });

  it('may be a block of handlers, without rescue', () => {
    const handlers = '  handlers:\n    - block: [{name: h, command: x}]\n      become: false\n';
    expect(complaints(site(`    - {command: x, notify: h}\n${handlers}`))).to.deep.equal([]);
    expect(
      complaints(site(`    - {command: x, notify: h}\n${handlers}      always: []\n`)),
    ).to.deep.equal(['site.yml:10:7 PLAYBOOK_INVALID A block of handlers has no `always`.']);
  });
});
