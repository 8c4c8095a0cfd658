import { expect } from 'chai';
import { loadPlaybook } from '../../../src/load/playbook.ts';
import { compileValidate } from '../../../src/load/schema/compile.ts';
import {
  allTasks,
  handlersOf,
  type Play,
  type Playbook,
  type Task,
} from '../../../src/model/play.ts';
import { plain } from '../../../src/model/tree.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { lines, rendered } from '../../helpers/rendered.ts';
import { sampleModules } from '../../helpers/sample-modules.ts';

const validate = compileValidate(sampleModules);
const load = (texts: Readonly<Record<string, string>>, file = 'site.yml'): Playbook =>
  loadPlaybook(file, { files: memoryFiles(texts), registry: sampleModules, validate });
const told = (texts: Readonly<Record<string, string>>): string =>
  rendered(() => load(texts), texts);
const playOf = (text: string): Play => load({ 'site.yml': text }).plays[0]!;
const taskOf = (text: string): Task => allTasks(playOf(`- hosts: all\n  tasks:\n${text}`))[0]!;
/** `line:column CODE sentence` of each error of one task list. */
const sentences = (text: string): string[] =>
  [
    ...told({ 'site.yml': text }).matchAll(/error\[(\w+)\]: (.*)\n {2}--> site\.yml:(\d+:\d+)/g),
  ].map(([, code = '', message = '', place = '']) => `${place} ${code} ${message}`);
const ofTask = (text: string): string[] => sentences(`- hosts: all\n  tasks:\n${text}`);

describe('loadPlaybook', () => {
  it('puts pre_tasks, tasks and post_tasks in the order in which they run', () => {
    const play = playOf(
      '- hosts: all\n  post_tasks: [{debug: }]\n  tasks: [{command: b}]\n  pre_tasks: [{command: a}]\n  handlers: [{name: h, debug: }]\n',
    );
    expect(allTasks(play).map(({ id, module }) => `${id} ${module}`)).to.deep.equal([
      '0.pre_tasks.0 command',
      '0.tasks.0 command',
      '0.post_tasks.0 debug',
    ]);
    expect(handlersOf(play).map(({ id }) => id)).to.deep.equal(['0.handlers.0']);
  });

  it('knows modules by their long names', () => {
    expect(taskOf('    - ansible.builtin.command: ls\n').module).to.equal('command');
    expect(taskOf('    - orch.debug: {msg: x}\n').module).to.equal('debug');
  });

  it('knows no module by a name that every object of JavaScript has', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'ansible.builtin.valueOf'])
      expect(ofTask(`    - ${name}: 1\n`)).to.deep.equal([
        `3:7 MODULE_UNKNOWN There is no module "${name}".`,
      ]);
  });

  it('reads arguments that are millions of characters long', () => {
    const long = 'x'.repeat(9_000_000);
    expect(plain(taskOf(`    - command: "echo ${long}"\n`).args)).to.deep.equal({
      cmd: `echo ${long}`,
    });
  });

  it('reads free form, key=value and args', () => {
    const args = (text: string): unknown => plain(taskOf(text).args);
    expect(args('    - command: echo a=b\n')).to.deep.equal({ cmd: 'echo a=b' });
    expect(args('    - command: ls\n      args: {chdir: /tmp}\n')).to.deep.equal({
      cmd: 'ls',
      chdir: '/tmp',
    });
    expect(args('    - debug: msg="a {{ b }}" var=c\n')).to.deep.equal({
      msg: 'a {{ b }}',
      var: 'c',
    });
  });

  it('knows a loop by its lookup', () => {
    const task = taskOf('    - debug: {msg: "{{ item }}"}\n      with_items: [[1, 2], 3]\n');
    expect(task.loop).to.include({ kind: 'with', lookup: 'items' });
    expect(task.loop && plain(task.loop.list)).to.deep.equal([[1, 2], 3]);
  });

  it('takes a template wherever a type stands, and asks the module about the rest', () => {
    const task =
      '    - open_port: {ports: ["{{ p }}", 443/tcp], metric: "{{ m }}", state: "{{ s }}"}\n      become: "{{ b }}"\n';
    expect(taskOf(task).args.entries).to.have.length(3);
  });

  it('puts imported plays in their place and reads vars_files beside the file that names them', () => {
    const { plays } = load({
      'site.yml': '- hosts: a\n- import_playbook: more/b.yml\n- hosts: c\n',
      'more/b.yml': '- hosts: b\n  vars_files: [v.yml, "{{ x }}.yml"]\n',
      'more/v.yml': 'x: 1\n',
    });
    expect(plays.map(({ name }) => name)).to.deep.equal(['a', 'b', 'c']);
    expect(plays[1]?.varsFiles.map(({ vars }) => vars && plain(vars))).to.deep.equal([
      { x: 1 },
      undefined,
    ]);
  });

  it('numbers the plays of a later playbook on', () => {
    const options = {
      files: memoryFiles({ 'b.yml': '- hosts: a\n  tasks: [{debug: }]\n' }),
      registry: sampleModules,
      validate,
    };
    const { plays } = loadPlaybook('b.yml', { ...options, firstPlay: 3 });
    expect(plays.flatMap(allTasks).map(({ id }) => id)).to.deep.equal(['3.tasks.0']);
  });
});

describe('loadPlaybook, on bad playbooks', () => {
  it('shows an unknown module', () => {
    expect(
      told({ 'site.yml': '- hosts: all\n  tasks:\n    - open_prot:\n        ports: [443/tcp]\n' }),
    ).to.equal(
      lines(
        'error[MODULE_UNKNOWN]: There is no module "open_prot". Did you mean "open_port"?',
        '  --> site.yml:3:7',
        ' 3 |     - open_prot:',
        '   |       ^',
        '  hint: See `orch doc` for the modules of this version.',
      ),
    );
  });

  it('shows an unknown argument', () => {
    expect(
      told({
        'site.yml':
          '- hosts: all\n  tasks:\n    - open_port:\n        prots: [443/tcp]\n        ports: []\n',
      }),
    ).to.equal(
      lines(
        'error[ARGUMENT_UNKNOWN]: Unknown argument "prots". Did you mean "ports"?',
        '  --> site.yml:4:9',
        ' 4 |         prots: [443/tcp]',
        '   |         ^',
        '  hint: Known here: ports, zone, state, offline, metric and remove.',
      ),
    );
  });

  it('shows wrong types, each at its value', () => {
    const task =
      '    - open_port: {ports: {a: 1}, zone: [x], state: gone, offline: atuo, metric: 0, remove: {ports: x}}\n';
    expect(ofTask(task)).to.deep.equal([
      '3:26 ARGUMENT_INVALID "ports" must be a list of strings or maps, is a map.',
      '3:40 ARGUMENT_INVALID "zone" must be a string, is a list.',
      '3:52 ARGUMENT_INVALID "state" must be one of present, absent, exact, is "gone".',
      '3:67 ARGUMENT_INVALID "offline" must be auto or never, is "atuo". Did you mean "auto"?',
      '3:81 ARGUMENT_INVALID "metric" must be at least 1, is the number 0.',
      '3:100 ARGUMENT_INVALID "ports" must be a list of strings, is "x".',
    ]);
  });

  it('shows what only the module can say, at the item', () => {
    expect(
      ofTask('    - open_port:\n        ports:\n          - "{{ p }}"\n          - 443\n'),
    ).to.deep.equal([
      '6:13 ARGUMENT_INVALID item 2 of "ports" must be a string or a map, is the number 443.',
    ]);
    expect(ofTask('    - open_port:\n        ports: [1/tcp, x]\n')).to.deep.equal([
      '4:24 ARGUMENT_INVALID "x" is no port.',
    ]);
  });

  it('shows a missing argument at the module, with what it is for', () => {
    expect(told({ 'site.yml': '- hosts: all\n  tasks:\n    - open_port: {zone: x}\n' })).to.equal(
      lines(
        'error[ARGUMENT_MISSING]: Missing argument "ports" of open_port.',
        '  --> site.yml:3:7',
        ' 3 |     - open_port: {zone: x}',
        '   |       ^',
        '  hint: Add ports: ports such as 443/tcp.',
      ),
    );
  });

  it('does not call a file empty that cannot be read and is imported twice', () => {
    const site = '- import_playbook: two.yml\n- import_playbook: two.yml\n';
    expect(told({ 'site.yml': site, 'two.yml': '- hosts: "all\n' })).to.not.contain('is empty');
  });

  it('shows an empty file, and one that is no list', () => {
    expect(told({ 'site.yml': '# nothing\n' })).to.contain(
      'error[FILE_EMPTY]: The playbook site.yml is empty.\n  --> site.yml:1:1\n',
    );
    expect(told({ 'site.yml': 'hosts: all\ntasks: []\n' })).to.equal(
      lines(
        'error[PLAYBOOK_INVALID]: A playbook must be a list of plays; this is a map.',
        '  --> site.yml:1:1',
        ' 1 | hosts: all',
        '   | ^',
        '  hint: Put `- ` before the first key and indent the others by two: `- name: ...`.',
      ),
    );
  });

  it('shows a missing vars file where it is named', () => {
    expect(told({ 'site.yml': '- hosts: all\n  vars_files: [vars/prod.yml]\n' })).to.equal(
      lines(
        'error[FILE_NOT_FOUND]: There is no file vars/prod.yml.',
        '  --> site.yml:2:16',
        ' 2 |   vars_files: [vars/prod.yml]',
        '   |                ^',
        '  hint: Names in vars_files are relative to the playbook (./), then to the current directory.',
      ),
    );
  });

  it('shows the errors of a vars file in that file', () => {
    const texts = { 'site.yml': '- hosts: all\n  vars_files: v.yml\n', 'v.yml': 'a: 1\na: 2\n' };
    expect(told(texts)).to.contain('--> v.yml:2:1');
  });

  it('names what to write instead of keywords of Ansible', () => {
    const text =
      '- hosts: all\n  debugger: always\n  vars_prompt: [{name: a, encrypt: sha512}]\n  tasks:\n    - block: []\n      become_flags: -H\n    - command: x\n      with_dcit: {}\n      become_exe: y\n';
    expect(sentences(text)).to.deep.equal([
      '2:3 KEYWORD_UNSUPPORTED orch has no `debugger` in a play.',
      '3:27 KEYWORD_UNSUPPORTED orch has no `encrypt` in vars_prompt.',
      '6:7 KEYWORD_UNSUPPORTED orch has no `become_flags` in a block.',
      '8:7 KEYWORD_UNSUPPORTED orch has no `with_dcit` in a task. Did you mean "with_dict"?',
      '9:7 KEYWORD_UNSUPPORTED orch has no `become_exe` in a task.',
    ]);
  });

  it('knows the ways to become another user', () => {
    const text = (method: string): string =>
      `- hosts: all\n  become_method: ${method}\n  tasks:\n    - command: x\n      become_method: ${method}\n`;
    for (const method of ['sudo', 'su', 'doas', 'run0', '"{{ way }}"'])
      expect(sentences(text(method))).to.deep.equal([]);
    expect(sentences(text('pbrun'))).to.deep.equal([
      '2:18 PLAYBOOK_INVALID "become_method" must be one of sudo, su, doas, run0, is "pbrun".',
      '5:22 PLAYBOOK_INVALID "become_method" must be one of sudo, su, doas, run0, is "pbrun".',
    ]);
  });

  it('tells everything that is wrong with a play at once', () => {
    const text = [
      '- name: x',
      '  host: all',
      '  serial: abc',
      '  gather_facts: "never"',
      '  inputs: {a: {type: strng}, b: {type: integer, default: x}}',
      '  tasks:',
      '    - just text',
      '    - name: nothing',
      '    - {command: a, debug: b=c}',
      '    - {command: a, tag: x, loop_control: {loop_vra: x}, register: a-b}',
      '    - open_port: just text',
    ];
    expect(sentences(text.join('\n'))).to.deep.equal([
      '1:3 PLAYBOOK_INVALID The play has no `hosts`.',
      '2:3 KEYWORD_UNKNOWN A play has no keyword "host". Did you mean "hosts"?',
      '3:11 PLAYBOOK_INVALID "serial" must be a number of hosts, a share such as "20%", or a list of them, is "abc".',
      '4:17 PLAYBOOK_INVALID "gather_facts" must be true or false, is "never".',
      '5:22 INPUT_INVALID "type" must be one of string, integer, number, boolean, list, map, is "strng". Did you mean "string"?',
      '5:58 INPUT_INVALID The default of input "b" must be of type integer, is "x".',
      '7:7 PLAYBOOK_INVALID A task must be a map; this is "just text".',
      '8:7 MODULE_MISSING This task names no module.',
      '9:20 MODULE_MISSING This task names two modules: "command" and "debug".',
      '10:20 KEYWORD_UNKNOWN A task has no keyword "tag". Did you mean "tags"?',
      '10:43 KEYWORD_UNKNOWN Unknown keyword "loop_vra" in "loop_control". Did you mean "loop_var"?',
      '10:67 PLAYBOOK_INVALID "register" must be a name of letters, digits and _, is "a-b".',
      '11:18 ARGUMENT_INVALID The arguments of open_port must be a map; this is "just text".',
    ]);
  });

  it('knows an argument that is indented too little', () => {
    expect(
      told({
        'site.yml':
          '- hosts: all\n  tasks:\n    - open_port:\n        ports: []\n      metric: 3\n',
      }),
    ).to.contain('hint: "metric" is an argument of open_port: indent it below that.');
  });

  it('names a handler that is not there', () => {
    const text =
      '- hosts: all\n  tasks: [{command: x, notify: restrt}]\n  handlers: [{name: restart, debug: }]\n';
    expect(sentences(text)).to.deep.equal([
      '2:32 PLAYBOOK_INVALID No handler of this play is named "restrt". Did you mean "restart"?',
    ]);
  });

  it('names an import that goes round in a circle, and one that is not there', () => {
    expect(sentences('- import_playbook: site.yml\n')).to.deep.equal([
      '1:20 PLAYBOOK_INVALID site.yml imports itself: site.yml → site.yml.',
    ]);
    expect(sentences('- import_playbook: none.yml\n')).to.deep.equal([
      '1:20 FILE_NOT_FOUND There is no file none.yml.',
    ]);
  });
});
