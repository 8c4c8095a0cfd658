import { expect } from 'chai';
import type { OrchError } from '../../../../src/lib/errors.ts';
import { parseYaml } from '../../../../src/load/yaml.ts';
import type { ControlModule, ControlResult } from '../../../../src/model/module.ts';
import type { Given } from '../../../../src/model/scope.ts';
import type { MapTree } from '../../../../src/model/tree.ts';
import { Secret, Unknown, type Value } from '../../../../src/model/value.ts';
import { assert } from '../../../../src/modules/control/assert.ts';
import { debug } from '../../../../src/modules/control/debug.ts';
import { fail } from '../../../../src/modules/control/fail.ts';
import { setFact } from '../../../../src/modules/control/set-fact.ts';
import { createEvaluator } from '../../../../src/template/evaluator.ts';

function run(
  module: ControlModule,
  yaml: string,
  values: Readonly<Record<string, Value>> = {},
): ControlResult {
  const vars = new Map(
    Object.entries(values).map(([name, value]): [string, Given] => [name, { value }]),
  );
  const scope = createEvaluator().scope([{ name: 'test', vars }]);
  return module.run(parseYaml('test.yml', yaml) as MapTree, scope);
}
const unknown = new Unknown('printed by a command that was not run');

describe('debug', () => {
  it('prints a message, and registers it', () => {
    expect(run(debug, 'msg: "{{ a }} and {{ b }}"', { a: 1, b: 'x' })).to.deep.equal({
      message: '1 and x',
      data: { msg: '1 and x' },
    });
    expect(run(debug, '{}').message).to.equal('Hello world!');
  });

  it('prints a variable under its name', () => {
    expect(run(debug, 'var: a.b', { a: { b: [1] } })).to.deep.equal({
      message: 'a.b: [\n  1\n]',
      data: { 'a.b': [1] },
    });
  });

  it('prints the variable that a template names, and runs nothing that it gives', () => {
    const item = run(debug, 'var: "{{ item }}"', { item: 'a.b', a: { b: [1] } });
    expect(item.data).to.deep.equal({ 'a.b': [1] });
    const said = "lookup('pipe', 'true')";
    expect(run(debug, 'var: "{{ item }}"', { item: said }).message).to.equal(
      `{{ item }}: "${said}"`.replaceAll('"', ''),
    );
  });

  it('says that a variable is not defined instead of failing', () => {
    expect(run(debug, 'var: nothing').data).to.deep.equal({ nothing: 'VARIABLE IS NOT DEFINED!' });
  });

  it('masks a secret', () => {
    expect(run(debug, 'var: token', { token: new Secret('hush') }).message).to.equal(
      'token: "********"',
    );
  });

  it('is silent below its verbosity', () => {
    expect(run(debug, '{msg: x, verbosity: 2}').data).to.include({ skipped: true });
    expect(run(debug, '{msg: x, verbosity: 2}', { ansible_verbosity: 2 }).message).to.equal('x');
  });

  it('is unknown when what it prints is', () => {
    expect(run(debug, 'msg: "{{ a }}"', { a: unknown }).unknown).to.equal(unknown.why);
  });
});

describe('assert', () => {
  it('passes when all hold', () => {
    expect(run(assert, 'that: [a == 1, b]', { a: 1, b: true })).to.deep.equal({
      message: 'All assertions passed',
      data: { msg: 'All assertions passed' },
    });
    expect(run(assert, '{that: a, quiet: true}', { a: true })).to.not.have.property('message');
  });

  it('names the first that does not hold', () => {
    expect(run(assert, 'that: [a == 1, a == 2, a == 3]', { a: 1 })).to.deep.equal({
      failed: 'Assertion failed: a == 2',
      data: { msg: 'Assertion failed', assertion: 'a == 2', evaluated_to: false },
    });
  });

  it('says what it is told to say', () => {
    const yaml = 'that: a == 2\nfail_msg: ["a is {{ a }}", "it must be 2"]';
    expect(run(assert, yaml, { a: 1 }).failed).to.equal('a is 1\nit must be 2');
    expect(run(assert, '{that: a == 1, success_msg: fine}', { a: 1 }).message).to.equal('fine');
  });

  it('judges the conditions of a list that a template gives, not the list', () => {
    const yaml = 'that: "{{ checks }}"';
    expect(run(assert, yaml, { a: 1, checks: ['a == 1', 'a == 2'] }).failed).to.contain('a == 2');
    expect(run(assert, yaml, { a: 1, checks: ['a == 1'] })).to.not.have.property('failed');
  });

  it('is unknown when a condition is, unless another surely fails', () => {
    expect(run(assert, 'that: [a == 1]', { a: unknown }).unknown).to.equal(unknown.why);
    expect(run(assert, 'that: [a == 1, b]', { a: unknown, b: false }).failed).to.contain(': b');
  });
});

describe('fail', () => {
  it('fails with its message', () => {
    expect(run(fail, 'msg: "no {{ a }}"', { a: 'way' }).failed).to.equal('no way');
    expect(run(fail, '{}').failed).to.equal('Failed as requested from task');
  });
});

describe('set_fact', () => {
  it('sets nothing that is omitted, and debug prints what it prints without msg', () => {
    const omit = '__omit_place_holder__1';
    expect(run(setFact, '{a: "{{ x | default(omit) }}", b: 1}', { omit }).facts).to.deep.equal({
      b: 1,
    });
    expect(run(debug, 'msg: "{{ x | default(omit) }}"', { omit }).message).to.equal('Hello world!');
  });

  it('keeps types, makes booleans of the words for them, and leaves out cacheable', () => {
    const yaml = 'n: "{{ a }}"\nyes_: "yes"\ncacheable: true\n"{{ b }}_x": [1]';
    expect(run(setFact, yaml, { a: 7, b: 'key' }).facts).to.deep.equal({
      n: 7,
      yes_: true,
      key_x: [1],
    });
  });

  it('lets an unknown value travel on', () => {
    expect(run(setFact, 'n: "{{ a }}"', { a: unknown }).facts?.['n']).to.be.instanceOf(Unknown);
  });

  it('refuses what is no name, at its place', () => {
    try {
      run(setFact, 'a-b: 1');
      expect.fail('accepted');
    } catch (error) {
      expect((error as OrchError).code).to.equal('ARGUMENT_INVALID');
      expect((error as OrchError).source).to.include({ line: 1, column: 1 });
    }
  });

  it('refuses to set nothing', () => {
    expect(() => run(setFact, 'cacheable: true')).to.throw('sets no variable');
  });
});
