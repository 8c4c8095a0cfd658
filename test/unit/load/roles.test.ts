import { expect } from 'chai';
import { includer } from '../../../src/load/include.ts';
import { allTasks, handlersOf, type Play, type Role } from '../../../src/model/play.ts';
import { plain, type MapTree } from '../../../src/model/tree.ts';
import { registry } from '../../../src/modules/registry.ts';
import { validateParams } from '../../../src/load/validate-params.ts';
import { complaints, loaded, optionsFor, outlineOf, type Texts } from '../../helpers/loaded.ts';

const playOf = (texts: Texts): Play => {
  const [play] = loaded(texts).plays;
  if (!play) throw new Error('no play');
  return play;
};
const plainly = (maps: readonly MapTree[]): unknown => maps.map((map) => plain(map));
/** What a role sees, strongest first, by the number of the layer. */
const layers = (role: Role | undefined): unknown =>
  role && [plainly(role.defaults), plainly(role.vars), plainly(role.params)];

const ROLES: Texts = {
  'roles/web/tasks/main.yml': '- command: web\n- import_tasks: more.yml\n',
  'roles/web/tasks/more.yml': '- command: more\n  notify: restart\n',
  'roles/web/tasks/other.yaml': '- command: other\n',
  'roles/web/handlers/main.yml': '- name: restart\n  command: x\n',
  'roles/web/defaults/main.yml': 'd: web\n',
  'roles/web/vars/main/a.yml': 'v: a\n',
  'roles/web/vars/main/b.yml': 'v: b\n',
  'roles/web/vars/main/.hidden.yml': 'v: hidden\n',
  'roles/web/meta/main.yml':
    'dependencies:\n  - base\n  - role: base\n    when: dw\n    p: 2\n    vars: {dv: 1}\n',
  'roles/base/tasks/main.yml': '- command: base\n',
  'roles/base/defaults/main.yml': 'd: base\n',
  'roles/base/vars/main.yml': 'v: base\n',
};

describe('roles of a play', () => {
  const play = playOf({
    ...ROLES,
    'site.yml': [
      '- hosts: all',
      '  roles:',
      '    - role: web',
      '      tags: t',
      '      when: w',
      '      become: true',
      '      vars: {rv: 1}',
      '      param: 1',
      '  pre_tasks: [{command: pre}]',
      '  tasks: [{command: x, notify: "web : restart"}]',
    ].join('\n'),
  });

  it('bring their dependencies first, and stand between pre_tasks and tasks', () => {
    expect(play.sections.map(({ kind }) => kind)).to.deep.equal(['pre_tasks', 'roles', 'tasks']);
    expect(outlineOf(play)).to.deep.equal([
      '0.pre_tasks.0 command',
      '0.roles.0.dependencies.0.0 command',
      '0.roles.0.dependencies.1.0 command',
      '0.roles.0.0 command',
      '0.roles.0.1.0 command',
      '0.tasks.0 command',
    ]);
    expect(handlersOf(play).map(({ id }) => id)).to.deep.equal(['0.roles.0.handlers.0']);
  });

  it('hand keywords, conditions and tags to all that they bring', () => {
    const [, , second, own] = allTasks(play);
    expect(second?.when && plain(second.when)).to.deep.equal(['w', 'dw']);
    expect(own?.when && plain(own.when)).to.deep.equal(['w']);
    expect(own?.keywords.tags).to.deep.equal(['t']);
    expect(own?.keywords.become && plain(own.keywords.become)).to.equal(true);
    expect(own?.vars).to.deep.equal([]);
  });

  it('see variables of parents and dependencies in the order of Ansible', () => {
    const [, , second, own] = allTasks(play);
    expect(layers(own?.role)).to.deep.equal([
      [{ d: 'web' }, { d: 'base' }, { d: 'base' }],
      [{ v: 'b' }, { v: 'a' }, { rv: 1 }, { v: 'base' }, { dv: 1 }, { v: 'base' }],
      [{ param: 1 }],
    ]);
    expect(layers(second?.role)).to.deep.equal([
      [{ d: 'base' }, { d: 'web' }],
      [{ v: 'base' }, { dv: 1 }, { v: 'b' }, { v: 'a' }, { rv: 1 }],
      [{ p: 2 }, { param: 1 }],
    ]);
    expect(second?.role?.parents.map(({ name }) => name)).to.deep.equal(['web']);
    expect(play.roles.map(({ name }) => name)).to.deep.equal(['web']);
  });

  it('are the same use when nothing about them differs', () => {
    const roles = (text: string): readonly (Role | undefined)[] =>
      allTasks(playOf({ ...ROLES, 'site.yml': `- hosts: all\n  roles: ${text}\n` })).map(
        ({ role }) => role,
      );
    const [one, two, three, four] = roles(
      '[base, base, {role: base, x: 1}, {role: base, when: a}]',
    );
    expect(one?.key).to.equal(two?.key);
    expect(new Set([one?.key, three?.key, four?.key]).size).to.equal(3);
    expect(one?.allowDuplicates).to.equal(false);
    const [, free] = allTasks(
      playOf({
        'site.yml': '- hosts: all\n  roles: [r, r]\n',
        'roles/r/tasks/main.yml': '- command: x\n',
        'roles/r/meta/main.yml': 'allow_duplicates: yes\n',
      }),
    );
    expect(free?.role?.allowDuplicates).to.equal(true);
  });
});

describe('import_role', () => {
  it('brings the files it names, and belongs to the play', () => {
    const play = playOf({
      ...ROLES,
      'site.yml':
        '- hosts: all\n  handlers: [{name: own, command: x}]\n  tasks:\n    - import_role: {name: web, tasks_from: other}\n      vars: {iv: 1}\n      when: w\n',
    });
    expect(allTasks(play).map(({ args }) => plain(args))).to.deep.include({ cmd: 'other' });
    const own = allTasks(play).at(-1);
    expect(own?.vars.map((vars) => plain(vars))).to.deep.equal([{ iv: 1 }]);
    expect(own?.when && plain(own.when)).to.deep.equal(['w']);
    expect(own?.role?.allowDuplicates).to.equal(true);
    expect(play.roles.map(({ name }) => name)).to.deep.equal(['web']);
    expect(handlersOf(play).map(({ name }) => name?.value)).to.deep.equal(['own', 'restart']);
  });
});

describe('include_role, when its turn comes', () => {
  const texts: Texts = {
    ...ROLES,
    'site.yml':
      '- hosts: all\n  become: true\n  tasks:\n    - include_role: {name: "{{ r }}", apply: {tags: a}}\n      vars: {iv: 1}\n      when: own\n',
  };

  it('reads the role into the place of the include', () => {
    const play = playOf(texts);
    const [task] = allTasks(play);
    if (!task) throw new Error('no task');
    const got = includer(optionsFor(texts))({ play, task, name: 'web', id: 'X', public: true });
    const own = got.items.at(-1);
    expect(own?.kind === 'task' && [own.id, own.module]).to.deep.equal(['X.1.0', 'command']);
    expect(own?.kind === 'task' && own.when).to.equal(undefined);
    expect(own?.keywords.tags).to.deep.equal(['a']);
    expect(own?.kind === 'task' && plainly(own.params)).to.deep.equal([{ iv: 1 }]);
    expect(got.handlers).to.have.length(1);
    expect(got.roles.map(({ name }) => name)).to.deep.equal(['web']);
  });

  it('tells what is wrong where it is named', () => {
    const play = playOf(texts);
    const [task] = allTasks(play);
    if (!task) throw new Error('no task');
    const ask = (): unknown => includer(optionsFor(texts))({ play, task, name: 'wbe', id: 'X' });
    expect(ask).to.throw('There is no role "wbe". Did you mean "web"?');
  });
});

describe('roles, when they are wrong', () => {
  it('are named with their place', () => {
    expect(
      complaints({
        ...ROLES,
        'site.yml': [
          '- hosts: all',
          '  roles:',
          '    - wbe',
          '    - {role: web, become: maybe, debugger: on}',
          '    - {tags: x}',
          '    - [a]',
          '    - "{{ gone }}"',
          '  tasks:',
          '    - import_role: {name: web, tasks_from: othr}',
          '    - import_role: {tasks_from: x}',
          '    - import_role: web',
          '    - include_role: {name: web, publik: true}',
        ].join('\n'),
      }),
    ).to.deep.equal([
      'site.yml:3:7 ROLE_NOT_FOUND There is no role "wbe". Did you mean "web"?',
      'site.yml:4:27 PLAYBOOK_INVALID "become" must be true or false, is "maybe".',
      'site.yml:4:34 KEYWORD_UNSUPPORTED orch has no `debugger` on a role.',
      'site.yml:5:7 PLAYBOOK_INVALID A role is named by a word or by `role: NAME`; this is a map without `role`.',
      'site.yml:6:7 PLAYBOOK_INVALID A role is named by a word or by `role: NAME`; this is a list.',
      'site.yml:7:7 PLAYBOOK_INVALID This name must be known before any host is contacted: The variable "gone" is not defined.',
      'site.yml:9:27 FILE_NOT_FOUND The role "web" has no tasks/othr. Did you mean "other"?',
      'site.yml:10:7 ARGUMENT_MISSING `import_role` does not say which role.',
      'site.yml:11:20 ARGUMENT_INVALID The arguments of import_role must be a map; this is "web".',
      'site.yml:12:33 ARGUMENT_UNKNOWN Unknown argument "publik". Did you mean "public"?',
    ]);
  });

  it('may not pull in themselves', () => {
    expect(
      complaints({
        'site.yml': '- hosts: all\n  roles: [a]\n',
        'roles/a/meta/main.yml': 'dependencies: [b]\n',
        'roles/b/meta/main.yml': 'dependencies: [{role: a}]\n',
      }),
    ).to.deep.equal([
      'roles/b/meta/main.yml:1:23 PLAYBOOK_INVALID The role "a" pulls in itself: roles/a → roles/b → roles/a.',
    ]);
  });

  it('have their arguments checked where they are written', () => {
    const texts: Texts = {
      'site.yml':
        '- hosts: all\n  roles:\n    - {role: r, size: many, state: gone, list: "{{ l }}"}\n    - role: r\n      vars: {size: 1}\n',
      'roles/r/meta/argument_specs.yml':
        'argument_specs:\n  main:\n    short_description: Ports\n    options:\n      size: {type: int, required: true}\n      state: {choices: [present, absent]}\n      list: {type: list, elements: strng}\n',
      'roles/r/tasks/main.yml': '- command: x\n',
    };
    const real = { registry, validate: validateParams };
    expect(complaints(texts, real)).to.deep.equal([
      'roles/r/meta/argument_specs.yml:7:36 ARGUMENT_INVALID there is no type "strng"; there are str, raw, any, path, bool, int, float, list, dict, json, jsonarg, bytes, bits.',
      'site.yml:3:23 ARGUMENT_INVALID "size" must be a whole number, is "many".',
      'site.yml:3:36 ARGUMENT_INVALID "state" must be one of "present", "absent", is "gone".',
    ]);
    const good = {
      ...texts,
      'site.yml': '- hosts: all\n  roles: [{role: r, size: 1}]\n',
      'roles/r/meta/argument_specs.yml': 'argument_specs: {main: {options: {size: {type: int}}}}\n',
    };
    const [check] = loaded(good, real).plays.flatMap(allTasks);
    expect(check).to.include({ module: 'validate_argument_spec', id: '0.roles.0.arguments' });
    expect(check?.name?.value).to.equal("Validating arguments against arg spec 'main'");
    expect(check?.keywords.tags).to.deep.equal(['always']);
  });
});
