import { expect } from 'chai';
import fc from 'fast-check';
import { atoms, diff, surviving } from '../../../src/engine/diff.ts';
import { Secret } from '../../../src/model/value.ts';

describe('diff', () => {
  it('finds nothing between equal states', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => diff(value, structuredClone(value)).length === 0),
    );
  });

  it('shows of a secret that it differs, and not the hash it could be guessed from', () => {
    const sealed = (text: string) => ({ sha256: `hash of ${text}`, secret: new Secret(text) });
    const MASKED = '********';
    expect(diff({ token: sealed('a') }, { token: sealed('a') })).to.deep.equal([]);
    expect(diff({ token: sealed('a') }, { token: sealed('b') })).to.deep.equal([
      { kind: 'value', path: ['token'], from: MASKED, to: MASKED },
    ]);
    expect(diff({}, { token: sealed('b') })).to.deep.equal([
      { kind: 'value', path: ['token'], from: null, to: MASKED },
    ]);
    expect(diff({ args: ['x'] }, { args: ['x', sealed('b')] })).to.deep.equal([
      { kind: 'value', path: ['args'], from: ['x'], to: ['x', MASKED] },
    ]);
    expect(diff({ args: [sealed('a')] }, { args: [sealed('b')] })).to.have.length(1);
  });

  it('finds nothing between a secret and what a host shows of it: the text, or what it is compared by', () => {
    const sealed = { sha256: 'hash of a', size: 1, secret: new Secret('a') };
    for (const shown of ['a', { sha256: 'hash of a', size: 1 }])
      for (const [from, to] of [
        [shown, sealed],
        [sealed, shown],
      ])
        expect(diff({ content: from }, { content: to })).to.deep.equal([]);
    for (const shown of ['b', '', { sha256: 'hash of b', size: 1 }, {}, null, undefined])
      expect(diff({ content: shown }, { content: sealed })).to.have.length(1);
    expect(diff({ secret: 1 }, { secret: new Secret('a') })).to.have.length(1);
  });

  it('finds something between different states', () => {
    const plain = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        const same =
          JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
        expect(diff(a, b).length === 0).to.equal(same);
      }),
    );
  });

  it('compares lists of strings as sets', () => {
    expect(diff({ ports: ['80/tcp', '22/tcp'] }, { ports: ['22/tcp', '443/tcp'] })).to.deep.equal([
      { kind: 'set', path: ['ports'], added: ['443/tcp'], removed: ['80/tcp'] },
    ]);
    expect(diff(['a', 'b'], ['b', 'a'])).to.deep.equal([]);
  });

  it('shows texts of several lines as texts', () => {
    expect(diff({ motd: 'a\nb\n' }, { motd: 'a\nc\n' })).to.deep.equal([
      { kind: 'text', path: ['motd'], from: 'a\nb\n', to: 'a\nc\n' },
    ]);
  });

  it('shows a thing that appears as a value', () => {
    expect(diff({ zone: null }, { zone: { ports: ['80/tcp'] } })).to.deep.equal([
      { kind: 'value', path: ['zone'], from: null, to: { ports: ['80/tcp'] } },
    ]);
  });
});

describe('surviving', () => {
  const open = diff({ ports: [] }, { ports: ['80/tcp'] });

  it('keeps a change that the net difference holds', () => {
    const net = diff({ ports: [] }, { ports: ['80/tcp', '443/tcp'] });
    expect(surviving(open, net)).to.deep.equal(open);
  });

  it('drops a change that a later one took back', () => {
    expect(surviving(open, diff({ ports: [] }, { ports: ['443/tcp'] }))).to.deep.equal([]);
  });

  it('keeps only the parts that nobody took back', () => {
    const closed = diff({ ports: ['80/tcp', '81/tcp'] }, { ports: [] });
    const net = diff({ ports: ['80/tcp', '81/tcp'] }, { ports: ['80/tcp'] });
    expect(surviving(closed, net)).to.deep.equal([
      { kind: 'set', path: ['ports'], added: [], removed: ['81/tcp'] },
    ]);
  });

  it('finds a change inside a thing that is new as a whole', () => {
    const change = diff(
      { zones: { dmz: { ports: [] } } },
      { zones: { dmz: { ports: ['80/tcp'] } } },
    );
    const net = diff({ zones: { dmz: null } }, { zones: { dmz: { ports: ['80/tcp'] } } });
    expect(surviving(change, net)).to.deep.equal(change);
  });

  it('cuts changes into their smallest parts', () => {
    expect(atoms(open)).to.deep.equal([{ path: 'ports', word: '+80/tcp' }]);
  });
});
