import { expect } from 'chai';
import fc from 'fast-check';
import { allVisible, oneLine, visible } from '../../../src/lib/visible.ts';

describe('visible', () => {
  for (const [raw, shown] of [
    ['plain text, ünïcödé 漢字', 'plain text, ünïcödé 漢字'],
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\x9b2J', '\\x9b2J'],
    ['\x1b]8;;http://evil\x07', '\\x1b]8;;http://evil\\x07'],
    ['progress\rdone', 'progress\\rdone'],
    ['abc\u202Etxt.exe', 'abc\\u{202e}txt.exe'],
    ['nul\0', 'nul\\x00'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
  ] as const) {
    it(`shows ${JSON.stringify(raw)} as ${shown}`, () => {
      expect(visible(raw)).to.equal(shown);
    });
  }

  it('keeps a title on its line', () => {
    expect(oneLine('a\nb\tc')).to.equal('a\\nb\\tc');
  });

  it('lets no control character through, in keys and values', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
        (data) => {
          expect(JSON.stringify(allVisible(data))).not.to.match(/[\p{Cc}\p{Cf}]/u);
        },
      ),
    );
  });
});
