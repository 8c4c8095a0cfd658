import { expect } from 'chai';
import { words } from '../../../src/cli/words.ts';

describe('words', () => {
  for (const [text, expected] of [
    ['a=1 b=2', ['a=1', 'b=2']],
    ['  a=1\t\nb=2  ', ['a=1', 'b=2']],
    [`a='x y' b="p q"`, ['a=x y', 'b=p q']],
    [`a='it'\\''s'`, [`a=it's`]],
    ['a="say \\"hi\\" \\n"', ['a=say "hi" \\n']],
    ['a=x\\ y', ['a=x y']],
    [`''`, ['']],
    ['', []],
    [`a='{"k": [1, 2]}'`, ['a={"k": [1, 2]}']],
  ] as const) {
    it(`splits ${JSON.stringify(text)}`, () => {
      expect(words(text)).to.deep.equal(expected);
    });
  }

  it('refuses a quote that is never closed', () => {
    expect(() => words('a="x')).to.throw('the quote " in "a=\\"x" is never closed');
  });
});
