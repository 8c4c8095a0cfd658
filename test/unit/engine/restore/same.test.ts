import { expect } from 'chai';
import { differences, hashed, over, put, strays } from '../../../../src/engine/restore/same.ts';

describe('what was written down and what is', () => {
  it('is the same where all that was written down is so', () => {
    const [was, is] = [
      { a: 1, b: ['x', 'y'] },
      { a: 1, b: ['y', 'x'], c: 2 },
    ];
    expect(differences(was, is, true)).to.deep.equal([]);
    expect(differences(was, is)).to.deep.equal(['c was not there, is 2']);
    expect(differences(undefined, null)).to.deep.equal([]);
    expect(differences({ how: 1 }, { how: 2 })).to.deep.equal([]);
  });

  it('tells what differs, words by words', () => {
    const [was, is] = [{ ports: ['1/tcp', '2/tcp'] }, { ports: ['2/tcp', '3/tcp'] }];
    expect(differences(was, is)).to.deep.equal(['ports +3/tcp -1/tcp']);
    expect(differences({ mode: '0644' }, { mode: '0600' })).to.deep.equal([
      'mode was 0644, is 0600',
    ]);
    expect(differences(null, { kind: 'file' })).to.deep.equal(['was not there, is file']);
  });

  it('knows a text by its hash, on either side', () => {
    expect(differences({ text: hashed('a') }, { text: 'a' })).to.deep.equal([]);
    expect(differences({ text: 'a' }, { text: hashed('a') })).to.deep.equal([]);
    expect(differences({ text: hashed('a') }, { text: 'b' })).to.deep.equal([
      'text holds another text',
    ]);
  });

  it('knows texts of a list by their hashes, too', () => {
    const [was, is] = [{ rules: ['a', hashed('long')] }, { rules: ['long', 'a'] }];
    expect(differences(was, is)).to.deep.equal([]);
    expect(differences(was, { rules: ['a', 'other'] })).to.deep.equal([
      'rules +other -a long text',
    ]);
  });

  it('may be taken back in part', () => {
    const thing = {
      before: { runtime: ['a'], permanent: ['a'] },
      after: { runtime: ['a', 'b'], permanent: ['a', 'b'] },
    };
    expect(strays(thing, { runtime: ['a'], permanent: ['a', 'b'] })).to.deep.equal([]);
    expect(strays(thing, { runtime: ['a'], permanent: ['a', 'b', 'c'] })).to.deep.equal([
      'permanent +c',
    ]);
    expect(strays({ before: null, after: { x: 1 } }, { x: 2 })).to.deep.equal(['x was 1, is 2']);
  });

  it('is put in its place, over what was not written down', () => {
    expect(put({ a: { b: 1 } }, ['a', 'c'], 2)).to.deep.equal({ a: { b: 1, c: 2 } });
    expect(put({ a: { b: 1 } }, ['a', 'b'], undefined)).to.deep.equal({ a: {} });
    expect(over({ uid: 1, password: 'x' }, { uid: 2 })).to.deep.equal({ uid: 2, password: 'x' });
    expect(over({ kind: 'file', mode: '1' }, { kind: 'link' })).to.deep.equal({ kind: 'link' });
  });
});
