import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { OrchError } from '../../src/lib/errors.ts';

const SECRET = 'hush-7-"quoted"';
/** A spelling of it that no output may hold: the part that no quoting changes. */
const PLAIN = 'hush-7';

/** What a playbook may do with a value: every way to be shown. */
const TASKS = `
    - debug: { msg: "in a text {{ word }} {{ word | upper }} {{ word | b64encode }} {{ [word] | to_json }}" }
    - debug: { var: word }
    - debug: { var: vars.word }
    - debug: { msg: "{{ hostvars[inventory_hostname].word | default('') }} {{ lookup('vars', 'word') }} {{ derived }}" }
    - name: "called {{ word }}"
      command: { argv: [printf, "%s", "{{ word }}"] }
      register: said
    - debug: { var: said }
    - set_fact: { other: "{{ said.stdout }}-{{ word }}", word: "{{ word }}" }
    - debug: { msg: "{{ other }} {{ item }}" }
      loop: ["{{ word }}", "{{ other }}"]
    - copy: { dest: out/file, content: "key={{ word }}\\n" }
    - lineinfile: { path: out/file, regexp: "^key=", line: "key=2{{ word }}" }
    - template: { src: t.j2, dest: "out/{{ word | hash('sha1') }}" }
    - assert: { that: "word == 'wrong'", fail_msg: "is {{ word }}" }
      ignore_errors: true
    - set_stats: { data: { word: "{{ word }}" } }
    - command: "false {{ word }}"
      ignore_errors: true
    - fail: { msg: "no {{ word }}" }
`;

const play = (more = ''): string => `- hosts: all
  gather_facts: false
  inputs: { word: { type: string, secret: true, description: A word. } }
${more}  tasks:${TASKS}`;

const IN_YAML = JSON.stringify(SECRET);

interface Channel {
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly play?: string;
}

const CHANNELS: Readonly<Record<string, Channel>> = {
  '-e name=value': { args: ['-e', `word='${SECRET}'`] },
  '-e with a plain value among others': { args: ['-e', `a=1 word=${PLAIN} b=2`] },
  '--extra-vars=name=value': { args: [`--extra-vars=word='${SECRET}'`] },
  'flags written together': { args: ['-De', `word='${SECRET}'`] },
  '-e as JSON': { args: ['-e', JSON.stringify({ word: SECRET })] },
  '-e as JSON with an escaped name': {
    args: ['-e', JSON.stringify({ word: SECRET }).replace('word', 'wo\\u0072d')],
  },
  '-e @file': { args: ['-e', '@given.yml'], files: { 'given.yml': `word: ${IN_YAML}\n` } },
  'a variable of the host': { files: { 'host_vars/localhost.yml': `word: ${IN_YAML}\n` } },
  'a variable of a group': { files: { 'group_vars/all.yml': `word: ${IN_YAML}\n` } },
  'a template of another variable': {
    files: { 'group_vars/all.yml': `word: "{{ from }}"\nfrom: ${IN_YAML}\n` },
  },
  'vars of the play': { play: play(`  vars: { word: '${SECRET}' }\n`) },
  vars_files: { play: play('  vars_files: [v.yml]\n'), files: { 'v.yml': `word: ${IN_YAML}\n` } },
  'vars_prompt, by its default': {
    play: play(`  vars_prompt: [{ name: word, private: false, default: '${SECRET}' }]\n`),
  },
  'its own default': {
    play: play().replace('description', `default: '${SECRET}', description`),
  },
  include_vars: {
    play: play().replace('  tasks:', '  tasks:\n    - include_vars: v.yml'),
    files: { 'v.yml': `word: ${IN_YAML}\n`, 'group_vars/all.yml': 'word: at first\n' },
  },
  'an argument of a role': {
    play: `- hosts: all\n  gather_facts: false\n  roles: [{ role: r, word: '${SECRET}' }]\n`,
    files: {
      'roles/r/meta/argument_specs.yml':
        'argument_specs: { main: { options: { word: { type: str, secret: true } } } }\n',
      'roles/r/tasks/main.yml': TASKS.replace(/^ {4}/gm, ''),
      'roles/r/templates/t.j2': 'x={{ word }}\n',
    },
  },
  'a default of a role that is included': {
    play: `- hosts: all\n  gather_facts: false\n  tasks: [{ include_role: { name: "{{ 'r' }}" } }]\n`,
    files: {
      'roles/r/meta/argument_specs.yml':
        'argument_specs: { main: { options: { word: { type: str, no_log: true } } } }\n',
      'roles/r/defaults/main.yml': `word: ${IN_YAML}\n`,
      'roles/r/tasks/main.yml': TASKS.replace(/^ {4}/gm, ''),
      'roles/r/templates/t.j2': 'x={{ word }}\n',
    },
  },
};

const BASE64 = Buffer.from(PLAIN).toString('base64').slice(0, 8);

describe('A secret input', function () {
  this.timeout(60_000);
  const home = process.cwd();
  let root = '';
  let given: Channel = {};
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'orch-secret-input-'));
    process.chdir(root);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(root, { recursive: true });
  });

  const lay = (channel: Channel): void => {
    given = channel;
    mkdirSync('out');
    const files = {
      hosts: 'localhost ansible_connection=local derived="<{{ word }}>"\n',
      't.j2': 'x={{ word }}\n',
      'play.yml': channel.play ?? play(),
      ...channel.files,
    };
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(root, file, '..'), { recursive: true });
      writeFileSync(file, text);
    }
  };

  /** What orch writes for a command line: to its streams, and in errors. */
  async function said(...words: readonly string[]): Promise<{ exit: number; text: string }> {
    // All of one graph of modules: what is masked is known to the program alone.
    const { runProgram } = await import('../../src/cli/program.ts');
    const { userErrors } = await import('../../src/cli/failure.ts');
    const { masked } = await import('../../src/cli/secrets.ts');
    let text = '';
    const io = {
      ...{ env: { ORCH_STATE_DIR: 'state', PATH: process.env['PATH'] }, cwd: root, words },
      ...{ terminal: false, colors: { out: false, err: false } },
      out: (more: string): unknown => (text += more),
      err: (more: string): unknown => (text += masked(more)),
    };
    try {
      return { exit: await runProgram(words, io), text };
    } catch (error) {
      if (!(error instanceof Error) || !/^OrchErrors?$/.test(error.name)) throw error;
      return { exit: 5, text: text + masked(userErrors(error as OrchError, io)) };
    }
  }

  const mine = (): ReadonlySet<string> =>
    new Set(['hosts', 'play.yml', 't.j2', ...Object.keys(given.files ?? {})]);

  /** All that a run wrote beside what it was asked to write. */
  const written = (): readonly string[] =>
    readdirSync('.', { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name))
      .filter((file) => !file.startsWith('out/') && !mine().has(file))
      .map((file) => readFileSync(file, 'utf8'));

  const shownIn = (text: string): readonly string[] =>
    text.split('\n').filter((line) => line.toLowerCase().includes(PLAIN) || line.includes(BASE64));

  for (const [name, channel] of Object.entries(CHANNELS)) {
    it(`given by ${name} is in nothing that a run writes`, async () => {
      lay(channel);
      const reports = ['md=r.md', 'junit=r.xml', 'json=r.json', 'html=r.html'].join(',');
      for (const output of ['human', 'ndjson', 'json']) {
        const words = ['run', 'play.yml', '-i', 'hosts', '-vvv', '--diff', '--output', output];
        const { exit, text } = await said(...words, '--report', reports, ...(channel.args ?? []));
        expect(exit, text).to.equal(2);
        expect(text)
          .to.contain('********')
          .and.match(/rescued|failed/);
        const all = written();
        expect(all.length).to.be.greaterThan(4);
        expect([text, ...all].flatMap(shownIn)).to.deep.equal([]);
      }
      const sent = readFileSync('out/file', 'utf8');
      expect(sent).to.contain(`key=2${PLAIN}`);
      expect(shownIn((await said('log', 'last', '-vvv')).text)).to.deep.equal([]);
    });

    it(`given by ${name} is in nothing that is said without a run`, async () => {
      lay(channel);
      const from = ['play.yml', '-i', 'hosts', ...(channel.args ?? [])];
      for (const words of [
        ['explain', 'word', ...from],
        ['explain', 'derived', ...from],
        ['explain', 'word', '--json', ...from],
        ['validate', ...from],
        ['doc', 'play.yml'],
        ['run', '--list-tasks', ...from],
        ['check', ...from, '-D'],
      ]) {
        const { text } = await said(...words);
        expect(shownIn(text), words.join(' ')).to.deep.equal([]);
      }
    });
  }

  it('tells nothing of itself where it is wrong', async () => {
    lay({
      play: `- hosts: all
  inputs:
    word: { type: list, secret: true }
    pin: { type: string, secret: true }
    one: { type: string, secret: true, choices: [a, b] }
  vars: { word: ${PLAIN}, pin: 70707070, one: ${PLAIN} }
  tasks: [{ debug: { msg: "{{ word.nope }}" } }]
`,
    });
    const { exit, text } = await said('run', 'play.yml', '-i', 'hosts');
    expect(exit).to.equal(5);
    expect(text).to.contain('input word of host localhost must be a list, is ********');
    expect(text).to.contain('input pin of host localhost must be a string, is ********');
    expect(text).to.contain('input one of host localhost must be one of a, b, is ********');
    expect(shownIn(text)).to.deep.equal([]);
    expect(text).not.to.contain('70707070');
    expect((await said('validate', 'play.yml', '-i', 'hosts')).text).not.to.match(/hush-7|7070/);
  });

  it('is what it is typed as: numbers, lists and maps', async () => {
    lay({
      play: `- hosts: all
  gather_facts: false
  inputs:
    pin: { type: integer, secret: true }
    words: { type: list, secret: true }
    tree: { type: map, secret: true }
    open: { type: string, default: shown }
  tasks:
    - assert: { that: [pin + 1 == 70707071, words | length == 2, "tree.a.b == 'hush-7-b'"] }
    - debug: { msg: "{{ pin }} and {{ words | join(',') }} and {{ tree }}" }
    - debug: { msg: "and {{ open }}" }
    - debug: { var: pin }
`,
    });
    const args = [
      '-e',
      'pin=70707070 words=hush-7,hush-7x',
      '-e',
      '{"tree": {"a": {"b": "hush-7-b"}}}',
    ];
    for (const output of ['human', 'ndjson']) {
      const words = ['run', 'play.yml', '-i', 'hosts', '--output', output, ...args];
      const { exit, text } = await said(...words);
      expect(exit, text).to.equal(0);
      expect(text).not.to.match(/70707070|hush-7/);
      expect(output === 'human' ? text : 'and shown').to.contain('and shown');
      expect(written().join('\n')).not.to.match(/70707070|hush-7/);
    }
  });

  it('of which only a part is secret leaves the rest in sight', async () => {
    lay({
      play: `- hosts: all\n  gather_facts: false\n  roles: [{ role: r, db: { host: db7.example, users: [{ name: ann, word: ${PLAIN} }] } }]\n`,
      files: {
        'roles/r/meta/argument_specs.yml': `argument_specs: { main: { options: { db: { type: dict, options: {
  host: { type: str }, users: { type: list, elements: dict, options: { name: { type: str }, word: { type: str, no_log: true } } } } } } } }\n`,
        'roles/r/tasks/main.yml': '- debug: { var: db }\n',
      },
    });
    const { exit, text } = await said('run', 'play.yml', '-i', 'hosts');
    expect(exit, text).to.equal(0);
    expect(text).to.contain('db7.example').and.contain('ann');
    expect(shownIn(text)).to.deep.equal([]);
  });

  it('cannot be true or false', async () => {
    lay({ play: '- hosts: all\n  inputs: { on: { type: boolean, secret: true } }\n' });
    expect((await said('validate', 'play.yml')).text).to.match(
      /INPUT_INVALID.*"on" is true or false: that is no secret[^]*play\.yml:2:34/,
    );
  });

  it('keeps its value out of the journal, and a run that goes on asks for it again', async () => {
    lay({ play: play().replace(/ {4}- fail[^]*/, '    - command: "false"\n') });
    await said('run', 'play.yml', '-i', 'hosts', '-b', '-De', 'word=ab', '-e', 'a=b');
    const [run = ''] = readdirSync('state/runs');
    const [first = ''] = readFileSync(`state/runs/${run}/events.ndjson`, 'utf8').split('\n');
    const { command } = JSON.parse(first) as { command: { words: readonly string[] } };
    expect(command.words.slice(4)).to.deep.equal(['-b', '-De', 'word=********', '-e', 'a=b']);
    const { text } = await said('resume', 'last');
    expect(text).to.contain('does not keep the values of its -e');
  });

  it('is asked for without showing it, nor its default', () => {
    lay({
      play: play(
        `  vars_prompt: [{ name: word, prompt: Word, private: false, default: ${PLAIN}-default }]\n`,
      ),
    });
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    const tsx = new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
    const orch = [process.execPath, `--import=${tsx}`, main];
    const args = [...orch, 'run', 'play.yml', '-i', 'hosts', '-vvv', '--diff'];
    const { stdout } = spawnSync('python3', ['-c', AT_TERMINAL, `${PLAIN}-typed`, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ORCH_STATE_DIR: 'state' },
    });
    expect(stdout).to.contain('Word [********]:');
    expect(readFileSync('out/file', 'utf8')).to.equal(`key=2${PLAIN}-typed\n`);
    expect([stdout, ...written()].flatMap(shownIn)).to.deep.equal([]);
  });
});

/** Runs a command at a terminal of its own, types one line when it is asked, and prints all that it showed. */
const AT_TERMINAL = `
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown, typed = b'', False
while True:
    try:
        more = os.read(fd, 65536)
    except OSError:
        break
    if not more:
        break
    shown += more
    if not typed and b']: ' in shown:
        time.sleep(0.3)
        os.write(fd, sys.argv[1].encode() + b'\\r')
        typed = True
os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
`;
