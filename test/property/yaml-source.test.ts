import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { parseYaml } from '../../src/load/yaml.ts';
import { plain, type ScalarTree, type Tree } from '../../src/model/tree.ts';

const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_ ./:{}'"#-]{0,20}$/);
const leaf = fc.oneof(word, fc.integer(), fc.boolean());
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/), tie('value'), { maxKeys: 4 }),
  ),
}));

const scalars = (tree: Tree): readonly ScalarTree[] => {
  if (tree.kind === 'scalar') return [tree];
  return (tree.kind === 'list' ? tree.items : tree.entries.map((e) => e.value)).flatMap(scalars);
};

describe('parseYaml, for any file', () => {
  it('gives back what was written, and points at the text of every scalar', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { minKeys: 1 }), (data) => {
        const text = stringify(data, { version: '1.1', lineWidth: 0 });
        const tree = parseYaml('f.yml', text);
        if (!tree) throw new Error('nothing was read');
        expect(plain(tree)).to.deep.equal(data);
        const rows = text.split('\n');
        for (const { value: found, source } of scalars(tree)) {
          const there = rows[source.line - 1]?.slice(source.column - 1) ?? '';
          const written = there.replace(/^["']/, '');
          const start =
            typeof found === 'string'
              ? (/^[\w ]*/.exec(found)?.[0] ?? '').trimEnd()
              : String(found);
          expect(written.startsWith(start), `${String(found)} at "${there}"`).to.equal(true);
        }
      }),
    );
  });

  it('throws nothing but user errors with a place in the file', () => {
    const piece = fc.constantFrom(
      '- ',
      'a',
      ': ',
      '\n',
      '  ',
      '\t',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '{{ x }}',
      '&a ',
      '*a',
      '!t ',
      '|',
      '#',
      '---\n',
      ',',
      '<<: ',
      '?',
      '%',
      '\u{feff}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        try {
          parseYaml('f.yml', text);
        } catch (error) {
          const { errors } = error as {
            errors: readonly { source?: { line: number; column: number } }[];
          };
          const last = text.split('\n').length;
          for (const { source } of errors) {
            expect(source?.line).to.be.within(1, last);
            expect(source?.column).to.be.at.least(1);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
