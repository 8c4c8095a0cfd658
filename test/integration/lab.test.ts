import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { type Lab, withLab } from '../lab/lab.ts';
import { compareFirewalls } from '../lab/read-firewall.ts';

/** The system's own ssh client, as independent of orch as the lab is. */
function ssh(lab: Lab, user: string, host: number, command: string, input = ''): string {
  const { stdout, stderr, status } = spawnSync(
    'ssh',
    [
      ...['-i', lab.keyFile(), '-o', `UserKnownHostsFile=${lab.knownHostsFile()}`],
      ...['-o', 'BatchMode=yes', `${user}@${lab.address(host)}`, command],
    ],
    { input, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`ssh: exit ${status ?? 'none'}\n${stderr}`);
  return stdout.trim();
}

describe('the lab', () => {
  const lab = withLab(2);

  it('has hosts that differ, reach each other and filter', () => {
    expect(ssh(lab, 'root', 2, 'hostname')).to.equal('node2');
    expect(ssh(lab, 'deploy', 1, 'id -un; sudo -n id -un')).to.equal('deploy\nroot');
    const port = (number: number): string =>
      ssh(
        lab,
        'root',
        2,
        `bash -c '</dev/tcp/${lab.address(1)}/${number}' 2>&1 && echo open || true`,
      );
    expect(port(22)).to.equal('open');
    expect(port(6443)).to.contain('No route to host');
  });

  it('reset brings back what reboot keeps', () => {
    const first = lab.firewall(1);
    lab.write(1, '/etc/made/here', 'text\n', '600');
    lab.shell(
      1,
      'firewall-cmd -q --permanent --add-port=81/tcp; firewall-cmd -q --add-port=82/tcp',
    );
    expect(compareFirewalls(first, lab.firewall(1))).to.deep.equal([
      'runtime: public ports: +82/tcp',
      'permanent: public ports: +81/tcp',
    ]);
    lab.reboot(1);
    expect(compareFirewalls(first, lab.firewall(1))).to.deep.equal([
      'runtime: public ports: +81/tcp',
      'permanent: public ports: +81/tcp',
    ]);
    expect(lab.shell(1, 'stat -c "%a %s" /etc/made/here')).to.equal('600 5\n');
    lab.reset(1);
    expect(compareFirewalls(first, lab.firewall(1))).to.deep.equal([]);
    expect(lab.exec(1, ['cat', '/etc/made/here']).exit).to.equal(1);
    expect(ssh(lab, 'root', 1, 'hostname')).to.equal('node1');
  });
});

describe('counting on the host', () => {
  const lab = withLab(1, { count: true, sudoPassword: true, firewalld: false });

  it('counts logins, commands and the times the client waits', () => {
    lab.countFromHere(1);
    expect(lab.counts(1)).to.deep.equal({ logins: 0, sessions: 0, turns: 0, processes: 0 });
    ssh(lab, 'root', 1, 'true');
    ssh(lab, 'root', 1, 'sh', 'echo a\necho b\n');
    expect(lab.counts(1)).to.include({ logins: 2, sessions: 2, turns: 2 });
    // two scripts in one session, the second sent when the first has answered
    const talk = `coproc ssh -i ${lab.keyFile()} -o UserKnownHostsFile=${lab.knownHostsFile()} root@${lab.address(1)} sh
      echo 'echo one' >&\${COPROC[1]}; read -r one <&\${COPROC[0]}; echo 'echo two; exit' >&\${COPROC[1]}; cat <&\${COPROC[0]}; echo $one`;
    lab.countFromHere(1);
    const { stdout } = spawnSync('bash', ['-c', talk], { encoding: 'utf8' });
    expect(stdout).to.equal('two\none\n');
    expect(lab.counts(1)).to.include({ logins: 1, sessions: 1, turns: 2 });
  });

  it('counts every process', () => {
    const cost = (script: string): number => {
      lab.countFromHere(1);
      lab.shell(1, script);
      return lab.counts(1).processes;
    };
    const base = cost(':');
    expect(cost('/bin/true; /bin/true; (:)')).to.equal(base + 3);
  });

  it('has a user whose sudo asks', () => {
    expect(() => ssh(lab, 'asker', 1, 'sudo -n true')).to.throw('a password is required');
    expect(ssh(lab, 'asker', 1, "sudo -S -p '' id -un", 'lab-password\n')).to.equal('root');
  });
});
