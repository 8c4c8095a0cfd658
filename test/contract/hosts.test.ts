import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import type { Io } from '../../src/cli/io.ts';
import { runProgram } from '../../src/cli/program.ts';
import { freePort, type Sshd, startSshd } from './sshd.ts';

/** Asking hosts for their keys, and for nothing. */
describe('orch hosts', function () {
  this.timeout(30_000);
  let sshd: Sshd;
  let other: Sshd;
  let dir: string;
  before(async () => {
    [sshd, other] = [await startSshd(), await startSshd()];
  });
  after(() => {
    sshd.stop();
    other.stop();
  });
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-hosts-'));
    writeFileSync(join(dir, 'known'), '');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  async function orch(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
    let [out, err] = ['', ''];
    const io: Io = {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      env: { HOME: dir },
      cwd: dir,
      terminal: false,
      colors: { out: false, err: false },
    };
    const exit = await runProgram(['hosts', ...args, '-i', join(dir, 'hosts.yml')], io);
    return { exit, out, err };
  }
  function inventory(...ports: number[]): void {
    const hosts = ports.map(
      (port, i) =>
        `    web${i}: { ansible_host: 127.0.0.1, ansible_port: ${port}, ansible_user: root, ansible_ssh_private_key_file: ${sshd.dir}/key, ansible_ssh_common_args: "-o UserKnownHostsFile=${dir}/known" }\n`,
    );
    writeFileSync(join(dir, 'hosts.yml'), `all:\n  hosts:\n${hosts.join('')}`);
  }
  const known = (): string => readFileSync(join(dir, 'known'), 'utf8');

  it('trust shows every key with its fingerprint, and writes nothing unasked', async () => {
    inventory(sshd.port);
    const { exit, out } = await orch('trust', 'all');
    expect(exit).to.equal(2);
    for (const type of ['ed25519', 'rsa']) {
      const print = execFileSync('ssh-keygen', ['-lf', join(sshd.dir, `host_${type}.pub`)], {
        encoding: 'utf8',
      });
      expect(out).to.include(print.split(' ')[1]);
    }
    expect(out).to.match(/2 new, none written/);
    expect(known()).to.equal('');
  });

  it('trust --yes writes them once; then the hosts can be reached', async () => {
    inventory(sshd.port, other.port);
    expect((await orch('ping', 'web0')).out).to.match(/web0 {2}HOST_KEY_UNKNOWN: /);
    const first = await orch('trust', 'all', '--yes');
    expect(first.exit).to.equal(0);
    expect(first.out).to.match(/4 written to /);
    expect(known().trim().split('\n').sort()).to.deep.equal(
      [sshd, other]
        .flatMap((one) => [
          `[127.0.0.1]:${one.port} ${one.hostKey('ed25519')}`,
          `[127.0.0.1]:${one.port} ${one.hostKey('rsa')}`,
        ])
        .sort(),
    );
    const again = await orch('trust', 'all', '--yes');
    expect([again.exit, /nothing to add/.test(again.out)]).to.deep.equal([0, true]);
    const pinged = await orch('ping', 'web0');
    expect(pinged.out).to.match(/^web0 {2}ok {2}\d\.\d\d s {2}root@127\.0\.0\.1:\d+ ssh\n$/);
    expect(pinged.exit).to.equal(0);
  });

  it('trust never replaces a key that changed, and says so', async () => {
    inventory(sshd.port);
    const line = `[127.0.0.1]:${sshd.port} ${other.hostKey('ed25519')}\n`;
    writeFileSync(join(dir, 'known'), line);
    const { exit, out } = await orch('trust', 'all', '--yes');
    expect(exit).to.equal(4);
    expect(out).to.match(/ssh-ed25519 {2}SHA256:\S+ {2}CHANGED/);
    expect(known().startsWith(line)).to.equal(true);
    expect(known()).to.not.include(sshd.hostKey('ed25519'));
  });

  it('tells hosts that do not answer, and goes on with the others', async () => {
    inventory(await freePort(), sshd.port);
    const { exit, out, err } = await orch('trust', 'all');
    expect(exit).to.equal(4);
    expect(err).to.match(/^HOST_UNREACHABLE: web0: 127\.0\.0\.1:\d+ refused the connection/);
    expect(out).to.match(/^web1 /m);
  });

  it('is loud when keys are not checked', async () => {
    inventory(sshd.port);
    const { exit, err } = await orch('ping', 'all', '-e', 'ansible_host_key_checking=false');
    expect([exit, err]).to.deep.equal([
      0,
      'warning: host key checking is off: whoever answers at an address is taken for the host\n',
    ]);
  });

  it('goes through the ssh of this machine, by itself and saying so, to a host that an authority vouches for', async () => {
    const keygen = (...words: string[]): void =>
      void execFileSync('ssh-keygen', ['-q', ...words], { stdio: 'ignore' });
    keygen('-t', 'ed25519', '-N', '', '-f', join(dir, 'ca'));
    keygen('-t', 'ed25519', '-N', '', '-f', join(dir, 'host'));
    keygen('-s', join(dir, 'ca'), '-I', 'web', '-h', '-n', '127.0.0.1', join(dir, 'host.pub'));
    const vouched = await startSshd([
      `HostCertificate ${dir}/host-cert.pub`,
      `HostKey ${dir}/host`,
    ]);
    try {
      inventory(vouched.port);
      const authority = readFileSync(join(dir, 'ca.pub'), 'utf8');
      writeFileSync(join(dir, 'known'), `@cert-authority [127.0.0.1]:${vouched.port} ${authority}`);
      writeFileSync(
        join(dir, 'hosts.yml'),
        readFileSync(join(dir, 'hosts.yml'), 'utf8').replace(sshd.dir, vouched.dir),
      );
      const { exit, out, err } = await orch('ping', 'all');
      expect(exit, out + err).to.equal(0);
      expect(out).to.match(/^web0 {2}ok .* openssh\n$/);
      expect(err).to.equal(
        `warning: web0: reached by the system's ssh, which its configuration needs: @cert-authority at ${dir}/known:1\n`,
      );
      // An authority that is trusted for it and did not sign its key is no reason to go in.
      keygen('-t', 'ed25519', '-N', '', '-f', join(dir, 'other'));
      const wrong = readFileSync(join(dir, 'other.pub'), 'utf8');
      writeFileSync(join(dir, 'known'), `@cert-authority [127.0.0.1]:${vouched.port} ${wrong}`);
      const refused = await orch('ping', 'all');
      expect([refused.exit, refused.out]).to.satisfy(
        ([code, text]: [number, string]) => code === 4 && text.includes('HOST_KEY_UNKNOWN'),
      );
    } finally {
      vouched.stop();
    }
  });

  it('has known_hosts written by many at once, each line whole and once', async () => {
    const { addKnownHosts } = await import('../../src/transport/write-known-hosts.ts');
    const file = join(dir, 'many');
    const lines = Array.from({ length: 40 }, (_, i) => `host${i % 20} ssh-ed25519 AAAA${i % 20}`);
    await Promise.all(lines.map((line) => addKnownHosts(file, [line])));
    expect(readFileSync(file, 'utf8').trim().split('\n').sort()).to.deep.equal(
      [...new Set(lines)].sort(),
    );
  });
});
