import { expect } from 'chai';
import { checkTemplate, namesIn } from '../../../src/template/check.ts';
import { scalar, tree } from './support.ts';

describe('checking templates without evaluating them', () => {
  it('finds all mistakes of a tree, placed', () => {
    const errors = checkTemplate(
      tree({ a: 'x {{ 1 + }}', b: ['ok {{ x | uper }}', 'y {{ x is definde }}'], c: '{{ fine }}' }),
    );
    expect(errors.map(({ message, source }) => [message, source?.column])).to.deep.equal([
      ['The template ends where a value should come.', 19],
      ['There is no filter "uper". Did you mean "upper"?', 20],
      ['There is no test "definde". Did you mean "defined"?', 20],
    ]);
  });

  it('reads conditions as expressions', () => {
    expect(checkTemplate(tree(['a == 1', true, '{{ b }}']), 'condition')).to.deep.equal([]);
    const [error] = checkTemplate(scalar('a = 1'), 'condition');
    expect(error?.message).to.equal('Found "=" where the end of the expression should come.');
    expect(error?.hint).to.equal('To compare, write ==.');
  });

  it('leaves !unsafe text alone', () => {
    expect(checkTemplate(scalar('{{ 1 + }}', { literal: true }))).to.deep.equal([]);
  });

  for (const [text, message] of [
    ['a {{ x', 'The template tag is never closed.'],
    ['a {{ (x }}', 'The "(" is never closed.'],
    ["a {{ 'x }}", "The text that starts with ' is never closed."],
    ['a {{ x ? 1 : 2 }}', 'The character "?" has no meaning here.'],
    ['a {{ x) }}', 'Nothing is open for ")" to close.'],
    ['a {% if x %}', 'The "if" block is never closed.'],
    ['a {% endif %}', 'Nothing is open for "endif" to end.'],
    ['a {% fro x in y %}', '"fro" is no tag.'],
    ['a {# x', 'The comment is never closed.'],
    ['a {{ x && y }}', 'The character "&" has no meaning here.'],
  ] as const) {
    it(`says of ${text}: ${message}`, () => {
      expect(checkTemplate(scalar(text)).map((error) => error.message)).to.deep.equal([message]);
    });
  }
});

describe('names that templates read', () => {
  const names = (text: string, reading?: 'condition'): string[] =>
    namesIn(scalar(text), reading).map(({ name, guarded }) => (guarded ? `${name}?` : name));

  it('are the free ones, with those that may be undefined marked', () => {
    expect(names('{{ a.b[c] | default(d) }} {{ e | join(f) }}')).to.deep.equal([
      'a?',
      'c',
      'd',
      'e',
      'f',
    ]);
    expect(names('g is defined and g.x > h', 'condition')).to.deep.equal(['g?', 'g?', 'h?']);
  });

  it('leave out what blocks set and functions of the language', () => {
    expect(
      names(
        '{% set a = b %}{% for k, v in c.items() %}{{ k }}{{ a }}{{ loop.index }}{% endfor %}{{ range(n) }}{{ k }}',
      ),
    ).to.deep.equal(['b', 'c', 'n', 'k']);
    expect(names('{% macro m(x) %}{{ x }}{{ y }}{% endmacro %}{{ m(z) }}')).to.deep.equal([
      'y',
      'z',
    ]);
  });

  it('stand where they are written', () => {
    const [use] = namesIn(scalar('ab {{ name }}'));
    expect(use?.source).to.deep.equal({ file: 'play.yml', line: 3, column: 16 });
  });
});
