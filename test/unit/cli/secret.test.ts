import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runProgram } from '../../../src/cli/program.ts';
import { OrchErrors, type OrchError } from '../../../src/lib/errors.ts';

const PLAIN = 'token: s3cret-token\nlist: [1, two]\n';

/** What a command line printed, or the error it ended with. */
async function orch(line: string, env: Record<string, string> = {}): Promise<string> {
  let [out, err] = ['', ''];
  const io = {
    ...{ env, cwd: process.cwd(), terminal: false, colors: { out: false, err: false } },
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
  };
  try {
    const exit = await runProgram(line.split(' '), io);
    return exit === 0 ? out : `${exit} ${err}`;
  } catch (error) {
    const all = error instanceof OrchErrors ? error.errors : [error as OrchError];
    return all.map((one) => `${one.code} ${one.message}`).join('\n');
  }
}

describe('orch secret', () => {
  const home = process.cwd();
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'orch-secret-test-'));
    process.chdir(root);
    writeFileSync('pass', 'swordfish\n');
    writeFileSync('other', 'marlin\n');
    writeFileSync('f.yml', PLAIN);
    chmodSync('f.yml', 0o640);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(root, { recursive: true });
  });
  const text = (): string => readFileSync('f.yml', 'utf8');

  it('creates nothing over what is there, nor where nothing can be written, and asks no editor', async () => {
    const env = { EDITOR: 'touch edited; false' };
    expect(await orch('secret create f.yml --vault-password-file pass', env)).to.equal(
      'USAGE f.yml exists',
    );
    expect(await orch('secret create none/f.yml --vault-password-file pass', env)).to.equal(
      'FILE_UNREADABLE none/f.yml cannot be written: there is no such directory',
    );
    expect([text(), existsSync('edited')]).to.deep.equal([PLAIN, false]);
  });

  it('tells who gives a value as an argument where it is read from', async () => {
    try {
      await runProgram(
        ['secret', 'encrypt-string', 'hello', '--name', 'x', '--vault-password-file', 'pass'],
        {
          env: {},
          cwd: root,
          terminal: false,
          colors: { out: false, err: false },
          out: () => undefined,
          err: () => undefined,
        },
      );
      expect.fail('it should have failed');
    } catch (error) {
      expect((error as OrchError).hint).to.contain('| orch secret encrypt-string --name NAME');
    }
  });

  it('encrypts, views and decrypts a file in its place, its mode kept', async () => {
    expect(await orch('secret encrypt f.yml --vault-password-file pass')).to.equal('');
    expect(text()).to.match(/^\$ANSIBLE_VAULT;1\.1;AES256\n[0-9a-f\n]+$/);
    expect(statSync('f.yml').mode & 0o777).to.equal(0o640);
    expect(await orch('secret view f.yml --vault-password-file pass')).to.equal(PLAIN);
    expect(await orch('secret view f.yml --vault-password-file other')).to.contain(
      'VAULT_PASSWORD',
    );
    expect(await orch('secret encrypt f.yml --vault-password-file pass')).to.contain(
      'USAGE f.yml is encrypted already',
    );
    expect(await orch('secret decrypt f.yml --vault-password-file pass')).to.equal('');
    expect(text()).to.equal(PLAIN);
    expect(await orch('secret view f.yml --vault-password-file pass')).to.contain(
      'is not encrypted',
    );
    expect(readdirSync('.').sort()).to.deep.equal(['f.yml', 'other', 'pass']);
  });

  it('changes no file when one of several cannot be opened', async () => {
    writeFileSync('g.yml', 'plain: 1\n');
    await orch('secret encrypt f.yml --vault-password-file pass');
    const before = text();
    expect(await orch('secret decrypt f.yml g.yml --vault-password-file pass')).to.contain(
      'VAULT_INVALID g.yml is not encrypted.',
    );
    expect(text()).to.equal(before);
  });

  it('encrypts with the password that is named, and asks which of several', async () => {
    const ids = '--vault-id dev@pass --vault-id prod@other';
    expect(await orch(`secret encrypt f.yml ${ids}`)).to.contain('several passwords');
    expect(await orch(`secret encrypt f.yml ${ids} --encrypt-vault-id prod`)).to.equal('');
    expect(text()).to.match(/^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/);
    expect(await orch('secret view f.yml --vault-id dev@pass')).to.contain(
      'encrypted with the password "prod"; none of the passwords given (dev) opens it',
    );
    expect(await orch('secret view f.yml --vault-id x@other')).to.equal(PLAIN);
  });

  it('gives a new password', async () => {
    await orch('secret encrypt f.yml --vault-password-file pass');
    await orch('secret rekey f.yml --vault-password-file pass --new-vault-id prod@other');
    expect(await orch('secret view f.yml --vault-password-file pass')).to.contain('VAULT_PASSWORD');
    expect(await orch('secret view f.yml --vault-id prod@other')).to.equal(PLAIN);
  });

  it('edits in a directory that is closed and gone afterwards', async () => {
    await orch('secret encrypt f.yml --vault-password-file pass');
    writeFileSync(
      'editor',
      '#!/bin/sh\nstat -c "%a %n" "$(dirname "$1")" "$1" >seen\necho more: 1 >>"$1"\n',
      { mode: 0o755 },
    );
    expect(
      await orch('secret edit f.yml --vault-password-file pass', { EDITOR: './editor' }),
    ).to.equal('');
    expect(await orch('secret view f.yml --vault-password-file pass')).to.equal(
      `${PLAIN}more: 1\n`,
    );
    const [dir = '', file = ''] = readFileSync('seen', 'utf8').trim().split('\n');
    expect([dir.split(' ')[0], file.split(' ')[0]]).to.deep.equal(['700', '600']);
    expect(existsSync(dir.split(' ')[1] ?? '')).to.equal(false);
    const before = text();
    expect(
      await orch('secret edit f.yml --vault-password-file pass', { EDITOR: 'false' }),
    ).to.contain('the editor false failed; f.yml is as it was');
    expect(text()).to.equal(before);
  });

  it('takes the password of a program, which may be told its name', async () => {
    writeFileSync('my-client', '#!/bin/sh\n[ "$*" = "--vault-id prod" ] && echo swordfish\n', {
      mode: 0o755,
    });
    await orch('secret encrypt f.yml --vault-password-file pass');
    expect(await orch('secret view f.yml --vault-id prod@./my-client')).to.equal(PLAIN);
    expect(await orch('secret view f.yml --vault-id dev@./my-client')).to.contain(
      'VAULT_PASSWORD The program ./my-client gave no vault password.',
    );
    expect(await orch('secret view f.yml --vault-password-file nope')).to.contain('FILE_NOT_FOUND');
  });

  it('makes values that inventories and playbooks read', async () => {
    writeFileSync('value', 'deep-secret');
    const made = await orch('secret encrypt-string value --name db --vault-password-file pass');
    expect(made).to.match(/^db: !vault \|\n {10}\$ANSIBLE_VAULT;1\.1;AES256\n( {10}[0-9a-f]+\n)+$/);
    mkdirSync('group_vars');
    writeFileSync('group_vars/all.yml', `${made}used: "x-{{ db }}"\n`);
    writeFileSync('hosts', 'h1\n');
    const flags = '-i hosts --vault-password-file pass';
    const told = await orch(`explain var used ${flags}`);
    expect(told).to.match(/=> group_vars\/all.yml group_vars\/all.yml:\d+:7/);
    expect(told).to.contain('********').and.not.to.contain('deep-secret');
    expect(await orch(`explain var db ${flags}`)).to.contain('********');
    expect(await orch(`inventory --host h1 ${flags}`)).not.to.contain('deep-secret');
    expect(await orch('inventory --host h1 -i hosts')).to.contain('"db": "********"');
  });

  it('goes both ways with real ansible-vault, where that is installed', async function () {
    if (!existsSync('/usr/bin/ansible-vault')) this.skip();
    this.timeout(60_000);
    const vault = (...args: string[]): string =>
      spawnSync('/usr/bin/ansible-vault', args, { encoding: 'utf8' }).stdout;
    await orch('secret encrypt f.yml --vault-id prod@pass');
    expect(vault('view', '--vault-id', 'prod@pass', 'f.yml').trim()).to.equal(PLAIN.trim());
    vault('decrypt', '--vault-id', 'prod@pass', 'f.yml');
    vault('encrypt', '--vault-password-file', 'other', 'f.yml');
    expect(text()).to.match(/^\$ANSIBLE_VAULT/);
    expect(await orch('secret view f.yml --vault-password-file other')).to.equal(PLAIN);
  });
});

describe('orch explain var', () => {
  const home = process.cwd();
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'orch-explain-'));
    process.chdir(root);
    mkdirSync('group_vars');
    writeFileSync('hosts', '[web]\nh1 port=80\nh2\n[web:vars]\nport=1\n');
    writeFileSync('group_vars/all.yml', 'port: 2\n');
    writeFileSync('group_vars/web.yml', 'port: "{{ base + 443 }}"\nbase: 8000\n');
    writeFileSync(
      'play.yml',
      '- hosts: web\n  vars: {port: 5}\n  tasks:\n    - debug: {msg: "{{ port }}"}\n      vars: {port: 6}\n',
    );
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(root, { recursive: true });
  });

  it('shows every layer, strongest first, the one that counts marked', async () => {
    expect(await orch('explain var port -i hosts -l h1')).to.equal(
      [
        'port on h1:',
        '=> host h1 (hosts) hosts:2:9',
        '     80',
        '   group_vars/web.yml group_vars/web.yml:1:7',
        '     "{{ base + 443 }}" → "8443"',
        '   group_vars/all.yml group_vars/all.yml:1:7',
        '     2',
        '   group web (hosts) hosts:5:6',
        '     1',
        '',
      ].join('\n'),
    );
    expect(await orch('explain var port -i hosts -l h2')).to.contain('=> group_vars/web.yml');
  });

  it('knows what playbooks and -e say', async () => {
    const told = await orch('explain var port play.yml -i hosts -l h1');
    expect(told).to.contain('=> vars of the play');
    expect(told).to.contain('vars of tasks (only in the task or block at play.yml:5)');
    expect(await orch('explain var port play.yml -i hosts -l h1 -e port=9')).to.contain(
      '=> extra vars (-e) -e:1:1\n     "9"',
    );
  });

  it('says when nothing has it', async () => {
    expect(await orch('explain var prot -i hosts -l h1')).to.equal(
      'VARIABLE_UNDEFINED Nothing gives a variable "prot". Did you mean "port"?',
    );
  });

  it('prints JSON', async () => {
    const [one] = JSON.parse(await orch('explain var base -i hosts -l h1 --json')) as [unknown];
    expect(one).to.deep.include({ host: 'h1' });
  });
});
