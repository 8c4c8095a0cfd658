import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { Io } from '../../../src/cli/io.ts';
import { runProgram } from '../../../src/cli/program.ts';

const home = process.cwd();
let cwd: string;

/** Runs a whole command line in the directory of the test. */
async function orch(line: string): Promise<{ exit: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const io: Io = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    env: { HOME: cwd },
    cwd,
    terminal: false,
    colors: { out: false, err: false },
  };
  const exit = await runProgram(line.split(' '), io);
  return { exit, out, err };
}

const refusal = (line: string): Promise<unknown> =>
  orch(line).then(
    ({ out }) => out,
    (error: unknown) => (error instanceof Error ? error.message : error),
  );

const INVENTORY = `web:
  hosts:
    a: {port: 80}
    b:
  vars: {zone: dmz, ansible_password: hunter22}
  children:
    edge: {hosts: {c: }}
lone: {hosts: {d: }}
`;

const PLAYBOOK = `- name: first
  hosts: web:!c
  tags: [base]
  tasks: []
- hosts: lone
  tasks: []
`;

describe('verbs', () => {
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'orch-verbs-'));
    mkdirSync(join(cwd, 'inventories'));
    writeFileSync(join(cwd, 'inventories/prod.yml'), INVENTORY);
    writeFileSync(join(cwd, 'site.yml'), PLAYBOOK);
    process.chdir(cwd);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(cwd, { recursive: true });
  });

  it('a task to start at that no play has is told before anything runs', async () => {
    const task = (name: string): string => `    - { name: ${name}, debug: { msg: x } }\n`;
    writeFileSync(
      join(cwd, 'start.yml'),
      `- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n${task('ones')}${task('twos')}`,
    );
    expect(await refusal('run start.yml -i prod --start-at-task one')).to.equal(
      '--start-at-task: no task is called "one". Did you mean "ones"?',
    );
    const { exit, out } = await orch('run start.yml -i prod --start-at-task t*');
    expect(exit).to.equal(0);
    expect(out).to.include('TASK [twos]').and.not.include('TASK [ones]');
  });

  it('inventory --graph draws groups and hosts; the only inventory needs no -i', async () => {
    const { out } = await orch('inventory --graph');
    expect(out).to.equal(
      [
        '@all:',
        '  |--@ungrouped:',
        '  |--@web:',
        '  |  |--@edge:',
        '  |  |  |--c',
        '  |  |--a',
        '  |  |--b',
        '  |--@lone:',
        '  |  |--d',
        '',
      ].join('\n'),
    );
  });

  it('inventory --list has the shape of ansible-inventory, --limit applied', async () => {
    const { out } = await orch('inventory --list -i prod -l a,c');
    expect(JSON.parse(out)).to.deep.equal({
      _meta: {
        hostvars: {
          a: { ansible_password: 'hunter22', port: 80, zone: 'dmz' },
          c: { ansible_password: 'hunter22', zone: 'dmz' },
        },
      },
      all: { children: ['ungrouped', 'web', 'lone'] },
      web: { children: ['edge'], hosts: ['a'] },
      edge: { hosts: ['c'] },
    });
  });

  it('inventory writes into a file, its JSON with the keys in order', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'orch-inventory-')), 'list.json');
    expect((await orch(`inventory --list -i prod --output ${file}`)).out).to.equal('');
    const { out } = await orch('inventory --list -i prod');
    expect(readFileSync(file, 'utf8')).to.equal(out);
    expect(Object.keys(JSON.parse(out) as object)).to.deep.equal([
      '_meta',
      'all',
      'edge',
      'lone',
      'web',
    ]);
    expect(await refusal(`inventory --list --output ${file}/x`)).to.match(
      /cannot be written: what stands before the last slash is no directory$/,
    );
    rmSync(dirname(file), { recursive: true });
  });

  it('inventory --host shows the variables of one, -e on top', async () => {
    const { out } = await orch('inventory --host a -e zone=public');
    expect(JSON.parse(out)).to.include({ port: 80, zone: 'public' });
    expect(await refusal('inventory --host bb')).to.equal('there is no host bb. Did you mean "b"?');
  });

  it('run --list-hosts lists as ansible-playbook does', async () => {
    const { out } = await orch('run site.yml --list-hosts');
    expect(out).to.equal(
      [
        '',
        'playbook: site.yml',
        '',
        '  play #1 (web:!c): first\tTAGS: [base]',
        "    pattern: ['web:!c']",
        '    hosts (2):',
        '      a',
        '      b',
        '',
        '  play #2 (lone): lone\tTAGS: []',
        "    pattern: ['lone']",
        '    hosts (1):',
        '      d',
        '',
      ].join('\n'),
    );
  });

  it('run --list-hosts knows hosts that templates name', async () => {
    writeFileSync(
      'site.yml',
      `- hosts: "{{ where }}"
  name: On {{ where }} for {{ who }}
  vars: {who: me}
- hosts: "{{ [groups.web[1], 'lone'] }}"
  name: second
- hosts: "{{ hostvars['a'].later }}"
  name: third
`,
    );
    const { out } = await orch('run site.yml --list-hosts -e where=lone');
    expect(out).to.equal(
      [
        '',
        'playbook: site.yml',
        '',
        '  play #1 (lone): On lone for me\tTAGS: []',
        "    pattern: ['lone']",
        '    hosts (1):',
        '      d',
        '',
        '  play #2 (b,lone): second\tTAGS: []',
        "    pattern: ['b', 'lone']",
        '    hosts (2):',
        '      b',
        '      d',
        '',
        "  play #3 ({{ hostvars['a'].later }}): third\tTAGS: []",
        "    pattern: ['{{ hostvars['a'].later }}']",
        '    hosts (0):',
        '',
      ].join('\n'),
    );
    expect(await refusal('run site.yml --list-hosts')).to.contain('"where" is not defined');
  });

  it('run touches no host where a template leaves nothing of the pattern', async () => {
    writeFileSync('site.yml', '- hosts: "{{ where | default([]) }}"\n  tasks: [{debug: }]\n');
    expect(await refusal('run site.yml')).to.equal('The pattern is empty: it names no host.');
  });

  it('validate tells what is fine', async () => {
    expect(await orch('validate site.yml -i prod')).to.deep.equal({
      exit: 0,
      out: 'ok: site.yml\nok: prod\n',
      err: '',
    });
  });

  it('validate tells all that is wrong with all files at once', async () => {
    writeFileSync(join(cwd, 'bad.yml'), '- hosts: all\n  taks: []\n');
    expect(await refusal('validate bad.yml nope.yml')).to.match(/taks[^]*nope\.yml/);
  });

  it('wants an inventory named when there are several', async () => {
    writeFileSync(join(cwd, 'inventories/lab.yml'), INVENTORY);
    expect(await refusal('run site.yml')).to.equal('no inventory was named');
  });

  it('runs, with reports in files and the journal beside the project', async () => {
    const { exit, out } = await orch(
      'check site.yml -c local --report md=review.md,junit=review.xml --report json=review.json',
    );
    expect(exit).to.equal(0);
    expect(out).to.include('PLAY [first] ****').and.include('PLAY RECAP ****');
    expect(readFileSync('review.md', 'utf8')).to.match(
      /^## orch check: `site.yml` on `inventories\/prod.yml`\n/,
    );
    expect(readFileSync('review.xml', 'utf8')).to.include('<testsuite name="first"');
    expect(JSON.parse(readFileSync('review.json', 'utf8'))).to.include({
      format: 'orch-run',
      exit: 0,
    });
  });

  it('refuses a report that cannot be written before it runs anything', async () => {
    expect(await refusal('check site.yml --report md=no/such/dir.md')).to.match(
      /^--report md=no\/such\/dir.md cannot be written/,
    );
  });

  it('prints event lines and nothing else with --output ndjson', async () => {
    const { out, err } = await orch('run site.yml --output ndjson');
    const types = out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types[0]).to.equal('run-started');
    expect(types.at(-1)).to.equal('run-ended');
    expect(err).to.equal('');
  });

  it('explains the playbook language and the inputs of a playbook', async () => {
    expect((await orch('doc playbook')).out).to.include('\n- any_errors_fatal  (true or false)\n');
    writeFileSync(
      join(cwd, 'in.yml'),
      '- hosts: all\n  inputs:\n    port: {type: integer, description: The port., default: 80}\n  tasks: []\n',
    );
    expect((await orch('doc in.yml')).out).to.include(
      '- port  (integer)\n    The port.\n    default: 80\n',
    );
  });

  it('tells of an extra variable that is a slip of the pen for an input', async () => {
    writeFileSync(
      join(cwd, 'in.yml'),
      '- hosts: a\n  gather_facts: false\n  inputs:\n    zone_name: {type: string, description: The zone., default: dmz}\n  tasks: []\n',
    );
    const run = async (name: string): Promise<string> => {
      const { exit, out, err } = await orch(`run in.yml -i prod -e ${name}=x`);
      expect(exit, out + err).to.equal(0);
      return out + err;
    };
    expect(await run('zone_nmae')).to.include(
      '-e zone_nmae: no play has an input of this name. Did you mean "zone_name"?',
    );
    for (const fine of ['zone_name', 'zone_names', 'port']) {
      expect(await run(fine)).to.not.include('Did you mean');
    }
  });

  it('prints published schemas', async () => {
    const { out } = await orch('schema event');
    expect(JSON.parse(out)).to.have.property('$id', 'urn:orch:schema:event:1');
    expect(await refusal('schema evnt')).to.equal('there is no schema evnt. Did you mean "event"?');
  });
});
