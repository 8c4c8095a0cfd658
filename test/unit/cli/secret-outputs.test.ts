import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runProgram } from '../../../src/cli/program.ts';
import { seal } from '../../../src/cli/vault-cipher.ts';
import { writeEnvelope } from '../../../src/lib/vault-text.ts';
import { Secret } from '../../../src/model/value.ts';

const SECRET = 'topsecretvalue';
const PLAY = `- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: "x {{ db }} y {{ db | b64encode }} {{ whole }}"}
    - command: "echo {{ db }}"
      register: r
    - debug: {var: r}
    - set_fact: {copy: "{{ db }}!"}
    - debug: {msg: "{{ copy }} {{ r.stdout | upper }} {{ [db] | to_json }}"}
    - debug: {msg: "{{ item }}"}
      loop: ["{{ db }}", "{{ hostvars[inventory_hostname].db }}"]
    - assert: {that: "db == 'wrong'", fail_msg: "no {{ db }}"}
      ignore_errors: true
    - fail: {msg: "fail {{ r.stdout }}"}
`;

describe('A vaulted value in a run', function () {
  this.timeout(60_000);
  const home = process.cwd();
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'orch-secret-run-'));
    process.chdir(root);
    const vaulted = writeEnvelope(seal(SECRET, new Secret('swordfish'), undefined)).trimEnd();
    mkdirSync('group_vars');
    writeFileSync('pass', 'swordfish\n');
    writeFileSync('hosts', 'localhost ansible_connection=local\n');
    writeFileSync('group_vars/all.yml', `db: !vault |\n${vaulted.replace(/^/gm, '  ')}\n`);
    const file = writeEnvelope(
      seal(`whole: in-${SECRET}-file\n`, new Secret('swordfish'), undefined),
    );
    mkdirSync('host_vars');
    writeFileSync('host_vars/localhost.yml', file);
    writeFileSync('play.yml', PLAY);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(root, { recursive: true });
  });

  for (const output of ['human', 'ndjson', 'json']) {
    it(`is in nothing that is written: ${output}, reports, journal`, async () => {
      let said = '';
      const take = (text: string): unknown => (said += text);
      const io = {
        ...{ env: { ORCH_STATE_DIR: 'state', PATH: process.env['PATH'] }, cwd: root },
        ...{ terminal: false, colors: { out: false, err: false }, out: take, err: take },
      };
      const flags = `-vvv --diff --output ${output} --report md=r.md,junit=r.xml,json=r.json`;
      const line = `run play.yml -i hosts --vault-password-file pass ${flags}`;
      expect(await runProgram(line.split(' '), io)).to.equal(2);
      expect(said).to.contain('********');
      const written = readdirSync('.', { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== 'play.yml' && entry.name !== 'pass')
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
      expect(written.length).to.be.greaterThan(5);
      const base64 = Buffer.from(SECRET).toString('base64').slice(0, 16);
      for (const text of [said, ...written]) {
        expect(text.toLowerCase()).not.to.contain(SECRET);
        expect(text).not.to.contain(base64);
        expect(text).not.to.contain('swordfish');
      }
    });
  }
});
