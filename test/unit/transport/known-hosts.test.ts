import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import {
  entriesFor,
  hostKeyOrder,
  judge,
  parseKnownHosts,
} from '../../../src/transport/known-hosts.ts';

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIBnxVBWPTcfTvHqNaqNEf/jskIFOyv5V1tqqugQDwvpX';

describe('known_hosts', () => {
  let dir: string;
  before(() => (dir = mkdtempSync(join(tmpdir(), 'orch-known-'))));
  after(() => rmSync(dir, { recursive: true }));

  it('finds the lines that ssh-keygen finds', () => {
    const file = join(dir, 'known_hosts');
    writeFileSync(
      file,
      [
        '# comment',
        `web1,10.0.0.1 ssh-ed25519 ${KEY}`,
        `*.example.com,!bad.example.com ssh-ed25519 ${KEY}`,
        `[web1]:2222 ssh-ed25519 ${KEY} comment here`,
        `  web? ssh-ed25519 ${KEY}`,
        `@revoked web1 ssh-ed25519 ${KEY}`,
        `fe80::1 ssh-ed25519 ${KEY}`,
        'broken',
        '@strange web1 ssh-ed25519 x',
      ].join('\n') + '\n',
    );
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'k')]);
    writeFileSync(
      join(dir, 'plain'),
      `hidden ${readFileSync(join(dir, 'k.pub'), 'utf8')}[hidden]:99 ssh-ed25519 ${KEY}\n`,
    );
    execFileSync('ssh-keygen', ['-q', '-H', '-f', join(dir, 'plain')], { stdio: 'ignore' });
    for (const [path, address, port] of [
      ...(
        [
          'web1',
          'web2',
          '10.0.0.1',
          'a.example.com',
          'bad.example.com',
          'WEB1',
          'fe80::1',
          'web10',
          'b',
        ] as const
      ).map((name) => [file, name, 22] as const),
      [file, 'web1', 2222] as const,
      [file, 'web2', 2222] as const,
      [join(dir, 'plain'), 'hidden', 22] as const,
      [join(dir, 'plain'), 'hidden', 99] as const,
      [join(dir, 'plain'), 'other', 22] as const,
    ]) {
      const name = port === 22 ? address : `[${address}]:${port}`;
      expect(
        entriesFor(parseKnownHosts(readFileSync(path, 'utf8'), path), address, port).map(
          ({ line }) => line,
        ),
        name,
      ).to.deep.equal(found(path, name));
    }
  });

  it('offers first the algorithms of the keys it knows', () => {
    const known = parseKnownHosts(
      'a ssh-rsa AAAA\na ecdsa-sha2-nistp384 AAAA\n@revoked a ssh-ed25519 AAAA',
      'f',
    );
    expect(hostKeyOrder(known).slice(0, 4)).to.deep.equal([
      'ecdsa-sha2-nistp384',
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
    ]);
    expect(hostKeyOrder([])).to.not.include('ssh-rsa');
  });

  it('judges a key that is not one as unknown', () => {
    expect(judge([], 'a', 22, Buffer.alloc(0)).kind).to.equal('unknown');
  });
});

function found(file: string, name: string): readonly number[] {
  try {
    const text = execFileSync('ssh-keygen', ['-F', name, '-f', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return [...text.matchAll(/found: line (\d+)/g)].map(([, n]) => Number(n));
  } catch {
    return [];
  }
}
