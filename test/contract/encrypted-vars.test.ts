import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runProgram } from '../../src/cli/program.ts';
import { seal } from '../../src/cli/vault-cipher.ts';
import { writeEnvelope } from '../../src/lib/vault-text.ts';
import { Secret } from '../../src/model/value.ts';

/**
 * All texts of an encrypted file are secret, also those that nobody would hide: folders, names, states, addresses. They
 * have to work wherever a text may stand.
 */
const TASKS = `
    - file: { path: "{{ dir }}/sub", state: "{{ folder }}", mode: "{{ dir_mode }}" }
    - copy: { content: "{{ text }}\\n", dest: "{{ dir }}/sub/{{ name }}", mode: "{{ mode }}", owner: "{{ who }}" }
    - copy: { src: "{{ source }}", dest: "{{ dir }}/copied", backup: "{{ yes_ }}" }
    - template: { src: "{{ source }}", dest: "{{ dir }}/templated", mode: "{{ mode }}" }
    - lineinfile: { path: "{{ dir }}/sub/{{ name }}", regexp: "^{{ key }}=", line: "{{ key }}={{ text }}", insertafter: "{{ eof }}" }
    - blockinfile: { path: "{{ dir }}/sub/{{ name }}", block: "{{ text }}", marker: "{{ marker }}" }
    - replace: { path: "{{ dir }}/sub/{{ name }}", regexp: "{{ key }}=", replace: "{{ key }}: " }
    - stat: { path: "{{ dir }}/sub/{{ name }}" }
      register: found
    - assert: { that: ["found.stat.exists", "found.stat.mode == mode", "name in found.stat.path"], fail_msg: "{{ text }}" }
    - find: { paths: ["{{ dir }}"], patterns: "{{ name }}*", recurse: true }
      register: all
    - slurp: { src: "{{ dir }}/sub/{{ name }}" }
    - fetch: { src: "{{ dir }}/sub/{{ name }}", dest: "{{ dir }}/fetched/", flat: "{{ yes_ }}" }
    - command: { cmd: "{{ program }} {{ text }}", chdir: "{{ dir }}", creates: "{{ dir }}/never" }
      register: said
    - command: { argv: ["{{ program }}", "{{ text }}"] }
    - shell: { cmd: "cat; {{ program }} {{ text }}", stdin: "{{ text }}", executable: "{{ shell }}" }
    - raw: "{{ program }} {{ text }} >{{ dir }}/raw"
    - script: "{{ source }} {{ text }}"
      when: false
    - uri: { url: "{{ web }}", headers: { X-Token: "{{ text }}" }, body: { token: "{{ text }}" }, body_format: "{{ json }}", method: "{{ post }}" }
    - get_url: { url: "{{ web }}", dest: "{{ dir }}/got" }
    - tempfile: { path: "{{ dir }}", suffix: "{{ name }}" }
    - wait_for: { path: "{{ dir }}/got", timeout: 3 }
    - assemble: { src: "{{ dir }}/sub", dest: "{{ dir }}/whole" }
    - cron: { name: "{{ name }}", job: "{{ program }}", state: "{{ absent }}", cron_file: "{{ cron }}", user: "{{ who }}" }
    - user: { name: "{{ nobody_here }}", state: "{{ absent }}" }
    - group: { name: "{{ nobody_here }}", state: "{{ absent }}" }
    - authorized_key: { user: "{{ who }}", key: "{{ public }}", state: "{{ absent }}", path: "{{ dir }}/keys" }
    - set_fact: { "made_of_{{ key }}": "{{ text | upper }}", cacheable: false }
    - debug: { var: "made_of_{{ key }}" }
    - include_vars: { file: "{{ dir }}/more.yml" }
    - include_tasks: "{{ dir }}/more-tasks.yml"
    - add_host: { name: "{{ name }}", groups: ["{{ key }}"] }
    - group_by: { key: "by_{{ key }}" }
    - command: "{{ program }}"
      become: true
      become_user: "{{ who }}"
      environment: { TOKEN: "{{ text }}" }
      loop: ["{{ text }}", "{{ name }}"]
      loop_control: { label: "{{ item }}" }
      when: name == item or text == item
      changed_when: "'{{ name }}' in item"
      delegate_to: "{{ here }}"
    - name: "a task called {{ name }}"
      meta: "{{ noop }}"
      when: mode is defined
`;

const VARS = (dir: string, web: string): Readonly<Record<string, string>> => ({
  ...{
    dir,
    web,
    folder: 'directory',
    dir_mode: '0750',
    mode: '0640',
    who: 'root',
    name: 'thing-7',
  },
  ...{ text: 'hush-hush-7', source: 'source.txt', yes_: 'yes', key: 'kk', eof: 'EOF' },
  ...{ marker: '## {mark} mine', program: 'echo', shell: '/bin/sh', json: 'json', post: 'POST' },
  ...{ absent: 'absent', cron: 'orch-none', nobody_here: 'orch-nobody', here: 'localhost' },
  public: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGbM2FyLJxR8yCJzGCmEnrbjx8Y6eSWlA4pa5rhPDQg0 me',
  noop: 'noop',
});

describe('variables of an encrypted file', function () {
  this.timeout(60_000);
  let [root, home] = ['', ''];
  let server: Server;
  let web = '';
  before(async () => {
    server = createServer((_, response) => response.end('{"ok": true}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    web = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
  });
  after(() => server.close());
  beforeEach(() => {
    home = process.cwd();
    root = mkdtempSync(join(tmpdir(), 'orch-encrypted-'));
    process.chdir(root);
    mkdirSync('group_vars');
    mkdirSync('dir');
    const vars = VARS(join(root, 'dir'), web);
    const text = Object.entries(vars)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
      .join('');
    const key = new Secret('swordfish');
    writeFileSync('group_vars/all.yml', writeEnvelope(seal(text, key, undefined)));
    writeFileSync('pass', 'swordfish\n');
    writeFileSync('hosts', 'localhost ansible_connection=local\n');
    writeFileSync('source.txt', '{{ text }}\n');
    writeFileSync('dir/more.yml', 'more: "{{ name }}"\n');
    writeFileSync('dir/more-tasks.yml', '- debug: { msg: "{{ name }}" }\n');
    writeFileSync('play.yml', `- hosts: all\n  gather_facts: false\n  tasks:\n${TASKS}`);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(root, { recursive: true });
  });

  async function orch(...words: string[]): Promise<{ exit: number; said: string }> {
    let said = '';
    const take = (text: string): unknown => (said += text);
    const io = {
      ...{ env: { ORCH_STATE_DIR: join(root, 'state'), PATH: process.env['PATH'] }, cwd: root },
      ...{ terminal: false, colors: { out: false, err: false }, out: take, err: take },
    };
    const flags = ['-i', 'hosts', '--vault-password-file', 'pass', '-vvv', '--diff'];
    const exit = await runProgram([...words, 'play.yml', ...flags], io);
    return { exit, said };
  }

  for (const verb of ['check', 'run'])
    it(`may stand wherever a text may, and are shown nowhere: ${verb}`, async () => {
      const { exit, said } = await orch(verb);
      expect(exit, said).to.equal(0);
      expect(said).to.contain('********');
      for (const secret of ['hush-hush-7', 'HUSH-HUSH-7', 'thing-7', 'orch-nobody'])
        expect(said).not.to.contain(secret);
      if (verb === 'check') return;
      expect(readFileSync('dir/sub/thing-7', 'utf8')).to.match(/^kk: hush-hush-7$/m);
      expect(statSync('dir/sub/thing-7').mode & 0o777).to.equal(0o640);
      expect(readFileSync('dir/templated', 'utf8')).to.equal('hush-hush-7\n');
      expect(readFileSync('dir/raw', 'utf8')).to.equal('hush-hush-7\n');
      const again = await orch('run');
      expect(again.exit, again.said).to.equal(0);
    });
});
