import { expect } from 'chai';
import type { LazyMap } from '../../../../src/model/value.ts';
import { eager } from '../../../../src/modules/control/texts.ts';

describe('values made on reading', () => {
  const lazy = (get: () => LazyMap | number): LazyMap => ({
    lazy: true,
    keys: () => ['f'],
    get,
  });

  it('are made, however deep they are', () => {
    expect(eager([lazy(() => 1), { a: lazy(() => lazy(() => 2)) }])).to.deep.equal([
      { f: 1 },
      { a: { f: { f: 2 } } },
    ]);
  });

  it('are refused where they have no end, as hostvars that were set as a variable', () => {
    const endless = (): LazyMap => lazy(endless);
    expect(() => eager(endless())).to.throw('it holds itself');
  });
});
