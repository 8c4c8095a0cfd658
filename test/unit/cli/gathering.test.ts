import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { textReads } from '../../../src/analyze/reads-facts.ts';
import { factVars } from '../../../src/engine/host-facts.ts';
import { runProgram } from '../../../src/cli/program.ts';

interface Event {
  readonly type: string;
  readonly task?: { readonly name: string };
  readonly outcome?: { readonly kind: string; readonly message?: string };
  readonly trips?: number;
}

/** What a playbook on this machine told: messages of its tasks by name, and trips. */
async function told(play: string, files: Record<string, string> = {}): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'orch-gather-'));
  const home = process.cwd();
  process.chdir(root);
  try {
    for (const [name, text] of Object.entries({ 'play.yml': play, ...files })) {
      writeFileSync(name, text);
      if (text.startsWith('#!')) chmodSync(name, 0o755);
    }
    let out = '';
    const io = {
      ...{ env: { ORCH_STATE_DIR: root, PATH: process.env['PATH'] }, cwd: root, terminal: false },
      ...{ colors: { out: false, err: false }, err: () => undefined },
      out: (text: string) => (out += text),
    };
    await runProgram(
      ['run', 'play.yml', '-i', 'localhost,', '-c', 'local', '--output', 'ndjson'],
      io,
    );
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    return events.flatMap(({ type, task, outcome, trips }) =>
      type === 'task-ended'
        ? [`${task?.name}: ${outcome?.message ?? outcome?.kind}`]
        : type === 'host-ended'
          ? [`trips: ${trips}`]
          : [],
    );
  } finally {
    process.chdir(home);
    rmSync(root, { recursive: true });
  }
}

describe('Facts of a play', function () {
  this.timeout(60_000);

  it('are gathered when something reads them, in the first trip', async () => {
    expect(
      await told(
        '- hosts: all\n  tasks:\n    - debug: {msg: "{{ ansible_nodename }} {{ ansible_facts.nodename }} {{ ansible_facts[\'system\'] }}"}\n',
      ),
    ).to.deep.equal([
      'Gathering Facts: ok',
      `debug: ${hostname()} ${hostname()} Linux`,
      'trips: 1',
    ]);
  });

  it('are gathered when a condition, a variable of the inventory or a default reads them', async () => {
    for (const play of [
      '- hosts: all\n  tasks:\n    - {debug: {msg: x}, when: ansible_system == "Linux"}\n',
      '- hosts: all\n  vars: {s: "{{ ansible_system }}"}\n  tasks:\n    - debug: {msg: x}\n',
    ])
      expect(await told(play)).to.deep.equal(['Gathering Facts: ok', 'debug: x', 'trips: 1']);
  });

  it('are only asked for an answer when nothing reads them, and not at all when the play forbids it', async () => {
    const quiet = '- hosts: all\n  tasks:\n    - debug: {msg: "{{ ansible_check_mode }}"}\n';
    expect(await told(quiet)).to.deep.equal(['Gathering Facts: ok', 'debug: false', 'trips: 1']);
    const forbidden =
      '- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {msg: "{{ ansible_system | default(\'none\') }}"}\n';
    expect(await told(forbidden)).to.deep.equal(['debug: none', 'trips: 0']);
  });

  it('come from setup too, add up, and are never templates', async () => {
    const play = `- hosts: all
  gather_facts: false
  vars: {secret: hidden}
  tasks:
    - setup: {gather_subset: ['!all'], filter: ansible_system}
    - setup: {gather_subset: ['!all'], filter: ansible_local, fact_path: .}
      register: r
    - debug: {msg: "{{ ansible_facts.system }} {{ ansible_local.evil.x }} {{ r.ansible_facts.ansible_local.evil.x }}"}
    - set_fact: {again: "{{ ansible_local.evil.x }}"}
    - debug: {msg: "{{ again }}"}
    - debug: {msg: "{{ item }}"}
      loop: "{{ ansible_local.evil.list }}"
`;
    const evil = '#!/bin/sh\necho \'{"x": "{{ secret }}", "list": ["{{ 1 + 1 }}"]}\'\n';
    const said = await told(play, { 'evil.fact': evil });
    expect(said.filter((line) => line.startsWith('debug'))).to.deep.equal([
      'debug: Linux {{ secret }} {{ secret }}',
      'debug: {{ secret }}',
      'debug: {{ 1 + 1 }}',
    ]);
  });
});

describe('What reads facts', () => {
  for (const [text, reads] of [
    ['{{ ansible_hostname }}', true],
    ['ansible_facts.x', true],
    ["hostvars['a'].b", true],
    ['{{ vars[name] }}', true],
    ['{{ ansible_ssh_host_key_rsa_public }}', true],
    ['{{ ansible_eth3.ipv4.address }}', true],
    ['{{ ansible_host }} {{ ansible_user }}', false],
    ['{{ ansible_check_mode }} {{ ansible_play_hosts }}', false],
    ['{{ my_ansible }} vars', false],
    ['no variable', false],
  ] as const)
    it(`${text}: ${reads ? 'yes' : 'no'}`, () => expect(textReads(text)).to.equal(reads));
});

describe('factVars', () => {
  it('keeps what was known, and names each fact', () => {
    const first = factVars({ a: 1, module_setup: true }, undefined);
    expect(first).to.deep.equal({ ansible_facts: { a: 1, module_setup: true }, ansible_a: 1 });
    const before = { value: first['ansible_facts'] ?? null };
    expect(factVars({ b: 2 }, before)['ansible_facts']).to.deep.equal({
      ...{ a: 1, module_setup: true, b: 2 },
    });
  });
});
