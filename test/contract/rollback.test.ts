import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Io } from '../../src/cli/io.ts';
import { runNames } from '../../src/cli/past-runs.ts';
import { runProgram } from '../../src/cli/program.ts';

describe('orch rollback, on this machine', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orch-rollback-'));
    writeFileSync(
      join(folder, 'hosts'),
      'a ansible_connection=local\nb ansible_connection=local\n',
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(at(name), 'utf8');
  const runs = (): readonly string[] =>
    runNames({ cwd: folder, env: { ORCH_STATE_DIR: at('state') } });

  async function orch(...words: readonly string[]): Promise<{ exit: number; said: string }> {
    let said = '';
    const io: Io = {
      out: (text) => (said += text),
      err: (text) => (said += text),
      env: { ...process.env, ORCH_STATE_DIR: at('state') },
      cwd: folder,
      terminal: false,
      colors: { out: false, err: false },
    };
    const exit = await runProgram(words, io).catch((error: unknown) => {
      // What is imported on demand has classes of its own here.
      if (!(error instanceof Error && 'code' in error)) throw error;
      said += `${String(error.code)}: ${error.message}`;
      return 5;
    });
    return { exit, said };
  }

  const play = (tasks: string): string => {
    const text = `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`;
    writeFileSync(at('play.yml'), text.replaceAll('DIR', folder));
    return at('play.yml');
  };
  const run = (tasks: string, ...more: readonly string[]) =>
    orch('run', play(tasks), '-i', at('hosts'), ...more);

  it('is a run like any other: check, diff, limit, reports, a journal', async () => {
    writeFileSync(at('a-file'), 'old\n', { mode: 0o640 });
    await run(
      `    - copy: { dest: "DIR/{{ inventory_hostname }}-file", content: "new\\n", mode: "0600" }\n`,
    );
    const check = await orch('rollback', 'last', '-C', '-D', '--report', `md=${at('review.md')}`);
    expect(check.exit, check.said).to.equal(0);
    expect(check.said)
      .to.match(/mode +0600 -> 0640/)
      .and.include('-new\n')
      .and.include('+old\n');
    expect(read('review.md')).to.include('-file');
    expect(read('a-file')).to.equal('new\n');

    const only = await orch('rollback', 'last', '-l', 'b');
    expect(only.exit, only.said).to.equal(0);
    expect(existsSync(at('b-file'))).to.equal(false);
    expect(read('a-file')).to.equal('new\n');

    const [first = ''] = runs();
    const none = await orch('rollback', first, '--max-changes', '0');
    expect(none.exit).to.equal(2);
    expect(none.said).to.include('--max-changes allows 0');
    const rest = await orch('rollback', first, '--yes', '--output', 'ndjson');
    expect(rest.exit, rest.said).to.equal(0);
    expect(rest.said).to.not.include('resource-changed');
    expect(read('a-file')).to.equal('old\n');
    expect(statSync(at('a-file')).mode & 0o777).to.equal(0o640);
    const last = runs().at(-1) ?? '';
    const journal = at(`state/runs/${last}/events.ndjson`);
    expect(read(`state/runs/${last}/events.ndjson`)).to.include('"resource-changed"');
    expect(statSync(journal).mode & 0o777).to.equal(0o600);
  });

  it('takes back a single task, and is taken back itself', async () => {
    symlinkSync('nowhere', at('link'));
    await orch(
      'exec',
      'a',
      '-i',
      at('hosts'),
      '-m',
      'file',
      '-a',
      `path=${at('link')} state=absent`,
    );
    expect((await orch('rollback', 'last', '-C', '--output', 'json')).exit).to.equal(0);
    expect((await orch('rollback', 'last')).exit).to.equal(0);
    expect(readlinkSync(at('link'))).to.equal('nowhere');
    expect((await orch('rollback', 'last')).exit).to.equal(0);
    expect(() => lstatSync(at('link'))).to.throw();
  });

  it('changes nothing on a host where something was changed since', async () => {
    await run(`    - copy: { dest: "DIR/{{ inventory_hostname }}-1", content: "1\\n" }
    - copy: { dest: "DIR/{{ inventory_hostname }}-2", content: "2\\n" }
`);
    chmodSync(at('a-1'), 0o777);
    const done = await orch('rollback', 'last');
    expect(done.exit).to.equal(2);
    expect(done.said).to.match(
      /CHANGED_SINCE: file:\S+a-1 was changed since the run: mode was 0644, is 0777/,
    );
    expect([existsSync(at('a-1')), existsSync(at('a-2'))]).to.deep.equal([true, true]);
    expect([existsSync(at('b-1')), existsSync(at('b-2'))]).to.deep.equal([false, false]);
  });

  it('runs undo tasks, lists what has none, and what it cannot restore', async () => {
    await run(
      `    - shell: echo x >DIR/one
    - shell: echo x >DIR/two
      undo: [{ command: rm DIR/two }]
    - file: { path: DIR/folder, state: directory }
`,
      ...['-l', 'a'],
    );
    writeFileSync(at('folder/other'), '');
    const { exit, said } = await orch('rollback', 'last');
    expect(said).to.match(
      /a: "shell" \(\S+play\.yml:4\) cannot be taken back: shell has no way back/,
    );
    expect(said).to.match(/not empty/i);
    expect(exit).to.equal(2);
    expect(read('one')).to.equal('x\n');
    expect(existsSync(at('folder/other'))).to.equal(true);
    rmSync(at('folder/other'));
    expect((await orch('rollback', runs()[0] ?? '')).exit).to.equal(0);
    expect([existsSync(at('two')), existsSync(at('folder'))]).to.deep.equal([false, false]);
  });

  it('leaves nothing in the journal of a run that had nothing to do', async () => {
    const task = `    - copy: { dest: DIR/f, content: x }\n`;
    await run(task, '-l', 'a');
    await run(task, '-l', 'a');
    expect(read(`state/runs/${runs()[1] ?? ''}/events.ndjson`)).to.not.include('resource-changed');
    const nothing = await orch('rollback', 'last');
    expect(nothing.exit, nothing.said).to.equal(0);
    expect(nothing.said).to.match(/^Nothing of run \S+ can be taken back\.\n$/);
  });

  it('says what it cannot do: a check, a run that is not there, another folder', async () => {
    await orch('check', play(`    - copy: { dest: DIR/f, content: x }\n`), '-i', at('hosts'));
    expect((await orch('rollback', runs()[0] ?? '')).said).to.include('was a check');
    const none = await orch('rollback', 'last');
    expect(none.exit).to.equal(5);
    expect(none.said).to.match(/^RUN_NOT_FOUND/);
    expect((await orch('rollback', 'nosuch')).said).to.include('RUN_NOT_FOUND');
  });
});
