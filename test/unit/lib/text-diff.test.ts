import { expect } from 'chai';
import { textDiff } from '../../../src/lib/text-diff.ts';

describe('textDiff', () => {
  it('is empty for equal texts', () => {
    expect(textDiff('a\n', 'a\n')).to.deep.equal([]);
  });

  it('shows changed lines with the lines around them', () => {
    expect(textDiff('1\n2\n3\n4\n5\n', '1\n2\n3\n4\nV\n')).to.deep.equal([
      '@@ -2,4 +2,4 @@',
      ' 2',
      ' 3',
      ' 4',
      '-5',
      '+V',
    ]);
  });

  it('tells of a missing newline at the end', () => {
    expect(textDiff('a', 'a\n')).to.deep.equal([
      '@@ -1,1 +1,1 @@',
      '-a',
      '\\ No newline at end of file',
      '+a',
    ]);
  });

  it('says how much it leaves out', () => {
    const long = Array.from({ length: 50 }, (_, i) => `${i}\n`).join('');
    const lines = textDiff('', long, 10);
    expect(lines).to.have.length(11);
    expect(lines.at(-1)).to.equal('... 41 more lines of diff');
  });

  it('is quick about texts that have nothing in common', () => {
    const text = (word: string): string =>
      Array.from({ length: 20000 }, (_, i) => `${word}${i}`).join('\n');
    const start = performance.now();
    expect(textDiff(text('a'), text('b'))).to.have.length(401);
    expect(performance.now() - start).to.be.lessThan(5000);
  });
});
