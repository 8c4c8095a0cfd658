import { expect } from 'chai';
import { templateErrors } from '../../../src/cli/check-templates.ts';
import { loadPlaybook } from '../../../src/load/playbook.ts';
import { compileValidate } from '../../../src/load/schema/compile.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { sampleModules } from '../../helpers/sample-modules.ts';

const errorsOf = (text: string): readonly string[] =>
  templateErrors(
    loadPlaybook('p.yml', {
      files: memoryFiles({ 'p.yml': text }),
      registry: sampleModules,
      validate: compileValidate(sampleModules),
    }),
  ).map(({ code, source }) => `${code} ${source?.line ?? 0}`);

describe('templates that cannot be parsed', () => {
  const value = '"{{ nope | }}"';
  for (const [what, line] of [
    ['name', `name: ${value}`],
    ['when', 'when: a =='],
    ['changed_when', 'changed_when: a =='],
    ['failed_when', 'failed_when: a =='],
    ['until', 'until: a =='],
    ['retries', `retries: ${value}`],
    ['delay', `delay: ${value}`],
    ['async', `async: ${value}`],
    ['poll', `poll: ${value}`],
    ['args', `args: ${value}`],
    ['loop', `loop: ${value}`],
    ['label', `loop_control: {label: ${value}}`],
    ['pause', `loop_control: {pause: ${value}}`],
    ['extended', `loop_control: {extended: ${value}}`],
    ['break_when', 'loop_control: {break_when: a ==}'],
    ['become_user', `become_user: ${value}`],
    ['vars', `vars: {x: ${value}}`],
    ['canary', `canary: ${value}`],
  ] as const)
    it(`are found in ${what} of a task before anything runs`, () => {
      const task = `- hosts: all\n  tasks:\n    - command: ls\n      ${line}\n`;
      expect(errorsOf(task)).to.deep.equal(['TEMPLATE_SYNTAX 4']);
    });

  it('are found in what is included', () => {
    const task = `- hosts: all\n  tasks:\n    - include_tasks: ${value}\n`;
    expect(errorsOf(task)).to.deep.equal(['TEMPLATE_SYNTAX 3']);
  });
});
