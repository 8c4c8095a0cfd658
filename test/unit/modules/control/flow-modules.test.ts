import { expect } from 'chai';
import { OrchError } from '../../../../src/lib/errors.ts';
import { parseYaml } from '../../../../src/load/yaml.ts';
import type { ControlModule, ControlResult } from '../../../../src/model/module.ts';
import type { Given } from '../../../../src/model/scope.ts';
import type { MapTree } from '../../../../src/model/tree.ts';
import { Unknown, type Value } from '../../../../src/model/value.ts';
import { addHost } from '../../../../src/modules/control/add-host.ts';
import { groupBy } from '../../../../src/modules/control/group-by.ts';
import { includeVars } from '../../../../src/modules/control/include-vars.ts';
import { meta } from '../../../../src/modules/control/meta.ts';
import { pause } from '../../../../src/modules/control/pause.ts';
import { setStats } from '../../../../src/modules/control/set-stats.ts';
import { createEvaluator } from '../../../../src/template/evaluator.ts';

const unknown = new Unknown('not run in check mode');

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

const effect = (...args: Parameters<typeof run>) => run(...args).effect;

describe('control modules that ask something of the engine', () => {
  it('meta names what is to happen', () => {
    expect(effect(meta, 'action: end_host')).to.deep.equal({ kind: 'meta', action: 'end_host' });
  });

  it('pause tells seconds, minutes as seconds, and what to ask', () => {
    const waits = { kind: 'pause', echo: true, unit: 'seconds' };
    expect(effect(pause, 'seconds: "{{ n }}"', { n: 3 })).to.deep.equal({ ...waits, seconds: 3 });
    expect(effect(pause, 'minutes: 2')).to.deep.equal({ ...waits, unit: 'minutes', seconds: 120 });
    expect(effect(pause, '{ prompt: Go?, echo: no }')).to.deep.equal({
      kind: 'pause',
      unit: 'minutes',
      echo: false,
      prompt: 'Go?',
    });
    expect(pause.problems?.({ seconds: 1, minutes: 1 })).to.have.length(1);
    expect(() => run(pause, 'seconds: soon')).to.throw(OrchError, 'seconds must be a number');
  });

  it('add_host tells name, port, groups and every other key as a variable', () => {
    const yaml = '{ name: "n1:2222", groups: "a, b", colour: "{{ c }}" }';
    expect(effect(addHost, yaml, { c: 'red' })).to.deep.equal({
      kind: 'add_host',
      name: 'n1',
      groups: ['a', 'b'],
      vars: { ansible_port: 2222, colour: 'red' },
    });
    expect(() => run(addHost, 'groups: [a]')).to.throw(OrchError, 'names no host');
    expect(run(addHost, '{ name: x, v: "{{ u }}" }', { u: unknown }).unknown).to.equal(unknown.why);
  });

  it('group_by turns blanks into dashes', () => {
    expect(effect(groupBy, '{ key: one two, parents: [p q] }')).to.deep.equal({
      kind: 'group_by',
      group: 'one-two',
      parents: ['p-q'],
    });
    expect(run(groupBy, 'key: "{{ u }}"', { u: unknown }).unknown).to.equal(unknown.why);
  });

  it('include_vars takes a file or a folder, not both', () => {
    const from = { depth: 0, ignoreFiles: [], extensions: ['yaml', 'yml', 'json'] };
    expect(effect(includeVars, 'file: a.yml')).to.deep.equal({
      kind: 'include_vars',
      from: { ...from, file: 'a.yml', ignoreUnknownExtensions: false },
    });
    expect(() => run(includeVars, '{ file: a, dir: b }')).to.throw(OrchError, 'either');
    expect(() => run(includeVars, 'name: a')).to.throw(OrchError, 'either');
  });

  it('set_stats keeps values under names', () => {
    expect(effect(setStats, '{ data: { a: "{{ n }}" }, per_host: yes }', { n: 1 })).to.deep.equal({
      kind: 'set_stats',
      data: { a: 1 },
      perHost: true,
      aggregate: true,
    });
    expect(() => run(setStats, 'data: { "not a name": 1 }')).to.throw(OrchError, 'no name');
  });
});
