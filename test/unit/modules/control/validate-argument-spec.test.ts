import { expect } from 'chai';
import { parseYaml } from '../../../../src/load/yaml.ts';
import type { ControlResult } from '../../../../src/model/module.ts';
import type { MapTree } from '../../../../src/model/tree.ts';
import { Unknown, type Value } from '../../../../src/model/value.ts';
import { validateArgumentSpec } from '../../../../src/modules/control/validate-argument-spec.ts';
import { createEvaluator } from '../../../../src/template/evaluator.ts';

const run = (yaml: string, values: Readonly<Record<string, Value>> = {}): ControlResult => {
  const vars = new Map(Object.entries(values).map(([name, value]) => [name, { value }] as const));
  const scope = createEvaluator().scope([{ name: 'test', vars }]);
  return validateArgumentSpec.run(parseYaml('test.yml', yaml) as MapTree, scope);
};
const errors = (spec: string, values: Readonly<Record<string, Value>>): unknown =>
  run(`argument_spec: ${spec}`, values).data['argument_errors'] ?? [];

describe('validate_argument_spec', () => {
  it('is content with values of the types named, in every form Ansible converts', () => {
    const spec =
      '{a: {type: int}, b: {type: bool}, c: {type: list, elements: int}, d: {type: dict}, e: {type: float}, f: {type: path}, g: {}, h: {type: bytes}}';
    const values = { a: ' 12', b: 'Yes', c: '1,2', d: 'x=1', e: '1.5', f: '/x', g: [1], h: '10M' };
    expect(errors(spec, values)).to.deep.equal([]);
    expect(run(`argument_spec: ${spec}`, values).data['msg']).to.equal(
      'The arg spec validation passed',
    );
  });

  it('tells each value that is of another type, missing, or no choice', () => {
    expect(
      errors(
        '{a: {type: int}, b: {type: bool}, c: {type: list, elements: int}, d: {required: true}, e: {choices: [x, y]}}',
        {
          a: 1.5,
          b: 'maybe',
          c: [1, 'x'],
          e: 'z',
        },
      ),
    ).to.deep.equal([
      'missing required arguments: d',
      '"a" must be a whole number, is 1.5',
      '"b" must be true or false, is "maybe"',
      'item 2 of "c" must be a whole number, is "x"',
      '"e" must be one of "x", "y", is "z"',
    ]);
  });

  it('looks into options of options, which know all their keys', () => {
    const spec =
      '{users: {type: list, elements: dict, mutually_exclusive: [[uid, gid]], options: {name: {required: true}, uid: {type: int}, gid: {type: int}}}}';
    expect(
      errors(spec, {
        users: [
          { uid: 1, gid: 2 },
          { name: 'x', nam: 1 },
        ],
      }),
    ).to.deep.equal([
      'missing required arguments: name found in users',
      'item 1 of "users": only one of uid, gid may be set',
      'item 2 of "users" has no "nam"; it has name, uid, gid',
    ]);
  });

  it('prefers the values given to variables, and waits for what is unknown', () => {
    const text = 'argument_spec: {a: {type: int}}\nprovided_arguments: {a: 1}\n';
    expect(run(text, { a: 'x' }).failed).to.equal(undefined);
    expect(errors('{a: {type: int}}', { a: new Unknown('not run') })).to.deep.equal([]);
  });
});
