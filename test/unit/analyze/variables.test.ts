import { expect } from 'chai';
import { found } from '../../helpers/analyzed.ts';

const HOSTS = '[web]\nw1 port=80\nw2 port=81\n[db]\nd1 dbname=x\n';

/** A playbook of one play on web. */
const play = (tasks: string, vars = '', hosts = HOSTS): Record<string, string> => ({
  hosts,
  'site.yml': `- hosts: web\n${vars}  tasks:\n${tasks}`,
});
const text = (expression: string): string => `    - debug: {msg: "{{ ${expression} }}"}\n`;

describe('analysis of variables', () => {
  it('tells what nothing gives, with its place and the name that is meant', () => {
    expect(found(play(text('htp_port'), '  vars: {http_port: 80}\n'))).to.deep.equal([
      'site.yml:2:10 warning unused-variable Nothing reads the variable "http_port".',
      'site.yml:4:24 error undefined-variable Nothing gives "htp_port". Did you mean "http_port"?',
    ]);
  });

  it('is certain only where the task runs, and the name is read, in every run', () => {
    const level = (tasks: string): readonly string[] =>
      found(play(tasks)).flatMap((line) => /(\w+) undefined-variable/.exec(line)?.[1] ?? []);
    expect(level(text('nowhere'))).to.deep.equal(['error']);
    expect(level('    - debug: {msg: hi}\n      when: nowhere > 1\n')).to.deep.equal(['error']);
    expect(level('    - debug: {msg: hi}\n      loop: "{{ nowhere }}"\n')).to.deep.equal(['error']);
    for (const tasks of [
      `${text('nowhere')}      when: port == 81\n`,
      `${text('nowhere')}      ignore_errors: true\n`,
      `${text('nowhere')}      tags: never\n`,
      `${text('nowhere')}      loop: "{{ groups.web }}"\n`,
      `    - block:\n    ${text('nowhere')}      rescue: [{debug: {msg: saved}}]\n`,
      `    - meta: end_host\n      when: port == 80\n${text('nowhere')}`,
      text('port == 80 and nowhere'),
      text("'x' if port == 80 else nowhere"),
      '    - debug: {msg: "{% if port == 80 %}{{ nowhere }}{% endif %}"}\n',
      '    - debug: {msg: hi}\n      when: [port == 80, nowhere]\n',
    ])
      expect(level(tasks), tasks).to.deep.equal(['warning']);
  });

  it('is not fooled by names that are given on the way', () => {
    for (const tasks of [
      `${text('a')}    - set_fact: {a: 1}\n`,
      `    - ping:\n      register: a\n${text('a')}`,
      `${text('a')}      vars: {a: 1}\n`,
      `    - block: [{debug: {msg: "{{ a }}"}}]\n      vars: {a: 1}\n`,
      `${text('item')}      loop: [1]\n`,
      `${text('one ~ i')}      loop: [1]\n      loop_control: {loop_var: one, index_var: i}\n`,
      text('ansible_facts.fqdn ~ ansible_hostname ~ ansible_loop_var'),
      text(
        "groups['web'] ~ inventory_hostname ~ hostvars['w1'].nothing ~ group_names ~ play_hosts",
      ),
      text('a | default(1)'),
      text('a.b.c | default(1)'),
      text("a if a is defined else 'x'"),
      `    - assert: {that: a is defined}\n${text('a')}`,
      `${text('a')}      when: a is defined\n`,
      text("[a, port] | select('defined') | list"),
      '    - debug: {msg: "{% for a in [1] %}{{ a }}{{ loop.index }}{% endfor %}"}\n',
      '    - debug: {msg: "{% set a = 1 %}{{ a }}"}\n',
      '    - debug: {msg: "{% macro m(a) %}{{ a }}{{ caller }}{% endmacro %}{{ m(1) }}"}\n',
      '    - debug: {var: nowhere}\n',
      `    - include_vars: "{{ port }}.yml"\n${text('anything')}`,
      `    - set_fact: {"{{ port }}_x": 1}\n${text('anything')}`,
      `    - include_tasks: "{{ port }}.yml"\n${text('anything')}`,
      `    - group_by: {key: x}\n${text('anything')}`,
      text("lookup('vars', 'a')"),
      text('port ~ omit'),
    ])
      expect(
        found(play(tasks)).filter((line) => line.includes('undefined')),
        tasks,
      ).to.deep.equal([]);
  });

  it('knows what -e, prompts, inputs, vars_files, roles and include_vars give', () => {
    const texts = {
      hosts: HOSTS,
      'more.yml': 'from_file: 1\n',
      'late.yml': 'from_late: 1\n',
      'roles/r/defaults/main.yml': 'from_default: 1\n',
      'roles/r/vars/main.yml': 'from_role: 1\n',
      'roles/r/tasks/main.yml': '- debug: {msg: "{{ given }}{{ from_default }}{{ role_path }}"}\n',
      'roles/r/meta/argument_specs.yml':
        'argument_specs: {main: {options: {wanted: {type: str}, given: {type: str}}}}\n',
      'site.yml': `- hosts: web
  vars_files: [more.yml]
  vars_prompt: [{name: asked}]
  inputs: {declared: {type: string, description: d}}
  roles: [{role: r, given: 1}]
  tasks:
    - include_vars: late.yml
    - debug: {msg: "{{ from_file ~ asked ~ declared ~ from_default ~ from_role ~ from_late ~ extra }}"}
`,
    };
    expect(found(texts, { extra: ['extra=1'] })).to.deep.equal([]);
    expect(found(texts)).to.deep.equal([
      'site.yml:8:94 error undefined-variable Nothing gives "extra".',
    ]);
  });

  it('follows what is included by name, and what is included in a loop', () => {
    const texts = play(
      '    - include_tasks: inc.yml\n      vars: {given: 1}\n      loop: [1]\n      loop_control: {loop_var: one}\n',
    );
    texts['inc.yml'] = '- debug: {msg: "{{ given ~ one ~ nowhere }}"}\n';
    expect(found(texts)).to.deep.equal([
      'inc.yml:1:34 warning undefined-variable Nothing gives "nowhere".',
    ]);
  });

  it('looks into template files', () => {
    const texts = play('    - template: {src: a.j2, dest: /x}\n', '  vars: {list: [1]}\n');
    texts['templates/a.j2'] =
      '{% for x in list %}\n{{ x }}{{ port }}{{ template_host }}\n{% endfor %}\n{{ nowhere }}\n';
    expect(found(texts)).to.deep.equal([
      'templates/a.j2:4:4 error undefined-variable Nothing gives "nowhere".',
    ]);
  });

  it('tells of a host that lacks what others of the inventory have', () => {
    expect(found(play(text('dbname')))).to.deep.equal([
      'site.yml:3:24 error undefined-variable Nothing gives "dbname" to w1 and 1 more of the play; only other hosts of the inventory have it.',
    ]);
    expect(found(play(`${text('dbname')}      when: "'db' in group_names"\n`))).to.deep.equal([]);
  });

  it('only suspects where the inventory is not known', () => {
    const { hosts: _, ...alone } = play(text('nowhere'));
    expect(found(alone)).to.deep.equal([
      'site.yml:3:24 warning undefined-variable Nothing gives "nowhere".',
    ]);
  });

  it('tells variables within variables only where those are read', () => {
    const vars = '  vars: {a: "{{ nowhere }}", b: "{{ nowhere_too }}"}\n';
    expect(found(play(text('a'), vars)).filter((line) => !line.includes('unused'))).to.deep.equal([
      'site.yml:2:17 warning undefined-variable Nothing gives "nowhere".',
    ]);
  });

  it('tells what nothing reads, unless it may be read by a name that is made', () => {
    const tasks = '    - ping:\n      register: unread\n    - set_fact: {read: 1, left: 2}\n';
    const of = (more: string): readonly string[] => found(play(tasks + more));
    expect(of(text('read'))).to.deep.equal([
      'site.yml:3:7 warning unused-variable Nothing reads the registered variable "unread".',
      'site.yml:5:27 warning unused-variable Nothing reads the fact "left".',
    ]);
    for (const more of [
      text("vars['un' ~ 'read']"),
      text("lookup('vars', 'un' ~ 'read')"),
      text("hostvars[inventory_hostname]['un' ~ 'read']"),
      text('hostvars'),
      '    - include_tasks: "{{ port }}.yml"\n',
      '    - template: {src: "{{ port }}.j2", dest: /x}\n',
    ])
      expect(of(more), more).to.deep.equal([]);
  });

  it('counts words of the inventory, of templates and of other plays as reads', () => {
    const texts = play('    - template: {src: a.j2, dest: /x}\n', '  vars: {a: 1, b: 2, c: 3}\n');
    texts['hosts'] = `${HOSTS}[web:vars]\nx={{ a }}\n`;
    texts['templates/a.j2'] = '{{ b }}';
    texts['site.yml'] =
      `${texts['site.yml'] ?? ''}- hosts: web\n  tasks: [{debug: {msg: "{{ c | default(1) }}"}}]\n`;
    expect(found(texts)).to.deep.equal([]);
  });

  it('tells variables that are never seen because orch sets their name', () => {
    expect(found(play(text('groups'), '  vars: {groups: 1}\n'))).to.deep.equal([
      'site.yml:2:10 warning reserved-name The variable "groups" is never seen: orch sets this name itself.',
    ]);
  });
});
