import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ConnectionFlags } from '../../../src/cli/flags.ts';
import { isEncrypted, openKeys } from '../../../src/cli/key-passphrases.ts';
import { OrchError } from '../../../src/lib/errors.ts';

describe('encrypted keys', function () {
  this.timeout(20_000);
  let dir: string;
  const key = (name: string): string => join(dir, name);
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-keys-'));
    const make = (name: string, ...words: string[]): void =>
      void execFileSync('ssh-keygen', ['-q', '-f', key(name), ...words]);
    make('open', '-t', 'ed25519', '-N', '');
    make('locked', '-t', 'ed25519', '-N', 'open sesame', '-a', '1');
    make('pem', '-t', 'ecdsa', '-m', 'PEM', '-N', 'open sesame');
    make('open-pem', '-t', 'ecdsa', '-m', 'PEM', '-N', '');
    writeFileSync(key('right'), 'open sesame\n');
    writeFileSync(key('wrong'), 'sesame\n');
  });
  after(() => rmSync(dir, { recursive: true }));

  const opened = (name: string, passphrase: string): Promise<void> =>
    openKeys(
      {
        becomeMethod: 'sudo',
        privateKey: key(name),
        keyPassphraseFile: key(passphrase),
      } satisfies ConnectionFlags,
      { env: {} },
      [],
      { name: 'extra vars (-e)', vars: new Map() },
    );
  // Loaded as the command line loads it: a static import of tsx is another copy of it, with keys of its own.
  const label = async (name: string): Promise<string | undefined> =>
    (await import('../../../src/transport/logins.ts')).loginsFor(
      {
        name: 'web1',
        connection: 'ssh',
        address: '127.0.0.1',
        port: 22,
        user: 'root',
        privateKeyFile: key(name),
        password: undefined,
        knownHostsFiles: undefined,
        hostKeyChecking: 'strict',
        connectTimeout: 1000,
      },
      'root',
    ).ways[0]?.label;

  it('are told from open ones without a library of ssh', () => {
    const told = ['open', 'locked', 'pem', 'open-pem', 'open.pub', 'none'].map((name) =>
      isEncrypted(key(name)),
    );
    expect(told).to.deep.equal([false, true, true, false, false, false]);
  });

  for (const name of ['locked', 'pem']) {
    it(`are opened once by the passphrase of a file, and log in from then on (${name})`, async () => {
      const refused = await label(name).catch((error: unknown) => String(error));
      expect(refused).to.match(/is encrypted/);
      await opened(name, 'right');
      expect(await label(name)).to.equal(`key ${key(name)}`);
    });
  }

  it('are not opened by another one, which is told and not shown', async () => {
    const error: unknown = await opened('locked', 'wrong').then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).to.be.instanceOf(OrchError);
    const { code, message, hint } = error as OrchError;
    expect(code).to.equal('USAGE');
    expect(message).to.contain(key('locked'));
    expect(message + hint).not.to.contain('sesame');
  });
});
