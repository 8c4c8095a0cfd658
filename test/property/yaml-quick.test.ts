import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { OrchErrors } from '../../src/lib/errors.ts';
import { quickTree } from '../../src/load/yaml-quick.ts';
import { wholeTree } from '../../src/load/yaml.ts';
import { mutated, seeds } from '../helpers/mutated.ts';

/** What the quick parser reads, the whole one reads alike; what that refuses, the quick one leaves alone. */
function alike(text: string): boolean {
  const quick = quickTree('f.yml', text);
  if (!quick) return false;
  let whole: unknown;
  try {
    whole = wholeTree('f.yml', text);
  } catch (error) {
    if (!(error instanceof OrchErrors)) throw error;
    whole = error.errors.map(({ message }) => message);
  }
  expect(quick, text).to.deep.equal(whole);
  return true;
}

const PIECES = [
  ...['a', 'b', 'key', '1', '0644', '1:30', 'yes', '~', 'null', '-1', '1.5', 'x y', 'a.b/c-d', 'é'],
  ...[': ', ':', '- ', '-', '\n', '\n', '\n  ', '\n    ', '\n- ', '\n  - ', ' ', '  ', '#', ' # c'],
  ...[
    '"',
    "'",
    '"q"',
    "'q'",
    "''",
    '\\n',
    '\\',
    '"a\\nb"',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '{a: 1}',
    '[1, b]',
  ],
  ...[
    '{{ x }}',
    '"{{ x }}"',
    '&a ',
    '*a',
    '!x ',
    '|',
    '>',
    ': |\n',
    ': >-\n',
    ': |-\n    a\n     b\n',
    ': >\n  a\n  b\n\n  c\n',
    '- |\n',
    '\n\n',
    '     ',
    '? ',
    '---',
    '---\n',
    '...',
    '%',
    '@',
    '`',
    '<<: ',
    '=',
    '\t',
  ],
];

describe('the quick parser of YAML', () => {
  it('reads the files of the corpora as the whole parser does, and leaves few of them', () => {
    const texts = seeds.flatMap((files) => Object.values(files));
    const inventories = readdirSync('inventories').map((name) =>
      readFileSync(`inventories/${name}`, 'utf8'),
    );
    const all = [...texts, ...inventories];
    const read = all.filter(alike).length;
    expect(read / all.length).to.be.above(0.5);
  });

  it('reads any text as the whole parser does, or leaves it', function () {
    this.timeout(600_000);
    const text = fc
      .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 2 })), { maxLength: 14 })
      .map((parts) => parts.join(''));
    let read = 0;
    fc.assert(
      fc.property(text, (one) => {
        if (alike(one)) read++;
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 3000) },
    );
    expect(read).to.be.above(20);
  });

  it('reads damaged playbooks as the whole parser does, or leaves them', function () {
    this.timeout(600_000);
    fc.assert(
      fc.property(mutated, (files) => {
        for (const one of Object.values(files)) alike(one);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
    );
  });
});
