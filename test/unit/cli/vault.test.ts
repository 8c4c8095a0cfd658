import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { seal, unseal } from '../../../src/cli/vault-cipher.ts';
import { fromFile } from '../../../src/cli/vault-keys.ts';
import { openVault, openWith, type VaultKey } from '../../../src/cli/vault.ts';
import { OrchErrors, type OrchError } from '../../../src/lib/errors.ts';
import { readEnvelope, writeEnvelope } from '../../../src/lib/vault-text.ts';
import { parseYaml } from '../../../src/load/yaml.ts';
import { entry, plain, type Tree } from '../../../src/model/tree.ts';
import { Secret } from '../../../src/model/value.ts';
import { createEvaluator } from '../../../src/template/evaluator.ts';

const FOLDER = 'test/fixtures/vault';
const text = (name: string): string => readFileSync(`${FOLDER}/${name}`, 'utf8');
const key = (id: string): VaultKey => ({ id, password: fromFile(`${FOLDER}/${id}.pass`, id) });
const AT = { file: 'x.yml', line: 3, column: 5 };

const read = (name: string, keys: readonly VaultKey[], notes: string[] = []): Tree | undefined =>
  parseYaml(
    name,
    text(name),
    openVault(keys, (secret) => notes.push(secret)),
  );

const said = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    const all = error instanceof OrchErrors ? error.errors : [error as OrchError];
    return all.map((e) => `${e.code} ${e.source?.line}:${e.source?.column} ${e.message}`).join();
  }
  return '';
};

describe('Ansible Vault', () => {
  it('files that ansible-vault made are read; their texts are secret, numbers are not', () => {
    const notes: string[] = [];
    const tree = read('file-1.1.yml', [key('default')], notes)!;
    expect(plain(tree)).to.deep.equal({
      token: 's3cret-token',
      port: 8443,
      nested: { list: ['in-the-file', true] },
      shown: '{{ token }}!',
    });
    expect(plain(tree, (leaf) => leaf.secret === true)).to.deep.equal({
      token: true,
      port: false,
      nested: { list: [true, false] },
      shown: true,
    });
    expect(notes).to.deep.equal(['s3cret-token', 'in-the-file']);
  });

  it('files of version 1.2 are opened by the password of their name, and by any other that fits', () => {
    const prod = key('prod');
    for (const keys of [[key('default'), prod], [{ ...prod, id: 'other' }]])
      expect(plain(read('file-1.2.yml', keys)!)).to.deep.equal({ token: 'prod-token-é' });
  });

  it('values are opened when they are read, and noted before they are seen', () => {
    const notes: string[] = [];
    const tree = read('inline.yml', [key('default'), key('prod')], notes)!;
    expect(notes).to.deep.equal([]);
    expect(plain(tree)).to.deep.equal({
      plain: 1,
      one: 'inline-secret {{ not a template }}',
      two: 'prod-inline',
    });
    expect(notes).to.deep.equal(['inline-secret {{ not a template }}', 'prod-inline']);
  });

  it('values are secrets in templates, and never templates', () => {
    const tree = read('inline.yml', [key('default')])!;
    const vars = new Map(
      (tree.kind === 'map' ? tree.entries : []).map((e) => [e.key, { tree: e.value }]),
    );
    const scope = createEvaluator().scope([{ name: 'vars', vars }]);
    const one = scope.get('one');
    expect(one).to.be.instanceOf(Secret);
    expect((one as Secret).reveal()).to.equal('inline-secret {{ not a template }}');
    const made = scope.resolve({ kind: 'scalar', value: 'x={{ one }}', source: AT });
    expect(made).to.be.instanceOf(Secret);
    expect(JSON.stringify([made])).to.equal('["********"]');
  });

  it('without a password, or with another, the place is told; what nobody reads needs none', () => {
    const lone = read('inline.yml', [])!;
    expect(plain(entry(lone, 'plain')!.value)).to.equal(1);
    expect(said(() => plain(lone))).to.equal(
      'VAULT_PASSWORD 2:6 This is encrypted, and no password was given.',
    );
    expect(said(() => plain(entry(read('inline.yml', [key('default')]), 'two')!.value))).to.match(
      /^VAULT_PASSWORD \d+:6 This is encrypted with the password "prod"; none of the passwords given \(default\) opens it\.$/,
    );
    expect(said(() => read('file-1.1.yml', [key('prod')]))).to.contain('VAULT_PASSWORD 1:1');
  });

  it('what was cut or changed is refused', () => {
    const whole = text('file-1.1.yml');
    const keys = [key('default')];
    const flipped = whole.replace(/\n3/, '\n4');
    for (const [bad, why] of [
      [whole.slice(0, 200), 'cut'],
      [whole.replace('1.1;AES256', '1.0;AES256'), 'version 1.0'],
      [whole.replace('AES256', 'AES'), 'AES'],
      ['$ANSIBLE_VAULT\n00', 'header'],
      ['$ANSIBLE_VAULT;1.1;AES256\nzz', 'hexadecimal'],
    ] as const)
      expect(said(() => openWith(keys, bad, AT))).to.match(
        new RegExp(`^VAULT_INVALID 3:5 .*${why}`),
      );
    expect(said(() => openWith(keys, flipped, AT))).to.match(/^VAULT_(INVALID|PASSWORD) 3:5/);
  });

  it('whatever is sealed is opened again, and by no other password', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.boolean(), (given, pass, named) => {
        const sealed = writeEnvelope(seal(given, new Secret(pass), named ? 'prod' : undefined));
        expect(sealed.split('\n', 1)[0]).to.equal(
          named ? '$ANSIBLE_VAULT;1.2;AES256;prod' : '$ANSIBLE_VAULT;1.1;AES256',
        );
        expect(Math.max(...sealed.split('\n').map((line) => line.length))).to.be.at.most(80);
        const envelope = readEnvelope(sealed);
        if (typeof envelope === 'string') throw new Error(envelope);
        expect(unseal(envelope, new Secret(pass))?.toString()).to.equal(given);
        expect(unseal(envelope, new Secret(`${pass}x`))).to.equal(undefined);
      }),
      { numRuns: 30 },
    );
  });
});
