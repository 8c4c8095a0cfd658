import { expect } from 'chai';
import { hostSet } from '../../../src/report/hosts.ts';

const many = (n: number, name: (i: number) => string): string[] =>
  Array.from({ length: n }, (_, i) => name(i + 1));

describe('hostSet', () => {
  it('names few hosts one by one', () => {
    expect(hostSet(['node1', 'node2', 'node3'])).to.equal('node1, node2, node3');
  });

  for (const [hosts, text] of [
    [many(30, (i) => `node${i}`), 'node[1:30]'],
    [many(12, (i) => `node${String(i).padStart(2, '0')}.example.org`), 'node[01:12].example.org'],
    [[...many(9, (i) => `a${i}`), 'b', 'c7'], 'a[1:9], b, c7'],
    [
      many(10, (i) => `10.0.0.${i}`).concat('10.0.1.1'),
      '10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8, 10.0.0.9, 10.0.0.10, 10.0.1.1',
    ],
    [many(10, (i) => `rack1-node${i * 2}`), many(10, (i) => `rack1-node${i * 2}`).join(', ')],
  ] as const) {
    it(`shows ${hosts.length} hosts as ${text}`, () => {
      expect(hostSet(hosts)).to.equal(text);
    });
  }
});
