import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

/** Rows of the design's tables, by the letter of the module. */
const ROWS: Readonly<Record<string, number>> = { Z: 20, P: 21, D: 16, K: 20 };

const page = readFileSync('docs/domain-tests.md', 'utf8');
const files = new Map(
  [...page.matchAll(/^\| ([ZPDK]\d+) \|.* \| ([^|]*) \|$/gm)].map(([, row = '', cell = '']) => [
    row,
    [...cell.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file),
  ]),
);
const playbooks = new Map(
  [...page.matchAll(/^\| ([\w-]+\.yml) \|.* \| ([^|]*) \|$/gm)].map(([, book = '', cell = '']) => [
    book,
    [...cell.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file),
  ]),
);
const isNamed = (row: string, file: string): boolean =>
  new RegExp(`\\b(?:it|describe)\\(\\s*['\`"][^'\`"\\n]*\\b${row}\\b`).test(
    readFileSync(file, 'utf8'),
  );

describe('docs/domain-tests.md', () => {
  it('has every row', () => {
    const all = Object.entries(ROWS).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, i) => `${letter}${i + 1}`),
    );
    expect([...files.keys()].sort()).to.deep.equal(all.sort());
  });

  for (const [row, tests] of files)
    it(`${row} has a test of its name in each file that it lists`, () => {
      expect(tests).to.not.deep.equal([]);
      expect(tests.filter((file) => !isNamed(row, file))).to.deep.equal([]);
    });

  it('has every playbook that is shipped', () => {
    const shipped = readdirSync('playbooks').filter((name) => name.endsWith('.yml'));
    expect([...playbooks.keys()]).to.deep.equal(shipped.sort());
  });

  for (const [book, tests] of playbooks)
    it(`${book} has a test of its name in each file that it lists, which runs it`, () => {
      expect(tests).to.not.deep.equal([]);
      const title = new RegExp(
        `\\b(?:it|describe)\\(\\s*(['\`"])(?:(?!\\1)[^\\n])*${book.replace('.', '\\.')}`,
      );
      const runs = new RegExp(`['\`"/]${book.slice(0, -'.yml'.length)}(?:\\.yml)?['\`"]`);
      for (const file of tests) {
        const text = readFileSync(file, 'utf8');
        expect(text, `${file} names no test after it`).to.match(title);
        expect(text, `${file} does not run it`).to.match(runs);
      }
    });
});
