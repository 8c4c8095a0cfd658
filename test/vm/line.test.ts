import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { folder, orch, told } from '../integration/orch.ts';
import { withMachine } from '../lab/vm.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Ways a machine goes away, each a second after it was asked to. */
const WAYS = {
  'in an instant, as when the power fails':
    'echo 1 >/proc/sys/kernel/sysrq; sleep 1; echo b >/proc/sysrq-trigger',
  'in good order': 'sleep 1; systemctl reboot',
} as const;

describe('the line to a real machine', function () {
  this.timeout(900_000);
  const machine = withMachine('networkd');
  let inventory = '';
  before(() => (inventory = join(folder({ 'vms.yml': machine.inventory() }), 'vms.yml')));

  const answers = (): boolean => {
    try {
      machine.shell('true');
      return true;
    } catch {
      return false;
    }
  };
  const boot = (): string => machine.shell('cat /proc/sys/kernel/random/boot_id').trim();

  for (const [how, script] of Object.entries(WAYS))
    it(`that reboots in mid-run, ${how}: lost within 60 s, told, and the next run converges`, async () => {
      machine.shell('rm -rf /var/tmp/line; mkdir /var/tmp/line');
      const book = join(
        folder({
          'site.yml': `
- hosts: vm1
  gather_facts: false
  tasks:
    - copy: { dest: /var/tmp/line/one, content: "1\\n" }
    - shell: touch /var/tmp/line/begun; [ -e /var/tmp/line/again ] || sleep 600
    - copy: { dest: /var/tmp/line/two, content: "2\\n" }
`,
        }),
        'site.yml',
      );
      const old = boot();
      const child = spawn(process.execPath, [MAIN, 'run', book, '-i', inventory], {
        env: { ...process.env, ORCH_STATE_DIR: folder({}) },
      });
      let said = '';
      const hear = (bytes: Buffer): void => void (said += bytes.toString());
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      while (!machine.shell('ls /var/tmp/line').includes('begun')) await pause(300);
      machine.shell(`sync; nohup sh -c '${script}' >/dev/null 2>&1 &`);
      const from = performance.now();
      expect(await ended, said).to.equal(4);
      const took = (performance.now() - from) / 1000;
      expect(took, said).to.be.below(61);
      expect(said).to.contain('may have happened');
      for (let i = 0; !answers() || boot() === old; i++) {
        if (i > 400) throw new Error('it does not come back');
        await pause(500);
      }
      expect(machine.shell('ls /var/tmp/line; ls /run | grep lease || true')).to.equal(
        'begun\none\n',
      );
      machine.shell('touch /var/tmp/line/again');
      const run = await told(['run', book, '-i', inventory]);
      expect(run.exit, run.stdout).to.equal(0);
      expect(run.totals['vm1']).to.include({ ok: 3, changed: 2 });
      expect(machine.shell('cat /var/tmp/line/two')).to.equal('2\n');
      console.log(`      lost after ${took.toFixed(0)} s`);
    });

  it('has none of 20 secrets in any log: journal, sudo and login', async () => {
    const secrets = Array.from({ length: 20 }, () => `s3cret-${randomBytes(9).toString('hex')}`);
    const [login = '', ...others] = secrets;
    machine.shell(`
useradd -m -s /bin/bash teller
echo 'teller:${login}' | chpasswd
echo 'teller ALL=(ALL) ALL' >/etc/sudoers.d/teller
printf 'PasswordAuthentication yes\\nLogLevel DEBUG3\\n' >/etc/ssh/sshd_config.d/00-line.conf
systemctl reload ssh || systemctl restart ssh`);
    const vars = others.map((secret, i) => `    secret${i}: ${secret}\n`).join('');
    const tasks = others
      .map(
        (_, i) => `
    - copy: { dest: "/var/tmp/line/s", content: "{{ secret${i} }}", mode: "0600" }
    - shell: "cat >/dev/null <<'E'\\n{{ secret${i} }}\\nE"
    - user: { name: teller, password: "{{ secret${i} | password_hash('sha512') }}", update_password: on_create }`,
      )
      .join('');
    const files = folder({
      'site.yml': `- hosts: vm1\n  gather_facts: false\n  become: true\n  vars_files: [secrets.yml]\n  tasks:${tasks}\n`,
      'secrets.yml': vars.replaceAll('    ', ''),
      key: 'swordfish\n',
      login: login,
    });
    const vault = ['--vault-password-file', join(files, 'key')];
    expect((await orch(['secret', 'encrypt', join(files, 'secrets.yml'), ...vault])).exit).to.equal(
      0,
    );
    const run = await orch([
      ...['run', join(files, 'site.yml'), '-i', inventory, '-vv', ...vault],
      ...['-e', 'ansible_user=teller', '-e', 'ansible_ssh_private_key_file='],
      ...[
        '-e',
        `@${join(folder({ 'p.yml': `ansible_password: ${login}\nansible_become_password: ${login}\n` }), 'p.yml')}`,
      ],
    ]);
    expect(run.exit, run.stdout + run.stderr).to.equal(0);
    const logs = machine.shell(
      'journalctl --no-pager -a -o export; cat /var/log/*.log /var/log/auth* 2>/dev/null || true',
    );
    expect(logs).to.contain('teller').and.contain('COMMAND=');
    for (const secret of secrets) {
      expect(run.stdout + run.stderr).not.to.contain(secret);
      // What made the user said it itself, on its standard input, which no log has.
      expect(logs).not.to.contain(secret);
    }
    machine.shell(
      'userdel -rf teller; rm -f /etc/sudoers.d/teller /etc/ssh/sshd_config.d/00-line.conf',
    );
  });
});
