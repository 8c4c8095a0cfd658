import { expect } from 'chai';
import { globPattern } from '../../../src/lib/glob.ts';
import { matcher } from '../../../src/lib/matcher.ts';
import { OrchError } from '../../../src/lib/errors.ts';

describe('globPattern', () => {
  for (const [glob, yes, no] of [
    ['a*', 'abc', 'ba'],
    ['a?c', 'abc', 'ac'],
    ['[!a]b', 'cb', 'ab'],
    ['[a-c]', 'b', 'd'],
    ['a[b', 'a[b', 'ab'],
    ['[]]', ']', '['],
    ['a.b(c', 'a.b(c', 'axb(c'],
    ['[^a]', '^', 'b'],
  ] as const)
    it(`reads ${glob} as Python's fnmatch does`, () => {
      expect([yes, no].map((text) => globPattern(glob).test(text))).to.deep.equal([true, false]);
    });

  it('matches nothing by a range that runs backwards', () => {
    expect(['z', 'a', 'm'].some((text) => globPattern('[z-a]').test(text))).to.equal(false);
  });
});

describe('matcher', () => {
  it('finds the pattern in every text, however many there were before', () => {
    expect(['a.conf', 'b.conf', 'c.conf', 'd.txt'].map(matcher('conf$', 'x'))).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
  });

  it('wants a pattern to fit from the beginning where it has to', () => {
    expect(['ab', 'ba'].map((text) => matcher('a', 'x', { fromStart: true })(text))).to.deep.equal([
      true,
      false,
    ]);
  });

  it('says where a pattern that is none was written', () => {
    const source = { file: 'p.yml', line: 3, column: 4 };
    expect(() => matcher('a(', 'files_matching', { source }))
      .to.throw(OrchError, 'files_matching "a(" is no valid regular expression')
      .with.property('source', source);
  });
});
