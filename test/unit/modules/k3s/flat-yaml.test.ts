import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { type FlatEntry, emitScalar, parseFlat } from '../../../../src/modules/k3s/flat-yaml.ts';

const read = (text: string): unknown => {
  const found = parseFlat(text);
  return 'what' in found
    ? `${found.line}: ${found.what}`
    : Object.fromEntries(found.map(({ key, value }: FlatEntry) => [key, value]));
};

describe('parseFlat', () => {
  it('reads what K3s configuration is written in', () => {
    const text = `---
# a comment
write-kubeconfig-mode: "0644"   # quoted
mode: 0644
tls-san:
  - "a.example"
  - 'it''s'   # b

  - 10.0.0.1
disable: [traefik, "servicelb"]  # c
node-label+:
- foo=bar#baz
cluster-init: true
old: yes
server: https://10.0.0.1:6443
empty:
tilde: ~
v: 2
none: []
`;
    expect(read(text)).to.deep.equal({
      'write-kubeconfig-mode': '0644',
      mode: 420,
      'tls-san': ['a.example', "it's", '10.0.0.1'],
      disable: ['traefik', 'servicelb'],
      'node-label+': ['foo=bar#baz'],
      'cluster-init': true,
      old: true,
      server: 'https://10.0.0.1:6443',
      empty: null,
      tilde: null,
      v: 2,
      none: [],
    });
  });

  it('names the line of what it does not read', () => {
    expect(read('a: 1\n\tb: 2')).to.contain('2: a tab');
    expect(read('a: 1\nb')).to.contain('2: it is no `key: value`');
    expect(read('a:\n  b: 1')).to.contain('2: it is indented');
    expect(read('a:\n  - b: 1')).to.contain('2: a map inside a list');
    expect(read('a: 1\n- b')).to.contain('2: a list item');
    expect(read('a: "b')).to.contain('1: a quotation mark');
    expect(read('a: [b')).to.contain('1: its list');
    expect(read('a: |\n  b')).to.contain('1: it begins with |');
    expect(read('a: *b')).to.contain('1: it begins with *');
    expect(read('a: !x b')).to.contain('1: it begins with !');
    expect(read('a: b: c')).to.contain('1: it holds a second');
    expect(read('a: {b: c}')).to.contain('1: it begins with {');
    expect(read('a: b\n  c')).to.contain('2: it is indented');
  });

  it('takes underscores for parts of a number only within it', () => {
    expect(read('a: 1_000\nb: _0\nc: _1_0')).to.deep.equal({ a: 1000, b: '_0', c: '_1_0' });
  });

  it('reads any text or says where it cannot, as a full YAML reader would', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(
        'yes',
        '0644',
        '1_000',
        '-',
        '- a',
        '#',
        'a #b',
        '[a, b]',
        '"x"',
        "'y'",
        ':',
        '1.5',
        'null',
        '{}',
      ),
    );
    const row = fc.oneof(
      fc.tuple(fc.constantFrom('a', 'tls-san', 'b+', '"q"'), word).map(([k, v]) => `${k}: ${v}`),
      word.map((w) => `  - ${w}`),
      fc.constantFrom('a:', '', '# c'),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
        const text = rows.join('\n');
        const mine = parseFlat(text);
        if ('what' in mine) return;
        const keys = mine.map(({ key }) => key);
        fc.pre(new Set(keys).size === keys.length);
        // Base 60, dates and .nan are read as text, as K3s's own YAML reader does or nearly so.
        fc.pre(
          !/\d:\d|\d{4}-\d|0b|e[-+]?\d|\.(nan|inf)|[:-] [-+]?_*\.[._]*\s*$|_\s*$/im.test(text),
        );
        const full = (parse(text, { version: '1.1', merge: false }) ?? {}) as object;
        expect(read(text)).to.deep.equal(full);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('emitScalar', () => {
  it('quotes what YAML would read as something else', () => {
    expect(
      ['0644', 'yes', 'null', '1.5', 'a: b', '#x', '- a', '', '12:30'].map(emitScalar),
    ).to.deep.equal(
      ['0644', 'yes', 'null', '1.5', 'a: b', '#x', '- a', '', '12:30'].map((word) => `"${word}"`),
    );
    expect(['10.0.0.1', 'https://a:6443', 'a=b,c', 'eth1'].map(emitScalar)).to.deep.equal([
      '10.0.0.1',
      'https://a:6443',
      'a=b,c',
      'eth1',
    ]);
  });

  it('writes text that comes back, here and in a full YAML reader', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary-ascii' })), (value) => {
        const text = `a: ${emitScalar(value)}\n`;
        expect(read(text)).to.deep.equal({ a: value });
        expect(parse(text, { version: '1.1' })).to.deep.equal({ a: value });
      }),
      { numRuns: 500 },
    );
  });
});
