import { expect } from 'chai';
import { oncePer, oncePerText } from '../../../src/lib/once.ts';

describe('once', () => {
  it('makes a thing once for each object, by identity', () => {
    let made = 0;
    const make = oncePer((list: readonly number[]) => ({ sum: list[0]! + made++ }));
    const [a, b] = [[1], [1]];
    expect(make(a)).to.equal(make(a));
    expect(make(b)).to.not.equal(make(a));
    expect(made).to.equal(2);
  });

  it('makes a thing once for each text, and holds only so many', () => {
    let made = 0;
    const make = oncePerText((text) => `${text}${made++}`, 2);
    expect([make('a'), make('b'), make('a')]).to.deep.equal(['a0', 'b1', 'a0']);
    expect([make('c'), make('a')]).to.deep.equal(['c2', 'a3']);
  });
});
