import { expect } from 'chai';
import { OrchErrors } from '../../../src/lib/errors.ts';
import { entry, plain, sourceAt, type Tree } from '../../../src/model/tree.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { lines, rendered } from '../../helpers/rendered.ts';

const parse = (text: string): Tree => {
  const tree = parseYaml('f.yml', text);
  if (!tree) throw new Error('the file is empty');
  return tree;
};
const told = (text: string): string => rendered(() => parseYaml('f.yml', text), { 'f.yml': text });
const sentences = (text: string): string[] =>
  [...told(text).matchAll(/error\[\w+\]: (.*)\n {2}--> f\.yml:(\d+:\d+)/g)].map(
    ([, message = '', place = '']) => `${place} ${message}`,
  );

describe('parseYaml', () => {
  it('keeps the place of keys and values', () => {
    const ports = entry(parse('a: 1\nports:\n  - 443/tcp\n'), 'ports');
    expect(ports?.keySource).to.deep.equal({ file: 'f.yml', line: 2, column: 1 });
    expect(ports?.value).to.deep.include({
      kind: 'list',
      source: { file: 'f.yml', line: 3, column: 3 },
    });
  });

  it('reads texts in quotes that are millions of characters long', () => {
    const long = 'x'.repeat(9_000_000);
    for (const text of [`a: "${long}"\n`, `a: '${long}'\n`, `a: {b: "${long}"}\n`])
      expect(JSON.stringify(plain(parse(text)))).to.have.length.above(9_000_000);
  });

  it('reads YAML 1.1 as Ansible does', () => {
    const text = 'a: yes\nb: 0644\nc: "yes"\nd: 1.10\ne:\nf: !!str 12\ng: !!int "3"\n';
    expect(plain(parse(text))).to.deep.equal({
      a: true,
      b: 420,
      c: 'yes',
      d: 1.1,
      e: null,
      f: '12',
      g: 3,
    });
  });

  it('takes keys as they are written', () => {
    expect(plain(parse('1: a\non: b\nnull: c\n'))).to.deep.equal({ 1: 'a', on: 'b', null: 'c' });
  });

  it('follows aliases and merges maps, the own keys winning', () => {
    const text = 'x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: {<<: [*x, {c: 4}]}\n';
    expect(plain(parse(text))).to.deep.include({ y: { b: 3, a: 1 }, z: { a: 1, b: 2, c: 4 } });
  });

  it('marks !unsafe text as literal', () => {
    expect(entry(parse('a: !unsafe "{{ x }}"\n'), 'a')?.value).to.include({
      value: '{{ x }}',
      literal: true,
    });
  });

  it('gives a place to values that are left out: that of their key', () => {
    expect(entry(parse('a:\nb: 1\n'), 'a')?.value.source).to.deep.equal({
      file: 'f.yml',
      line: 1,
      column: 1,
    });
  });

  it('reads files with a byte order mark and Windows line ends', () => {
    expect(plain(parse('\u{feff}a: 1\r\nb:\r\n  - x\r\n'))).to.deep.equal({ a: 1, b: ['x'] });
  });

  it('reads JSON indented with tabs', () => {
    expect(plain(parse('{\n\t"a": [1,\n\t2]\n}\n'))).to.deep.equal({ a: [1, 2] });
  });

  it('gives nothing for an empty file, comments or not', () => {
    expect(['', '# only this\n', '---\n'].map((text) => parseYaml('f.yml', text))).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('parseYaml, on bad files', () => {
  it('shows a tab with its place and cure', () => {
    expect(told('- hosts: all\n\ttasks: []\n')).to.equal(
      lines(
        'error[YAML_SYNTAX]: This line is indented with a tab; YAML allows only spaces.',
        '  --> f.yml:2:1',
        ' 2 | \ttasks: []',
        '   | ^',
        '  hint: Replace the tab by spaces.',
      ),
    );
  });

  it('shows a duplicate key with the line of the first', () => {
    expect(told('a: 1\nb: 2\na: 3\n')).to.equal(
      lines(
        'error[YAML_SYNTAX]: "a" is set twice in the same map, first on line 1.',
        '  --> f.yml:3:1',
        ' 3 | a: 3',
        '   | ^',
        '  hint: Keep one of the two; a YAML map has each key once.',
      ),
    );
  });

  it('shows an unquoted template with the cure', () => {
    expect(told('zone: {{ zone }}\n')).to.equal(
      lines(
        'error[YAML_SYNTAX]: A value that starts with `{{` is not quoted: YAML reads it as a map.',
        '  --> f.yml:1:7',
        ' 1 | zone: {{ zone }}',
        '   |       ^',
        '  hint: Quote the whole value: key: "{{ name }}".',
      ),
    );
  });

  it('tells all errors of a file at once', () => {
    expect(sentences('a: {{ x }}\nb: 1\nb: 2\nc: !vault |\n  x\nd: *nope\ne: @x\n')).to.deep.equal([
      '1:4 A value that starts with `{{` is not quoted: YAML reads it as a map.',
      '3:1 "b" is set twice in the same map, first on line 2.',
      '4:4 This value is encrypted with Ansible Vault (`!vault`).',
      '6:4 `*nope` stands for an anchor `&nope` that is not set above.',
      '7:4 A value cannot start with `@`.',
    ]);
  });

  const cases: readonly (readonly [string, string, string])[] = [
    ['an unclosed quote', 'a: "x\nb: "y"\n', '1:4 The quote that opens here is not closed.'],
    ['text after a quote', 'a: "x" y\n', '1:8 There is text after the closing quote.'],
    [
      'a colon in a value',
      'a: b: c\n',
      '1:5 The value holds `: ` and is not quoted: YAML takes its start for a key.',
    ],
    [
      'a template with text behind',
      '- b: {{ y }}/z\n',
      '1:6 A value that starts with `{{` is not quoted: YAML reads it as a map.',
    ],
    [
      'a list that is not closed',
      'a: [1, 2\nb: 3\n',
      '2:1 A list that was opened with a bracket is not closed before this.',
    ],
    [
      'a key too deep',
      'a: 1\n b: 2\n',
      '1:4 The next line is indented below a key that has a value already.',
    ],
    [
      'a key in a list',
      '- a\nb: 1\n',
      '2:1 This fits neither the list nor the map that it stands in.',
    ],
    [
      'a dash without a blank',
      '- a\n-b\n',
      '2:1 This fits neither the list nor the map that it stands in.',
    ],
    [
      'a second document',
      'a: 1\n---\nb: 2\n',
      '2:1 A second YAML document starts here; a file holds one.',
    ],
    ['a bare star', 'hosts: *\n', '1:8 A value cannot start with `*`, the sign of a YAML alias.'],
    ['an unknown tag', 'when: !ready\n', '1:7 The tag !ready means nothing here.'],
    ['a map as a key', '? {a: 1}\n: 2\n', '1:3 A list or map cannot be a key.'],
    ['a merge of text', 'a: {<<: x}\n', '1:4 The merge key `<<` needs a map, or a list of maps.'],
    [
      'a bad escape',
      'a: "\\d"\n',
      '1:5 A backslash in double quotes starts an escape, and this is none.',
    ],
    [
      'a file of vault',
      '$ANSIBLE_VAULT;1.1;AES256\n3132\n',
      '1:1 f.yml is encrypted with Ansible Vault.',
    ],
    [
      'steps to the right without end',
      Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}k:\n`).join(''),
      '1:1 f.yml is nested more than 200 levels deep.',
    ],
    [
      'steps and dashes without end',
      Array.from({ length: 150 }, (_, i) => `${' '.repeat(i * 4)}- - k:\n`).join(''),
      '1:1 f.yml is nested more than 200 levels deep.',
    ],
    ['brackets without end', '['.repeat(100_000), '1:1 f.yml is nested more than 200 levels deep.'],
  ];
  for (const [what, text, sentence] of cases) {
    it(`names ${what} once`, () => expect(sentences(text)).to.deep.equal([sentence]));
  }

  it('refuses aliases that multiply', () => {
    const layer = (n: number): string =>
      `a${n}: &a${n} [${Array(10)
        .fill(`*a${n - 1}`)
        .join(', ')}]\n`;
    const text = `a0: &a0 [1]\n${Array.from({ length: 9 }, (_, i) => layer(i + 1)).join('')}`;
    expect(sentences(text)).to.have.length(1);
    expect(sentences(text)[0]).to.contain('Aliases multiply this');
  });
});

describe('quoted texts whose lines begin anywhere', () => {
  const read = (text: string): unknown => {
    const tree = parseYaml('f.yml', text);
    return tree && plain(tree);
  };

  it('are read as PyYAML reads them', () => {
    expect(read('a:\n  b: "{{\n  x\n}}"\n  c: 1\nd: \'one\ntwo\'\n')).to.deep.equal({
      a: { b: '{{ x }}', c: 1 },
      d: 'one two',
    });
    expect(read('- k: "a\n\n\nb\n c"\n  l: 2\n')).to.deep.equal([{ k: 'a\n\nb c', l: 2 }]);
  });

  it('keep the places of what follows', () => {
    const tree = parse('a: "x\ny"\nb: 1\n');
    expect(sourceAt(tree, '/b')).to.deep.include({ line: 3, column: 4 });
  });

  it('are errors all the same where the quote is never closed', () => {
    expect(() => read('a:\n  b: "x\ny\nc: 1\n')).to.throw(OrchErrors);
  });
});
