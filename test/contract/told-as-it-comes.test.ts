import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runProgram } from '../../src/cli/program.ts';
import type { Stamped } from '../../src/model/event.ts';
import { proxy } from '../faults/harness.ts';
import { startSshd } from './sshd.ts';

const HEAD = '- hosts: all\n  gather_facts: false\n  tasks:\n';

describe('what takes long is told as it comes', function () {
  this.timeout(60_000);
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'orch-told-'));
    writeFileSync(join(dir, 'hosts'), 'h1 ansible_connection=local ansible_password=hush-hush-7\n');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Runs tasks; what was written, and how many milliseconds before the end. */
  async function ran(tasks: string, ...flags: readonly string[]) {
    writeFileSync(join(dir, 'play.yml'), HEAD + tasks.replace(/^(?=.)/gm, '    '));
    const said: { readonly text: string; readonly at: number }[] = [];
    const take = (text: string): void => void said.push({ text, at: performance.now() });
    const io = {
      ...{ env: { ...process.env, ORCH_STATE_DIR: join(dir, 'state') }, cwd: dir, out: take },
      ...{ terminal: false, colors: { out: false, err: false }, err: take },
    };
    const words = ['run', join(dir, 'play.yml'), '-i', join(dir, 'hosts'), ...flags];
    const exit = await runProgram(words, io);
    const text = said.map((one) => one.text).join('');
    expect(exit, text).to.equal(0);
    const end = performance.now();
    const before = (word: string): number =>
      end - (said.find((s) => s.text.includes(word))?.at ?? end);
    return { text, before };
  }
  const told = (text: string): readonly string[] =>
    text.split('\n').flatMap((line) => (/^<h1>.* [|!] ?/.test(line) ? [line.slice(4)] : []));

  it('the lines of a command, both streams, while it runs; none of orch’s own', async () => {
    const script = `
- shell: |
    echo one; echo two >&2; sleep 1
    echo; echo 'three 	x'; printf '\\033[31mred\\033[0m\\n'; printf '10%%\\r20%%\\r30%%\\n'
    printf 'last without an end'
  args: { chdir: / }
`;
    const { text, before } = await ran(script, '-vv');
    expect(told(text)).to.have.members([
      ' | one',
      ' ! two',
      ' | ',
      ' | three \tx',
      ' | \\x1b[31mred\\x1b[0m',
      ' | 30%',
      ' | last without an end',
    ]);
    expect(before('| one')).to.be.above(800);
    expect(told((await ran(script, '-v')).text)).to.deep.equal([]);
  });

  it('of each item of a loop, of scripts and of raw; not under no_log, and no secret', async () => {
    writeFileSync(join(dir, 's.sh'), '#!/bin/sh\necho "script $1"\n');
    const { text } = await ran(
      `
- command: echo {{ item }}
  loop: [a, b]
- raw: echo raw
- script: s.sh x
- shell: echo hidden; exit 0
  no_log: true
- shell: |
    cat <<'E'
    it is {{ ansible_password }} here
    E
- stat: { path: / }
- command: echo skipped
  args: { creates: / }
`,
      '-vv',
    );
    expect(told(text)).to.deep.equal([
      ' (a) | a',
      ' (b) | b',
      ' | raw',
      ' | script x',
      ' | it is ******** here',
    ]);
    expect(text).not.to.contain('hidden\n');
  });

  it('as events, bounded, however much there is', async () => {
    const { text } = await ran(
      `- shell: "yes 0123456789 | head -n 300000; head -c 200000 /dev/zero | tr '\\\\0' x; echo; echo end >&2"\n`,
      ...['-vv', '--output', 'ndjson'],
    );
    const events = text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Stamped);
    const lines = events.flatMap((event) => (event.type === 'task-output' ? [event] : []));
    expect(lines[0]).to.include({ host: 'h1', stream: 'stdout', line: '0123456789' });
    expect(lines.length).to.be.above(50_000).and.below(100_000);
    expect(lines.at(-1)?.line).to.match(/^\(more is not told as it comes/);
    const result = events.flatMap((event) => (event.type === 'task-ended' ? [event.outcome] : []));
    expect(result[0]?.data?.['stdout']).to.have.length.above(3_000_000);
  });

  it('a long line that never ends is not told by halves', async () => {
    const { text } = await ran(
      `- shell: "head -c 100000 /dev/zero | tr '\\\\0' x; sleep 0.2; echo; echo then"\n`,
      '-vv',
    );
    expect(told(text)).to.deep.equal([' | (a line of more than 65536 characters)', ' | then']);
  });

  it('a transfer that takes long, there and back', async () => {
    const sshd = await startSshd();
    const slow = await proxy(sshd.port, { rate: 2_000_000 });
    try {
      const vars = {
        ...{ ansible_host: '127.0.0.1', ansible_port: slow.port, ansible_user: 'root' },
        ansible_ssh_private_key_file: join(sshd.dir, 'key'),
        ansible_host_key_checking: false,
      };
      const all = { all: { hosts: { h1: vars } } };
      writeFileSync(join(dir, 'hosts'), JSON.stringify(all));
      writeFileSync(join(dir, 'big'), randomBytes(12_000_000));
      const { text } = await ran(
        `
- copy: { src: big, dest: "${dir}/there" }
- fetch: { src: "${dir}/there", dest: "${dir}/back", flat: true }
`,
        '-vv',
      );
      expect(text)
        .to.match(/^<h1> sent \d+ of 12 MiB$/m)
        .and.match(/^<h1> received \d+ MiB$/m);
    } finally {
      slow.close();
      sshd.stop();
    }
  });
});
