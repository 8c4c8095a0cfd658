import { expect } from 'chai';
import { escaped, keptOf, unescaped } from '../../../../src/engine/restore/kept.ts';
import { redact } from '../../../../src/lib/redact.ts';
import { soundsSecret, withoutSounding } from '../../../../src/lib/sounding.ts';
import type { Resource } from '../../../../src/model/module.ts';
import { Secret } from '../../../../src/model/value.ts';

const resource = { name: 'thing' } as unknown as Resource<unknown, unknown, unknown>;

const kept = (before: unknown, after: unknown, more: { hidden?: boolean; secret?: string } = {}) =>
  keptOf({
    ...{ resource, scopes: [{ path: '/x' }], hidden: more.hidden ?? false, planned: false },
    before: { state: { files: before }, facts: null },
    after: { state: { files: after }, facts: null },
    holdsSecret: (text) => more.secret !== undefined && text.includes(more.secret),
  });

const why = (...given: Parameters<typeof kept>): string | undefined =>
  kept(...given).lost?.[0]?.why;

describe('what a journal keeps of a change', () => {
  it('is each thing that changed, whole, and nothing else', () => {
    const { things, lost } = kept({ a: 'one', b: 'same' }, { a: 'two', b: 'same' });
    expect(things).to.deep.equal([{ path: ['files', 'a'], before: 'one', after: 'two' }]);
    expect(lost).to.equal(undefined);
  });

  it('is the hash of a long text that is there now', () => {
    const [thing] = kept({}, { a: 'x'.repeat(200) }).things ?? [];
    expect(thing?.before).to.equal(undefined);
    expect(thing?.after).to.have.property('sha256').with.length(64);
  });

  it('is no secret: not one that is known, not one that sounds so, before or after', () => {
    expect(why({ a: 'x' }, { a: 'with hush-hush' }, { secret: 'hush-hush' })).to.equal(
      'a secret is in it',
    );
    expect(why({ a: 'hush-hush' }, { a: 'x' }, { secret: 'hush-hush' })).to.equal(
      'a secret is in it',
    );
    expect(why({ a: 'x' }, { a: { secret: new Secret('s'), sha256: '1' } })).to.equal(
      'a secret is in it',
    );
    expect(why({ a: 'x' }, { a: 'y' }, { hidden: true })).to.equal('no_log hides it');
    expect(why({ a: 'db_password = old\n' }, { a: 'y' })).to.include('sounds like a secret');
    const base64 = Buffer.from('xx\0hush-hush').toString('base64');
    expect(why({ a: { sha256: '1', how: { base64 } } }, {}, { secret: 'hush-hush' })).to.equal(
      'a secret is in it',
    );
  });

  it('is nothing large', () => {
    expect(why({ a: 'x'.repeat(70_000) }, {})).to.equal('what was there is larger than 64 KiB');
    expect(kept({ a: 'x'.repeat(60_000) }, {}).things).to.have.length(1);
  });

  it('knows what sounds secret', () => {
    const sounds = [
      'token: K10abc',
      '  "api_key": "x"',
      'PrivateKey = x',
      'psk=x',
      '-----BEGIN OPENSSH PRIVATE KEY-----',
      'root:$6$abcdefgh$xyz:1::',
    ];
    const plain = [
      'PasswordAuthentication no',
      '# password: x',
      'password:\n  min: 3',
      'secretName: x',
      'a = b',
    ];
    expect(sounds.filter((text) => !soundsSecret(text))).to.deep.equal([]);
    expect(plain.filter(soundsSecret)).to.deep.equal([]);
    expect(withoutSounding('a = b\ntoken: K10abc\nc')).to.equal('a = b\ntoken: ********\nc');
  });

  it('tells stars that were there from a secret that was masked on the way', () => {
    for (const text of ['********', '*'.repeat(17), 'a ********* b', '****'])
      expect(unescaped(redact(escaped(text), new Set(['hush-hush'])))).to.equal(text);
    expect(unescaped(redact(escaped('x hush-hush'), new Set(['hush-hush'])))).to.equal(undefined);
  });
});
