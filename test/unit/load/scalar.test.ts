import { expect } from 'chai';
import { resolvePlain } from '../../../src/load/scalar.ts';

// What PyYAML 6.0 (yaml.safe_load) makes of each; dates are left as text.
const CASES: readonly (readonly [string, unknown])[] = [
  ['yes', true],
  ['No', false],
  ['on', true],
  ['OFF', false],
  ['true', true],
  ['y', 'y'],
  ['N', 'N'],
  ['', null],
  ['~', null],
  ['null', null],
  ['NULL', null],
  ['nil', 'nil'],
  ['0', 0],
  ['-0', 0],
  ['12', 12],
  ['-12', -12],
  ['+3', 3],
  ['1_000', 1000],
  ['0644', 420],
  ['0o17', '0o17'],
  ['0x1f', 31],
  ['0b11', 3],
  ['089', '089'],
  ['1:30', 90],
  ['22:22', 1342],
  ['1:99', '1:99'],
  ['1.5', 1.5],
  ['1.', 1],
  ['.5', 0.5],
  ['1e3', '1e3'],
  ['1.0e+3', 1000],
  ['1.0e3', '1.0e3'],
  ['1.2.3', '1.2.3'],
  ['10.0.0.1', '10.0.0.1'],
  ['.inf', Infinity],
  ['-.INF', -Infinity],
  ['.', '.'],
  ['-', '-'],
  ['+', '+'],
  ['443/tcp', '443/tcp'],
  ['2020-01-01', '2020-01-01'],
  ['9007199254740993', '9007199254740993'],
];

describe('resolvePlain', () => {
  for (const [text, value] of CASES) {
    it(`reads ${text === '' ? 'nothing' : text} as ${JSON.stringify(value)}`, () => {
      expect(resolvePlain(text)).to.equal(value);
    });
  }
});
