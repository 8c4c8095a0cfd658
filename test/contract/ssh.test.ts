import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';

import type { OrchError } from '../../src/lib/errors.ts';
import { raw } from '../../src/lib/shell.ts';
import type { Target } from '../../src/model/transport.ts';
import { Secret } from '../../src/model/value.ts';
import { connect } from '../../src/transport/connect.ts';
import { freePort, type Sshd, startSshd } from './sshd.ts';

async function refusal(target: Target, signal?: AbortSignal): Promise<OrchError> {
  try {
    await (await connect(target, signal)).close();
  } catch (error) {
    return error as OrchError;
  }
  throw new Error('it connected');
}

async function works(target: Target): Promise<boolean> {
  const session = await connect(target);
  const [reply] = await session.trip([{ script: raw('echo in') }], {});
  await session.close();
  return reply!.stdout.toString() === 'in\n';
}

async function listen(server: Server): Promise<number> {
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return port;
}

describe('ssh', function () {
  this.timeout(40_000);
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
    delete process.env['SSH_AUTH_SOCK'];
  });
  after(() => sshd.stop());

  const known = (...lines: string[]): Partial<Target> => {
    const file = join(sshd.dir, `known_${Math.random()}`);
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    return { knownHostsFiles: [file] };
  };
  const me = (): string => `[127.0.0.1]:${sshd.port}`;

  describe('host keys', () => {
    it('takes the key that known_hosts has, also hashed, by a pattern, or without the port', async () => {
      const hashed = join(sshd.dir, 'hashed');
      writeFileSync(hashed, `${me()} ${sshd.hostKey('ed25519')}\n`);
      execFileSync('ssh-keygen', ['-q', '-H', '-f', hashed], { stdio: 'ignore' });
      expect(readFileSync(hashed, 'utf8')).to.match(/^\|1\|/);
      for (const more of [
        { knownHostsFiles: [hashed] },
        known(
          '# a comment',
          '',
          `other,[127.0.0.*]:${sshd.port} ${sshd.hostKey('ed25519')} me@here`,
        ),
        known(`127.0.0.1 ${sshd.hostKey('ed25519')}`),
      ]) {
        expect(await works(sshd.target(more))).to.equal(true);
      }
    });

    it('asks for the type of key that is known', async () => {
      expect(await works(sshd.target(known(`${me()} ${sshd.hostKey('rsa')}`)))).to.equal(true);
    });

    it('refuses a host that is not known, shows its fingerprint, and says what adds it', async () => {
      const more = known(`![127.0.0.1]:*,!127.0.0.1,* ${sshd.hostKey('ed25519')}`);
      const error = await refusal(sshd.target(more));
      const print = execFileSync('ssh-keygen', ['-lf', join(sshd.dir, 'host_ed25519.pub')], {
        encoding: 'utf8',
      });
      expect(error.code).to.equal('HOST_KEY_UNKNOWN');
      expect(error.message).to.contain(print.split(' ')[1]);
      const command = /then: (.*)$/.exec(error.hint)![1]!;
      execFileSync('sh', ['-c', command]);
      expect(await works(sshd.target(more))).to.equal(true);
    });

    it('refuses a key that changed and names the line, whatever the mode but off', async () => {
      const other = await startSshd();
      const more = known('# first', `${me()} ${other.hostKey('ed25519')}`);
      other.stop();
      for (const hostKeyChecking of ['strict', 'accept-new'] as const) {
        const error = await refusal(sshd.target({ ...more, hostKeyChecking }));
        expect(error.code).to.equal('HOST_KEY_CHANGED');
        expect(error.message).to.contain(`${more.knownHostsFiles![0]!}:2`);
        expect(error.hint).to.contain('ssh-keygen -R');
      }
      expect(await works(sshd.target({ ...more, hostKeyChecking: 'off' }))).to.equal(true);
    });

    it('refuses a key that is revoked, though it is known too', async () => {
      const error = await refusal(
        sshd.target(
          known(`${me()} ${sshd.hostKey('ed25519')}`, `@revoked * ${sshd.hostKey('ed25519')}`),
        ),
      );
      expect(error.message).to.match(/marked @revoked at .*:2/);
    });

    it('says that it knows no certificate authorities', async () => {
      const error = await refusal(
        sshd.target(known(`@cert-authority * ${sshd.hostKey('ed25519')}`)),
      );
      expect([error.code, /certificate authority/.test(error.message)]).to.deep.equal([
        'HOST_KEY_UNKNOWN',
        true,
      ]);
    });

    it('refuses a host that no longer shows the type of key it is known by', async () => {
      const line = `${me()} ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA==`;
      const error = await refusal(sshd.target({ ...known(line), hostKeyChecking: 'accept-new' }));
      expect(error.message).to.match(/known by a ecdsa-sha2-nistp256 key .*:1/);
    });

    it('writes a new key down when told to accept it, and holds to it', async () => {
      const file = join(sshd.dir, 'new', 'known_hosts');
      const target = sshd.target({ knownHostsFiles: [file], hostKeyChecking: 'accept-new' });
      expect(await works(target)).to.equal(true);
      expect(await works({ ...target, hostKeyChecking: 'strict' })).to.equal(true);
      const found = execFileSync('ssh-keygen', ['-F', me(), '-f', file], { encoding: 'utf8' });
      expect(found).to.contain(sshd.hostKey('ed25519'));
    });
  });

  describe('logins', () => {
    it('names user and key when they are refused', async () => {
      const other = join(sshd.dir, 'host_ed25519');
      const error = await refusal(sshd.target({ privateKeyFile: other }));
      expect(error.code).to.equal('LOGIN_REFUSED');
      expect(error.message).to.contain('refused the login of root').and.to.contain(other);
    });

    it('says what is wrong with a key that cannot be used', async () => {
      const key = (name: string): string => join(sshd.dir, name);
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'pass', '-f', key('locked')]);
      writeFileSync(key('junk'), 'hello');
      for (const [file, says] of [
        ['none', 'does not exist'],
        ['locked', 'is encrypted'],
        ['junk', 'is no private key'],
        ['key.pub', 'is no private key'],
        ['.', 'is a directory'],
      ] as const) {
        const error = await refusal(sshd.target({ privateKeyFile: key(file) }));
        expect([error.code, error.message.includes(says)], file).to.deep.equal([
          'LOGIN_REFUSED',
          true,
        ]);
      }
    });

    it('logs in with a key of the agent, also for an encrypted key file', async () => {
      const sock = join(sshd.dir, 'agent');
      const agent = spawn('ssh-agent', ['-D', '-a', sock], { stdio: 'ignore' });
      try {
        while (!existsSync(sock)) await new Promise((resolve) => setTimeout(resolve, 20));
        const env = { ...process.env, SSH_AUTH_SOCK: sock };
        chmodSync(join(sshd.dir, 'key'), 0o600);
        execFileSync('ssh-add', ['-q', join(sshd.dir, 'key')], { env, stdio: 'ignore' });
        process.env['SSH_AUTH_SOCK'] = sock;
        expect(await works(sshd.target({ privateKeyFile: undefined }))).to.equal(true);
        expect(await works(sshd.target({ privateKeyFile: join(sshd.dir, 'locked') }))).to.equal(
          true,
        );
      } finally {
        delete process.env['SSH_AUTH_SOCK'];
        agent.kill();
      }
    });

    it('does not show a password that is refused', async () => {
      const error = await refusal(
        sshd.target({ privateKeyFile: undefined, password: new Secret('hunter2') }),
      );
      expect(error.code).to.equal('LOGIN_REFUSED');
      expect(error.message + error.hint).to.not.contain('hunter2');
    });
  });

  describe('hosts that do not answer', () => {
    it('says that nothing listens', async () => {
      const error = await refusal(sshd.target({ port: await freePort() }));
      expect([
        error.code,
        /127\.0\.0\.1:\d+ refused the connection/.test(error.message),
      ]).to.deep.equal(['HOST_UNREACHABLE', true]);
    });

    it('says that DNS does not know the name', async () => {
      const error = await refusal(sshd.target({ address: 'no-such-host.invalid' }));
      expect(error.code).to.equal('HOST_UNREACHABLE');
      expect(error.message).to.match(/DNS/);
    });

    it('gives up in time when the port is open and nobody speaks', async () => {
      const mute = createServer();
      const port = await listen(mute);
      const error = await refusal(sshd.target({ port, connectTimeout: 400 }));
      expect(error.message).to.match(/did not speak ssh.* within 0.4 s/);
      mute.close();
    });

    it('says when what speaks is not ssh', async () => {
      const web = createServer((socket) =>
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n').on('error', () => undefined),
      );
      const port = await listen(web);
      const error = await refusal(sshd.target({ port, connectTimeout: 2000 }));
      expect(error.code).to.equal('HOST_UNREACHABLE');
      web.close();
    });

    it('tries the login again when sshd drops it, and counts that', async () => {
      let drops = 2;
      const { connect: tcp } = await import('node:net');
      const gate = createServer((socket) => {
        socket.on('error', () => undefined);
        if (drops-- > 0) socket.end('Not allowed at this time\r\n');
        else socket.pipe(tcp(sshd.port, '127.0.0.1').on('error', () => undefined)).pipe(socket);
      });
      const port = await listen(gate);
      const session = await connect(sshd.target({ port, hostKeyChecking: 'off' }));
      expect(session.counts.handshakes).to.equal(3);
      await session.close();
      drops = 99;
      const error = await refusal(sshd.target({ port }));
      expect(error.message).to.match(
        /closed the connection before the login, 5 times: Not allowed/,
      );
      gate.close();
    });

    it('stops when it is interrupted', async () => {
      const mute = createServer();
      const port = await listen(mute);
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 100);
      expect((await refusal(sshd.target({ port }), abort.signal)).code).to.equal('INTERRUPTED');
      mute.close();
    });
  });

  it('goes through jump hosts, and says which one fails', async () => {
    const jump = await startSshd();
    const first = jump.target({ name: 'web1 (jump host bastion)' });
    expect(await works(sshd.target({ jumps: [first] }))).to.equal(true);
    const error = await refusal(sshd.target({ jumps: [first], port: await freePort() }));
    expect(error.message).to.match(/cannot be reached from the jump host/);
    const lost = await refusal(sshd.target({ jumps: [{ ...first, knownHostsFiles: [] }] }));
    expect(lost.message).to.match(/^web1 \(jump host bastion\): the host key/);
    jump.stop();
  });

  it('says that the account has no shell', async () => {
    const closed = await startSshd(['ForceCommand echo This account is not available.; exit 1']);
    const session = await connect(closed.target());
    let error: OrchError | undefined;
    await session
      .trip([{ script: raw('true') }], {})
      .catch((e: unknown) => (error = e as OrchError));
    expect([error!.code, /not available/.test(error!.message)]).to.deep.equal([
      'LOGIN_REFUSED',
      true,
    ]);
    await session.close();
    closed.stop();
  });
});
