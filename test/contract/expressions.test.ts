import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { OrchError } from '../../src/lib/errors.ts';
import type { Given } from '../../src/model/scope.ts';
import type { Value } from '../../src/model/value.ts';
import { yamlValues } from '../../src/cli/yaml-values.ts';
import { createEvaluator } from '../../src/template/evaluator.ts';

interface Recorded {
  readonly vars: Readonly<Record<string, Value>>;
  /** Without a value: Jinja2 raises. */
  readonly cases: readonly (readonly [string] | readonly [string, Value])[];
}

const file = new URL('../fixtures/expressions/recorded.json', import.meta.url);
const { vars, cases } = JSON.parse(readFileSync(file, 'utf8')) as Recorded;

/** What scripts/record-expressions.py recorded of the real Jinja2 with Ansible's filters. */
describe('generated expressions give what they give in Jinja2', function () {
  this.timeout(60_000);
  const evaluator = createEvaluator({ yaml: yamlValues });
  const layer = {
    name: 'vars',
    vars: new Map(Object.entries(vars).map(([name, value]): [string, Given] => [name, { value }])),
  };
  const at = (value: string) =>
    ({ kind: 'scalar', value, source: { file: 'x', line: 1, column: 1 } }) as const;

  const given = (text: string): readonly [string] | readonly [string, unknown] => {
    try {
      const value = evaluator.scope([layer]).expression(text, at(text));
      return [text, JSON.parse(JSON.stringify(value))];
    } catch (error) {
      if (error instanceof OrchError) return [text];
      throw error;
    }
  };

  it(`all ${cases.length} of them`, () => {
    expect(cases.length).to.be.at.least(4000);
    const different = cases.flatMap((one) => {
      const mine = given(one[0]);
      return JSON.stringify(mine) === JSON.stringify(one) ? [] : [{ jinja: one, orch: mine }];
    });
    expect(different).to.deep.equal([]);
  });
});
