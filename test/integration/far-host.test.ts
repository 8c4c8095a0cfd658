import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { connect } from '../../src/transport/connect.ts';
import { startSshd, type Sshd } from '../contract/sshd.ts';
import { farLine, type FarLine } from '../helpers/far-line.ts';
import { told } from './orch.ts';

describe('a host that is 100 ms away', function () {
  this.timeout(120_000);
  let sshd: Sshd;
  let line: FarLine;
  let dir: string;
  let words: readonly string[];
  before(async () => {
    sshd = await startSshd();
    line = await farLine(sshd.port, 50);
    dir = mkdtempSync(join(tmpdir(), 'orch-far-'));
    const tasks = Array.from(
      { length: 10 },
      (_, i) => `    - copy: {dest: ${dir}/file${i}, content: "task ${i}"}\n`,
    );
    writeFileSync(
      join(dir, 'site.yml'),
      `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`,
    );
    writeFileSync(join(dir, 'known'), `[127.0.0.1]:${line.port} ${sshd.hostKey('ed25519')}\n`);
    const vars = {
      ansible_host: '127.0.0.1',
      ansible_port: line.port,
      ansible_user: 'root',
      ansible_ssh_private_key_file: join(sshd.dir, 'key'),
      ansible_ssh_common_args: `-o UserKnownHostsFile=${join(dir, 'known')}`,
    };
    writeFileSync(join(dir, 'hosts.yml'), `all:\n  hosts:\n    far: ${JSON.stringify(vars)}\n`);
    words = ['run', join(dir, 'site.yml'), '-i', join(dir, 'hosts.yml'), '-T', '60'];
  });
  after(() => {
    line.close();
    sshd.stop();
    rmSync(dir, { recursive: true });
  });

  it('is changed by ten tasks in at most 11 round trips, and found right in 10, login included', async () => {
    // What any client waits for until it has a shell: TCP, key exchange, login, a channel, its command.
    const session = await connect(sshd.target({ port: line.port, hostKeyChecking: 'off' }));
    await session.close();
    const login = line.waited();

    const first = await told(words);
    const apply = line.waited();
    expect(first.exit, first.stdout + first.stderr).to.equal(0);
    expect(first.totals['far']).to.include({ ok: 10, changed: 10 });

    const second = await told(words);
    const converged = line.waited();
    expect(second.totals['far']).to.include({ ok: 10, changed: 0 });

    expect(apply).to.be.at.most(11);
    expect(converged).to.be.at.most(10);
    // To open a channel and to ask for a shell are two more that every client of ssh has.
    expect(apply - (login + 2), 'orch’s own').to.be.at.most(2);
  });
});
