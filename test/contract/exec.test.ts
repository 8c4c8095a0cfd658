import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { Io } from '../../src/cli/io.ts';
import { runProgram } from '../../src/cli/program.ts';

/** What was recorded of ansible 2.14 with the same words; what it says of its interpreter is left out. */
describe('exec says what ansible says', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orch-exec-'));
    writeFileSync(join(folder, 'hosts'), '[web]\na\nb\n[web:vars]\nansible_connection=local\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function exec(...words: readonly string[]): Promise<{ exit: number; out: string }> {
    let out = '';
    const io: Io = {
      out: (text) => (out += text),
      err: () => undefined,
      env: { ...process.env, ORCH_STATE_DIR: join(folder, 'state') },
      cwd: folder,
      terminal: false,
      colors: { out: false, err: false },
    };
    const exit = await runProgram(['exec', '-i', join(folder, 'hosts'), ...words], io);
    return { exit, out };
  }

  const sorted = (text: string): readonly string[] => text.split(/^(?=[ab] \|)/m).sort();

  it('a command, on each host', async () => {
    const { exit, out } = await exec('all', '-a', 'echo hi');
    expect(exit).to.equal(0);
    expect(sorted(out)).to.deep.equal([
      'a | CHANGED | rc=0 >>\nhi\n',
      'b | CHANGED | rc=0 >>\nhi\n',
    ]);
    expect(await exec('a', '-o', '--', 'printf', '%s', 'x')).to.deep.equal({
      exit: 0,
      out: 'a | CHANGED | rc=0 | (stdout) x\n',
    });
  });

  it('facts that there are none of', async () => {
    let told = '';
    const io: Io = {
      ...{ out: () => undefined, err: (text) => (told += text) },
      ...{ env: { ...process.env, ORCH_STATE_DIR: join(folder, 'state') }, cwd: folder },
      ...{ terminal: false, colors: { out: false, err: false } },
    };
    const hosts = ['-i', join(folder, 'hosts')];
    expect(await runProgram(['facts', 'a', ...hosts, 'kern*', 'a[b', 'dns.nope'], io)).to.equal(0);
    expect(told).to.equal(
      'warning: no fact "a[b" of a; --json shows all there are\n' +
        'warning: no fact "dns.nope" of a; --json shows all there are\n',
    );
  });

  it('hosts, listed', async () => {
    expect(await exec('web', '--list-hosts')).to.deep.equal({
      exit: 0,
      out: '  hosts (2):\n    a\n    b\n',
    });
  });

  it('a command that takes longer than --task-timeout', async () => {
    const { exit, out } = await exec('a', '-a', 'sleep 20', '--task-timeout', '1');
    expect(exit).to.equal(2);
    expect(out).to.match(/^a \| FAILED/);
  });

  it('variables beside the folder that --playbook-dir names, and of debug what it says alone', async () => {
    mkdirSync(join(folder, 'books/group_vars'), { recursive: true });
    writeFileSync(join(folder, 'books/group_vars/web.yml'), 'from: beside\n');
    const words = [
      'a',
      '-m',
      'debug',
      '-a',
      'msg={{ from }}',
      '--playbook-dir',
      join(folder, 'books'),
    ];
    expect(await exec(...words)).to.deep.equal({
      exit: 0,
      out: 'a | SUCCESS => {\n    "msg": "beside"\n}\n',
    });
  });

  it('a command in the background that takes too long', async () => {
    const { exit, out } = await exec('a', '-a', 'sleep 5', '-B', '1', '-P', '1');
    expect(exit).to.equal(2);
    expect(out).to.match(/^a \| FAILED/);
  });

  it('a command that fails', async () => {
    const { exit, out } = await exec('a', '-m', 'shell', '-a', 'echo hi; echo err >&2; exit 3');
    expect({ exit, out }).to.deep.equal({
      exit: 2,
      out: 'a | FAILED | rc=3 >>\nhi\nerr\nnon-zero return code\n',
    });
    expect((await exec('a', '-o', '-m', 'shell', '-a', 'exit 3')).out).to.match(
      /^a \| FAILED! => \{.*"msg": "non-zero return code","rc": 3,.*\}\n$/,
    );
  });

  it('a module, once changed and once not', async () => {
    const path = join(folder, 'f');
    const copy = ['a', '-m', 'copy', '-a', `content=x dest=${path}`];
    expect((await exec(...copy, '-C')).out).to.match(/^a \| CHANGED => \{\n {4}"changed": true,\n/);
    expect(() => readFileSync(path)).to.throw();
    expect((await exec(...copy)).out).to.match(/^a \| CHANGED => \{\n {4}"changed": true,\n/);
    expect(readFileSync(path, 'utf8')).to.equal('x');
    expect((await exec(...copy, '-o')).out).to.match(/^a \| SUCCESS => \{"changed": false,.*\}\n$/);
  });

  it('variables, JSON arguments, a host out of reach, a task that fails', async () => {
    expect(
      (await exec('a', '-m', 'debug', '-a', 'msg={{ x }}-{{ inventory_hostname }}', '-e', 'x=1'))
        .out,
    ).to.equal('a | SUCCESS => {\n    "msg": "1-a"\n}\n');
    expect((await exec('a', '-m', 'fail', '-a', '{"msg": "a = b"}')).out).to.equal(
      'a | FAILED! => {\n    "changed": false,\n    "msg": "a = b"\n}\n',
    );
    const away = ['-e', 'ansible_connection=ssh', '-e', 'ansible_host=127.0.0.1 ansible_port=1'];
    const { exit, out } = await exec('a', '-m', 'ping', ...away);
    expect(exit).to.equal(4);
    expect(out).to.match(/^a \| UNREACHABLE! => \{\n {4}"changed": false,\n {4}"msg": /);
    expect(out.split('UNREACHABLE')).to.have.length(2);
  });

  it('a command in check mode is left out', async () => {
    expect((await exec('a', '-C', '-a', 'echo hi')).out).to.match(/^a \| SKIPPED/);
  });

  it('refuses what makes no sense before any host is contacted', async () => {
    for (const words of [
      ['a'],
      ['nobody', '-a', 'true'],
      ['a', '-m', 'include_tasks', '-a', 'x.yml'],
      ['a', '-m', 'nosuch'],
      ['a', '-a', 'true', '--', 'true'],
    ]) {
      const failed = await exec(...words).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(String(failed), words.join(' ')).to.match(/OrchError/);
    }
  });

  it('the console obeys lines of a pipe, goes on after a mistake and tells the last failure', async () => {
    const main = resolve('src/main.ts');
    const lines = [
      'cd a',
      'list',
      '# nothing',
      'echo $((1+2))',
      '!echo bang',
      'debug msg=said',
      'cd nobody',
      'forks many',
      'check yes',
      `copy content=x dest=${join(folder, 'f')}`,
      'exit',
      'echo not reached',
    ];
    const words = ['--import=tsx', main, 'console', '-i', join(folder, 'hosts')];
    const child = spawn(process.execPath, words, {
      env: { ...process.env, NO_COLOR: '1', ORCH_STATE_DIR: join(folder, 'state') },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += String(data)));
    child.stderr.on('data', (data) => (err += String(data)));
    child.stdin.end(`${lines.join('\n')}\n`);
    const exit = await new Promise((done) => child.on('close', done));
    expect(out).to.match(
      /^a\na \| CHANGED \| rc=0 >>\n3\na \| CHANGED \| rc=0 >>\nbang\na \| SUCCESS => \{\n[^}]*"msg": "said"\n\}\na \| CHANGED => /,
    );
    expect(out).not.to.include('not reached');
    expect(err).to.match(/error\[PATTERN_NO_MATCH\][^]*error\[USAGE\]: forks takes/);
    expect(() => readFileSync(join(folder, 'f'))).to.throw();
    expect(exit).to.equal(5);
  });
});
