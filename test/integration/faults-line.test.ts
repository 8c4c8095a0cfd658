import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { withLab } from '../lab/lab.ts';
import { ONLY_443, OPEN, faultOf, faulty, playbook, sinceHere } from './faulty.ts';
import { folder, inventoryOf } from './orch.ts';

const BECOME = '  become: true\n';

describe('faults of the line to a host', function () {
  this.timeout(60_000);
  const lab = withLab(2, { sudoPassword: true });
  let inventory: string;
  before(() => {
    inventory = inventoryOf(lab);
  });
  beforeEach(() => lab.reset(1, 2));

  /** The lab's inventory with some text of it replaced. */
  const altered = (from: string, to: string): string =>
    join(folder({ 'lab.yml': readFileSync(inventory, 'utf8').replaceAll(from, to) }), 'lab.yml');
  /** Runs on both hosts with node1 at fault: nothing reaches it, node2 gets its change, exit code 4. */
  async function lost(inventory_: string, ...more: string[]) {
    const changes = sinceHere(lab, 1, 2);
    const run = await faulty([playbook(OPEN), '-i', inventory_, ...more]);
    expect(run.exit).to.equal(4);
    expect(run.totals['node1']).to.include({ ok: 0, unreachable: 1, failed: 0 });
    expect(run.totals['node2']).to.include({ ok: 1, changed: 1, unreachable: 0 });
    expect(run.all('host-lost').map(({ host }) => host)).to.deep.equal(['node1']);
    expect(changes(1)).to.deep.equal([]);
    expect(changes(2)).to.deep.equal(ONLY_443);
    return faultOf(run);
  }

  it('an address where nobody answers', async () => {
    const nobody = lab.address(1).replace(/\d+$/, '250');
    const fault = await lost(altered(`${lab.address(1)},`, `${nobody},`), '-T', '2');
    expect(fault).to.deep.include({ code: 'HOST_UNREACHABLE' });
    expect(fault.message).to.match(
      /^node1: 10\.\S+:22 (did not answer within 2 s|cannot be reached: )/,
    );
    expect(fault.hint).to.equal(
      'Check that the host is up, its address, and the firewall on the way.',
    );
  });

  it('a name that does not resolve', async () => {
    const fault = await lost(altered(`${lab.address(1)},`, 'no-such-host.invalid,'));
    expect(fault).to.deep.include({ code: 'HOST_UNREACHABLE' });
    expect(fault.message).to.include('no-such-host.invalid');
  });

  it('a host that drops everything: panic mode', async () => {
    lab.shell(1, 'firewall-cmd -q --panic-on');
    const run = await faulty([playbook(OPEN), '-i', inventory, '-T', '2']);
    expect(run.exit).to.equal(4);
    expect(faultOf(run).message).to.match(/^node1: 10\.\S+:22 did not answer within 2 s$/);
    lab.shell(1, 'firewall-cmd -q --panic-off');
    expect(lab.shell(1, 'firewall-cmd --list-ports').trim()).to.equal('');
    expect(run.totals['node2']).to.include({ changed: 1 });
  });

  it('a host key that is not known', async () => {
    const known = readFileSync(lab.knownHostsFile(), 'utf8');
    const others = known.replace(/^.*\n/, '');
    const file = join(folder({ known: others }), 'known');
    const fault = await lost(altered(lab.knownHostsFile(), file));
    expect(fault.code).to.equal('HOST_KEY_UNKNOWN');
    const [, key = ''] = /^\S+ (ssh-ed25519 \S+)/.exec(known) ?? [];
    expect(fault.message).to.include(fingerprint(key)).and.include(file);
    expect(fault.hint).to.include(`echo '${lab.address(1)} ${key}' >> ${file}`);
  });

  it('a host key that changed', async () => {
    const other = newKey();
    const known = readFileSync(lab.knownHostsFile(), 'utf8');
    const changed = known.replace(/^(\S+) .*$/m, `$1 ${other.public}`);
    const file = join(folder({ known: changed }), 'known');
    const fault = await lost(altered(lab.knownHostsFile(), file));
    expect(fault.code).to.equal('HOST_KEY_CHANGED');
    expect(fault.message).to.include(`${file}:1`).and.include(fingerprint(other.public));
    expect(fault.hint).to.include(`ssh-keygen -R ${lab.address(1)} -f ${file}`);
  });

  it('a key the host does not take', async () => {
    const { file } = newKey();
    const fault = await lost(
      altered(`${lab.address(1)},`, `${lab.address(1)}, ansible_ssh_private_key_file: ${file},`),
    );
    expect(fault.code).to.equal('LOGIN_REFUSED');
    expect(fault.message)
      .to.match(/refused the login of root: tried key /)
      .and.include(file);
  });

  it('a key file that is not there', async () => {
    const fault = await lost(
      altered(`${lab.address(1)},`, `${lab.address(1)}, ansible_ssh_private_key_file: /no/key,`),
    );
    expect(fault).to.deep.include({
      code: 'LOGIN_REFUSED',
      message: 'node1: the private key /no/key does not exist; nothing was sent to the host',
    });
  });

  it('a user the host does not know', async () => {
    const fault = await lost(
      altered(`${lab.address(1)},`, `${lab.address(1)}, ansible_user: nobody-here,`),
    );
    expect(fault.code).to.equal('LOGIN_REFUSED');
    expect(fault.message).to.include('refused the login of nobody-here');
    expect(fault.hint).to.include('ansible_user');
  });

  describe('sudo that asks for a password', () => {
    const mixed = (): string =>
      altered(`${lab.address(1)},`, `${lab.address(1)}, ansible_user: asker,`);
    async function attempt(password?: string) {
      const changes = sinceHere(lab, 1, 2);
      const file = join(folder({ password: `${password ?? ''}\n` }), 'password');
      const more = password === undefined ? [] : ['--become-password-file', file];
      const run = await faulty([playbook(OPEN, BECOME), '-i', mixed(), ...more]);
      expect(run.totals['node2']).to.include({ changed: 1, failed: 0 });
      expect(changes(2)).to.deep.equal(ONLY_443);
      return { run, node1: changes(1) };
    }

    it('and gets none', async () => {
      const { run, node1 } = await attempt();
      expect({ exit: run.exit, node1 }).to.deep.equal({ exit: 2, node1: [] });
      expect(faultOf(run)).to.deep.include({ code: 'BECOME_FAILED' });
      expect(faultOf(run).message).to.match(/sudo asks asker for a password and none was given$/);
      expect(faultOf(run).hint).to.include('-K');
    });

    it('and gets a wrong one, once', async () => {
      const { run, node1 } = await attempt('wrong-horse');
      expect({ exit: run.exit, node1 }).to.deep.equal({ exit: 2, node1: [] });
      expect(faultOf(run).message).to.match(
        /sudo refused the password of asker; it was tried once$/,
      );
      expect(run.stdout).to.not.include('wrong-horse');
    });

    it('and gets the right one', async () => {
      const { run, node1 } = await attempt('lab-password');
      expect({ exit: run.exit, node1 }).to.deep.equal({ exit: 0, node1: ONLY_443 });
      expect(run.stdout).to.not.include('lab-password');
      expect(
        lab.shell(1, 'ps -ef; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n"'),
      ).to.not.include('lab-password');
    });
  });

  it('a user that may not do it says become', async () => {
    const run = await faulty([playbook(OPEN), '-i', inventoryOf(lab, 'deploy'), '-l', 'node1']);
    expect(run.exit).to.equal(2);
    expect(faultOf(run)).to.deep.include({
      code: 'FIREWALLD_DENIED',
      hint: 'Set `become: true` on the play or the task.',
    });
  });
});

function newKey(): { readonly file: string; readonly public: string } {
  const file = join(folder({}), 'key');
  const { status, stderr } = spawnSync('ssh-keygen', ['-qt', 'ed25519', '-N', '', '-f', file]);
  if (status !== 0) throw new Error(stderr.toString());
  const [type, key] = readFileSync(`${file}.pub`, 'utf8').split(' ');
  return { file, public: `${type} ${key}` };
}

/** The fingerprint of a public key, by ssh-keygen. */
function fingerprint(key: string): string {
  const { stdout } = spawnSync('ssh-keygen', ['-lf', '-'], { input: key });
  return stdout.toString().split(' ')[1] ?? 'none';
}
