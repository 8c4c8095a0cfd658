import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { seal } from '../../src/cli/vault-cipher.ts';
import { Secret } from '../../src/model/value.ts';
import { startSshd, type Sshd } from '../contract/sshd.ts';
import { type Case, must, project, room, start, until } from './harness.ts';
import { journalText, processes, readText, Search, systemLog } from './secret-places.ts';

const HOSTS = 5;
const NAMES = ['ansible_password', 'db_password', 'token', 'web_password'] as const;
const KEY = 'the key of the vault';
const USER = `orch-f14-${process.pid % 10_000}-`;
const RULES = `/etc/sudoers.d/${USER}x`;

/** A value as ansible-vault writes it. */
function vaulted(text: string): string {
  const { salt, hmac, cipher } = seal(text, new Secret(KEY), undefined);
  const inner = [salt, hmac, cipher].map((part) => part.toString('hex')).join('\n');
  const hex = Buffer.from(inner).toString('hex').replace(/.{80}/g, '$&\n').trim();
  return `!vault |\n${`$ANSIBLE_VAULT;1.1;AES256\n${hex}`.replace(/^/gm, '  ')}\n`;
}

/**
 * Tasks that use every password as passwords are used: to log in, for sudo, in files, in requests, in loops and in errors;
 * then a task prints all of them, and one fails with them. What a user writes on a command line himself is his.
 */
const tasks = (dest: string, web: string): string => `
    - name: in a file
      copy: { dest: "${dest}/{{ inventory_hostname }}.conf", content: "password = {{ db_password }}\\n", mode: "0600" }
    - name: in a line
      lineinfile: { path: "${dest}/{{ inventory_hostname }}.conf", line: "token = {{ token }}" }
    - name: in a template
      template: { src: t.j2, dest: "${dest}/{{ inventory_hostname }}.t", mode: "0600" }
    - name: in a request
      uri: { url: "${web}", url_username: me, url_password: "{{ web_password }}", return_content: true, status_code: [200, 401] }
      register: answer
    - name: in a loop
      shell: |
        test -n '{{ item | b64encode }}'
      loop: ["{{ token }}", "{{ db_password | b64encode }}"]
    - name: a value that is no mode
      file: { path: "${dest}/{{ inventory_hostname }}.conf", mode: "{{ token }}" }
      ignore_errors: true
    - name: a text that is no JSON
      set_fact: { parsed: "{{ (token ~ ':') | from_json }}" }
      ignore_errors: true
    - name: an assertion
      assert: { that: "token == db_password", fail_msg: "{{ token }} is not {{ db_password }}" }
      ignore_errors: true
    - name: prints
      shell: |
        cat <<'END'
${NAMES.map((name) => `        {{ ${name} }}`).join('\n')}
        END
        sleep 1
      register: r
    - debug: { msg: "{{ r.stdout }} {{ answer }}" }
    - debug: { var: r }
    - set_fact: { kept: "{{ r.stdout }}" }
    - name: fails
      shell: |
        cat >&2 <<'END'
        {{ kept }}
        END
        exit 3
`;

/** Throws an error that holds every secret when it is told to: as a bug in orch may. */
const CRASH = `import { readFileSync } from 'node:fs';
process.on('SIGUSR2', () => { throw new Error('oops: ' + readFileSync(process.env.SECRETS, 'utf8')); });
`;

/** Twenty secrets, every channel. */
export const SECRETS: readonly Case[] = [
  {
    id: 'F14',
    fault:
      '20 secrets in runs that log in, become root, write, request, print and fail with them, and one that crashes',
    bar:
      'found 0 times: output at every verbosity, -D, ndjson, json, reports, journal, check, crash report; every program started and its environment, on both ends; ' +
      "logs of sshd (DEBUG3), sudo and the host's syslog; files left behind",
    run: async () => {
      const end: (() => void)[] = [];
      try {
        return await attempt(end);
      } finally {
        for (const one of end.reverse()) one();
      }
    },
  },
];

async function attempt(end: (() => void)[]): Promise<string> {
  const cores = Array.from({ length: HOSTS * NAMES.length }, () => randomBytes(9).toString('hex'));
  // A login password goes through programs of the test that take no quotes; the others hold what has to be escaped.
  const secretOf = (i: number): string =>
    i % NAMES.length === 0 ? `s3cret-${cores[i]}` : `p'q"r$s\\t&<u>%-${cores[i]}`;
  const search = new Search(cores);
  const host = await hostWithUsers(secretOf, end);
  const web = await webThatTells(cores.length, secretOf, end);
  const names = Array.from({ length: HOSTS }, (_, i) => `web${i}`);
  const dest = room();
  const { args: words, dir } = project(
    Object.fromEntries(
      names.map((name, i) => [
        name,
        {
          sshd: host.sshd,
          vars: {
            ansible_user: `${USER}${i}`,
            ansible_ssh_private_key_file: '',
            ansible_become_password: '{{ ansible_password }}',
          },
        },
      ]),
    ),
    tasks(dest, web),
    '  become: true\n',
  );
  mkdirSync(join(dir, 'host_vars'));
  for (const [i, name] of names.entries()) {
    const own = NAMES.map((key, n) => `${key}: ${vaulted(secretOf(i * NAMES.length + n))}`);
    writeFileSync(join(dir, 'host_vars', `${name}.yml`), own.join(''));
  }
  writeFileSync(join(dir, 't.j2'), '{{ db_password }} {{ token }}\n');
  writeFileSync(join(dir, 'key'), KEY);
  const args = [...words, '--vault-password-file', join(dir, 'key')];
  const log = systemLog(end);
  const out = room();
  const reports = ['md', 'html', 'junit', 'json'].map((kind) => `${kind}=${join(out, kind)}`);
  const traced = join(out, 'strace');
  for (const [i, more] of [
    [],
    ['-v', '--diff', '--report', reports.join(',')],
    ['-vv'],
    ['-vvv'],
    ['-vvvv', '--diff'],
    ['--output', 'ndjson', '-vv'],
    ['--output', 'json'],
    ['--check', '--diff'],
  ].entries()) {
    for (const file of ['conf', 't'])
      for (const name of names) rmSync(join(dest, `${name}.${file}`), { force: true });
    const run = start([...args, ...more], {}, i === 0 ? trace(traced) : []);
    while (run.child.exitCode === null) {
      if (i === 2) search.look('processes and environments, both ends', processes());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const ended = await run.ended;
    must(more.includes('--check') || ended.exit === 2, `exit ${ended.exit}: ${ended.out}`);
    search.look(`output ${more.join(' ')}`, ended.out);
    search.look(`journal ${more.join(' ')}`, journalText(run.state));
  }
  for (const kind of ['md', 'html', 'junit', 'json'])
    search.look(`report ${kind}`, readText(join(out, kind)));
  await crash(
    args,
    cores.map((_, i) => secretOf(i)),
    search,
  );
  const programs = readText(traced);
  must(/execve/.test(programs), 'no program was seen here');
  search.look('programs started here', programs);
  const there = readText(host.traced);
  must(/execve\(.*sudo/.test(there), 'no program was seen on the host');
  search.look('programs started on the host', there);
  const logs = { sshd: readText(join(host.sshd.dir, 'log')), sudo: readText(host.sudoLog) };
  must(/Accepted password for/.test(logs.sshd), 'sshd wrote no log');
  must(/COMMAND=/.test(logs.sudo), 'sudo wrote no log');
  search.look('log of sshd', logs.sshd);
  search.look('log of sudo', logs.sudo);
  const system = log();
  must(/sudo/.test(system), 'there is no system log');
  search.look('log of the host', system);
  search.lookForFiles([dest, join(dir, 'secrets')]);
  search.verdict();
  return `0 in ${search.places} places`;
}

/** The words that note every program a process and its children start, with its arguments and environment. */
const trace = (file: string): readonly string[] => [
  ...['strace', '-D', '-f', '-qq', '-v', '-s', '100000'],
  ...['-e', 'trace=execve', '-e', 'signal=none', '-o', file],
];

/** A run that ends by a bug whose words hold all the secrets. */
async function crash(
  args: readonly string[],
  secrets: readonly string[],
  search: Search,
): Promise<void> {
  const dir = room();
  writeFileSync(join(dir, 'crash.mjs'), CRASH);
  writeFileSync(join(dir, 'secrets'), secrets.join('\n'));
  const env = {
    NODE_OPTIONS: `--import ${join(dir, 'crash.mjs')}`,
    SECRETS: join(dir, 'secrets'),
  };
  const run = start(args, env);
  must(await until(() => run.out().includes('TASK [a value that is no mode]')), run.out());
  run.child.kill('SIGUSR2');
  const { exit, out } = await run.ended;
  rmSync(dir, { recursive: true });
  must(exit === 1 && out.includes('this is a bug in orch') && out.includes('oops: '), out);
  search.look('crash report', out);
  search.look('journal of a crash', journalText(run.state));
}

/** A host with a user for each inventory name, who logs in and uses sudo with a password; all it does is noted. */
async function hostWithUsers(
  secretOf: (i: number) => string,
  end: (() => void)[],
): Promise<{ readonly sshd: Sshd; readonly traced: string; readonly sudoLog: string }> {
  const users = Array.from({ length: HOSTS }, (_, i) => `${USER}${i}`);
  const dir = room();
  const [traced, sudoLog] = [join(dir, 'strace'), join(dir, 'sudo')];
  for (const user of users) {
    execFileSync('useradd', ['-m', '-s', '/bin/sh', user]);
    end.push(() => spawnSync('userdel', ['-rf', user]));
  }
  const passwords = users.map((user, i) => `${user}:${secretOf(i * NAMES.length)}\n`);
  execFileSync('chpasswd', { input: passwords.join('') });
  const rules = users.map((user) => `${user} ALL=(ALL) ALL\nDefaults:${user} logfile=${sudoLog}\n`);
  writeFileSync(RULES, rules.join(''), { mode: 0o440 });
  end.push(() => rmSync(RULES, { force: true }));
  const sshd = await startSshd(
    ['LogLevel DEBUG3', 'UsePAM yes', 'PasswordAuthentication yes', 'MaxStartups 100'],
    { ownRun: true, under: trace(traced) },
  );
  chmodSync(sshd.dir, 0o755);
  end.push(() => sshd.stop());
  return { sshd, traced, sudoLog };
}

/** A web server that says back what it was told, and every secret: what it says is known to be secret all the same. */
async function webThatTells(
  count: number,
  secretOf: (i: number) => string,
  end: (() => void)[],
): Promise<string> {
  const all = Array.from({ length: count }, (_, i) => secretOf(i));
  const server = createServer((request, response) => {
    response.end(`${request.headers.authorization ?? ''}\n${all.join('\n')}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  end.push(() => server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
}
