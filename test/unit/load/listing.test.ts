import { expect } from 'chai';
import { complaints, loaded, outlineOf } from '../../helpers/loaded.ts';
import { allTasks } from '../../../src/model/play.ts';
import { taskName } from '../../../src/model/task-name.ts';

describe('loading for a listing', () => {
  const texts = {
    'site.yml':
      '- hosts: all\n  tasks:\n    - name: strange\n      no_such_module: {a: 1}\n    - open_port: {prots: [1]}\n    - name: fine\n      open_port: {ports: [80/tcp]}\n',
  };

  it('keeps tasks that no module takes, and warns with their places', () => {
    const book = loaded(texts, { listing: true });
    expect(outlineOf(book.plays[0] ?? { sections: [] })).to.deep.equal([
      '0.tasks.0 no_such_module',
      '0.tasks.1 open_port',
      '0.tasks.2 open_port',
    ]);
    expect(book.warnings.map(({ source }) => `${source.line}:${source.column}`)).to.include('4:7');
    expect(complaints(texts)).to.have.length(3);
  });

  it('refuses what says something of the tasks themselves', () => {
    const broken = { 'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: nowhere.yml\n' };
    expect(complaints(broken, { listing: true })).to.have.length(1);
  });
});

describe('the name of a task', () => {
  it('stands behind that of its role, unless the task includes a role', () => {
    const book = loaded({
      'site.yml': '- hosts: all\n  roles: [r]\n',
      'roles/r/tasks/main.yml':
        '- open_port: {ports: [80/tcp]}\n- name: more\n  include_role: {name: s}\n',
      'roles/s/tasks/main.yml': '- open_port: {ports: [80/tcp]}\n',
    });
    const names = book.plays.flatMap(allTasks).map((task) => taskName(task));
    expect(names).to.deep.equal(['r : open_port', 'more']);
  });

  it('roles are looked for beside the folder of the playbook too', () => {
    const book = loaded({
      'site.yml': '- import_playbook: playbooks/a.yml\n',
      'playbooks/a.yml': '- hosts: all\n  roles: [r]\n',
      'roles/r/tasks/main.yml': '- open_port: {ports: [80/tcp]}\n',
    });
    expect(book.plays.flatMap(allTasks)).to.have.length(1);
  });
});
