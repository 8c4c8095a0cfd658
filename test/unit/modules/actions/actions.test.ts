import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ActionModule, ActionResult } from '../../../../src/model/module.ts';
import { Secret } from '../../../../src/model/value.ts';
import { command } from '../../../../src/modules/actions/command.ts';
import { rawCommand } from '../../../../src/modules/actions/raw.ts';
import { shell } from '../../../../src/modules/actions/shell.ts';
import { splitWords } from '../../../../src/modules/actions/words.ts';

const process_ = {
  stdin_add_newline: true,
  strip_empty_ends: true,
  expand_argument_vars: true,
  reads: false,
};

/** The script as a host would run it: in a subshell, with empty input. */
function run<P>(module: ActionModule<P>, params: P): ActionResult {
  const { stdout, stderr, status } = spawnSync('sh', ['-s'], { input: module.script(params).text });
  return module.parse({ stdout, stderr, exit: status ?? -1 }, params);
}
const cmd = (line: string, more: object = {}): ActionResult =>
  run(command, { ...process_, cmd: line, ...more });
const sh = (line: string, more: object = {}): ActionResult =>
  run(shell, { ...process_, executable: '/bin/sh', cmd: line, ...more });

describe('command', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-'));
    writeFileSync(join(dir, "it's $here.txt"), '');
  });
  after(() => rmSync(dir, { recursive: true }));

  it('gives the result that playbooks read', () => {
    const { changed, data: all } = cmd('printf "%s\\n" one "two  three" \'$(x)\'');
    expect(changed).to.equal(true);
    const { start, end, delta, ...data } = all;
    for (const time of [start, end])
      expect(time).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    expect(delta).to.match(/^\d:\d\d:\d\d\.\d{6}$/);
    expect([start, end]).to.deep.equal([start, end].sort());
    expect(data).to.deep.equal({
      cmd: ['printf', '%s\\n', 'one', 'two  three', '$(x)'],
      rc: 0,
      changed: true,
      stdout: 'one\ntwo  three\n$(x)',
      stdout_lines: ['one', 'two  three', '$(x)'],
      stderr: '',
      stderr_lines: [],
      msg: '',
    });
  });

  it('puts in variables of the environment and homes, as Ansible does', () => {
    const home = process.env['HOME'] ?? '';
    const said = (line: string, more: object = {}): unknown =>
      cmd(`printf %s|%s ${line}`, { expand_argument_vars: true, ...more }).data['stdout'];
    expect(said("$HOME/x '${HOME}y'")).to.equal(`${home}/x|${home}y`);
    expect(said('$orch_no_such ${orch_no_such}/$1')).to.equal('$orch_no_such|${orch_no_such}/$1');
    expect(said('~ ~/a')).to.equal(`${home}|${home}/a`);
    expect(said('~root/b ~no.such/c')).to.equal('/root/b|~no.such/c');
    expect(said('a~ "$(id) `id` *"')).to.equal('a~|$(id) `id` *');
    expect(said('$HOME ~', { expand_argument_vars: false })).to.equal('$HOME|~');
  });

  it('leaves words without variables and homes as they are', function () {
    this.timeout(60_000);
    const word = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((w) => !w.includes('\0') && !w.includes('$') && !w.startsWith('~'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
        const argv = ['printf', '%s|', '$orch_none', '~no.one', ...words];
        const { data } = run(command, { ...process_, strip_empty_ends: false, argv });
        expect(data['stdout']).to.equal(
          ['$orch_none', '~no.one', ...words].map((w) => `${Buffer.from(w).toString()}|`).join(''),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('has no pipes, redirections or shell builtins', () => {
    expect(cmd('echo a | cat').data['stdout']).to.equal('a | cat');
    expect(cmd('exit 3').failed).to.contain('no such command');
  });

  it('fails with the status of the program', () => {
    const result = run(command, { ...process_, argv: ['sh', '-c', 'echo oh >&2; exit 3'] });
    expect(result.failed).to.equal('non-zero return code 3');
    expect(result.data).to.include({ rc: 3, stderr: 'oh', msg: 'non-zero return code' });
  });

  it('does not run when what it creates exists, glob or not', () => {
    for (const creates of [join(dir, "it's $here.txt"), join(dir, "it's*.txt")]) {
      const result = cmd('false', { creates });
      expect(result.skipped).to.equal(`Did not run command since '${creates}' exists`);
      const stdout = `skipped, since ${creates} exists`;
      expect(result.data).to.include({ rc: 0, changed: false, stdout, start: null });
    }
    expect(cmd('true', { creates: join(dir, '*.log') }).changed).to.equal(true);
  });

  it('does not run when what it removes is not there', () => {
    expect(cmd('false', { removes: join(dir, 'x') }).skipped).to.contain('does not exist');
    expect(cmd('true', { removes: join(dir, '*') }).changed).to.equal(true);
  });

  it('runs in a directory, and looks for relative paths there', () => {
    expect(cmd('pwd', { chdir: dir }).data['stdout']).to.equal(dir);
    expect(cmd('false', { chdir: dir, creates: '*.txt' }).skipped).to.contain('exists');
    const none = cmd('true', { chdir: '/none' });
    expect(none.failed).to.equal(
      "Unable to change directory before execution: [Errno 2] No such file or directory: b'/none'",
    );
    expect(none.data['rc']).to.equal(null);
    expect(cmd('true', { chdir: '/dev/null' }).failed).to.contain('[Errno 20] Not a directory');
  });

  it('gives a program its input', () => {
    expect(cmd('wc -c', { stdin: 'abc' }).data['stdout']).to.match(/^\s*4$/);
    expect(cmd('wc -c', { stdin: 'abc', stdin_add_newline: false }).data['stdout']).to.match(
      /^\s*3$/,
    );
  });

  it('is not changed, and runs in check mode, when it only reads', () => {
    expect(cmd('true', { reads: true }).changed).to.equal(false);
    expect(command.reads({ ...process_, reads: true })).to.equal(true);
    expect(command.reads(process_)).to.equal(false);
  });

  it('sends a secret and shows a mask', () => {
    const secret = { ...process_, cmd: new Secret('echo hush') as unknown as string };
    expect(command.script(secret).text).to.contain('exec echo hush');
    expect(JSON.stringify(run(command, secret).data)).to.contain('"cmd":"********"');
  });

  it('names what is wrong before anything runs', () => {
    const problem = (params: object): string | undefined => command.problems?.(params)[0]?.message;
    expect(problem({})).to.equal('command has nothing to run');
    expect(problem({ cmd: 'a', argv: ['b'] })).to.contain('not both');
    expect(problem({ cmd: 'echo "a' })).to.contain('no closing quotation mark');
    expect(problem({ cmd: '  ' })).to.contain('empty');
    expect(problem({ cmd: 'touch /x creates=/x' })).to.contain('"creates=/x"');
    expect(problem({ cmd: 'touch /x' })).to.equal(undefined);
  });

  it('hands any words over as they are', function () {
    this.timeout(60_000);
    const word = fc.string({ unit: 'binary', minLength: 1 }).filter((w) => !w.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
        const { data } = run(command, {
          ...process_,
          strip_empty_ends: false,
          expand_argument_vars: false,
          argv: ['printf', '%s\\n', ...words],
        });
        expect(data['stdout']).to.equal(
          words.map((w) => `${Buffer.from(w).toString()}\n`).join(''),
        );
      }),
      { numRuns: 25 },
    );
  });
});

describe('splitWords', () => {
  it('splits as shlex does', () => {
    const words = (line: string): unknown => splitWords(line);
    expect(words(`a  'b c' "d\\"e\\f" g\\ h '' x"y"'z'`)).to.deep.equal({
      words: ['a', 'b c', 'd"e\\f', 'g h', '', 'xyz'],
    });
    expect(words('\n a\tb ')).to.deep.equal({ words: ['a', 'b'] });
    expect(words('a\\')).to.deep.equal({ wrong: 'ends in a backslash' });
  });

  it('finds the words that quoting made', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (list) => {
        const line = list.map((w) => `'${w.replaceAll("'", `'\\''`)}'`).join(' ');
        expect(splitWords(line)).to.deep.equal({ words: list });
      }),
    );
  });
});

describe('shell', () => {
  it('has pipes, variables and the shell it is told', () => {
    expect(sh('x=a; echo "$x" | tr a b').data['stdout']).to.equal('b');
    expect(sh('echo ${BASH_VERSION:+yes}', { executable: '/bin/bash' }).data['stdout']).to.equal(
      'yes',
    );
  });

  it('contains exit and syntax errors', () => {
    expect(sh('exit 4').failed).to.equal('non-zero return code 4');
    expect(sh('if').data['rc']).to.equal(2);
  });

  it('keeps what the command prints, even its own words', () => {
    expect(sh('echo orch creates').data['stdout']).to.equal('orch creates');
  });
});

describe('raw', () => {
  it('runs a line as it stands and keeps the ends of its output', () => {
    const { data } = run(rawCommand, { cmd: 'echo a; echo', executable: 'sh', reads: false });
    expect(data).to.include({ rc: 0, stdout: 'a\n\n' });
    expect(data['stdout_lines']).to.deep.equal(['a', '']);
  });
});
