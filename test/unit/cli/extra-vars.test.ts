import { expect } from 'chai';
import { extraVars } from '../../../src/cli/extra-vars.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { plain } from '../../../src/model/tree.ts';

const FILES: Readonly<Record<string, string>> = {
  'vars.yml': 'a: 1\nb: [x, y]\n',
  'list.yml': '- a\n',
  'empty.yml': '',
};

const read = (given: readonly string[]): unknown => {
  const layer = extraVars(given, { yaml: parseYaml, read: (file) => FILES[file] ?? '' });
  return Object.fromEntries(
    [...layer.vars].map(([name, one]) => [name, 'tree' in one ? plain(one.tree) : one]),
  );
};

describe('extraVars', () => {
  for (const [given, vars] of [
    [['a=1 b="two words"'], { a: '1', b: 'two words' }],
    [['{"a": 1, "b": [true]}'], { a: 1, b: [true] }],
    [['{a: yes}'], { a: true }],
    [['@vars.yml'], { a: 1, b: ['x', 'y'] }],
    [['a=1', 'a=2 c=', '@vars.yml'], { a: 1, b: ['x', 'y'], c: '' }],
    [['a=x=y'], { a: 'x=y' }],
    [['a-b=1'], { 'a-b': '1' }],
    [['@empty.yml'], {}],
    [[''], {}],
  ] as const) {
    it(`reads ${given.map((text) => `-e ${JSON.stringify(text)}`).join(' ')}`, () => {
      expect(read(given)).to.deep.equal(vars);
    });
  }

  for (const [given, message] of [
    ['oops', '-e "oops" is no name=value'],
    ['1a=2', '-e "1a=2" is no name=value'],
    ['[1, 2]', '-e [1, 2] is no map of variables'],
    ['@list.yml', '-e @list.yml is no map of variables'],
  ] as const) {
    it(`refuses -e ${JSON.stringify(given)}`, () => {
      expect(() => read([given])).to.throw(message);
    });
  }
});
