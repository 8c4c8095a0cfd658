import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { orch } from './orch.ts';

/** One case of test/fixtures/bad-input: files, a command line, and all that is said on standard error. */
interface Case {
  readonly title: string;
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly stderr: string;
}

const FIXTURES = new URL('../fixtures/bad-input/', import.meta.url);
const INVENTORY = 'web:\n  hosts:\n    node1: { ansible_host: 127.0.0.1, ansible_port: PORT }\n';

function casesOf(text: string): readonly Case[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((one) => {
      const [head = '', ...parts] = one.split(/^--- /m);
      const [title = '', command = ''] = head.split('\n');
      const { stderr = '', ...files } = Object.fromEntries(
        parts.map((part): [string, string] => {
          const end = part.indexOf('\n');
          return [part.slice(0, end), part.slice(end + 1)];
        }),
      );
      return { title, args: command.replace('$ orch ', '').split(' '), files, stderr };
    });
}

describe('bad input, before any host is contacted', () => {
  let server: Server;
  let contacts = 0;

  before(async () => {
    server = createServer((socket) => {
      contacts++;
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => void server.close());

  /** Runs a command line in a new folder that holds the files, and an inventory of one host: this server. */
  async function attempt({ files, args }: Pick<Case, 'files' | 'args'>) {
    const { port } = server.address() as AddressInfo;
    const dir = mkdtempSync(join(tmpdir(), 'orch-bad-'));
    for (const [name, text] of Object.entries({ 'lab.yml': INVENTORY, ...files })) {
      writeFileSync(join(dir, name), text.replace('PORT', String(port)));
    }
    contacts = 0;
    return { ...(await orch(args, { HOME: dir }, dir)), contacts };
  }

  for (const file of readdirSync(FIXTURES)) {
    describe(file.replace('.txt', ''), () => {
      for (const one of casesOf(readFileSync(new URL(file, FIXTURES), 'utf8'))) {
        it(`tells of ${one.title}`, async () => {
          expect(await attempt(one)).to.deep.equal({
            exit: 5,
            stdout: '',
            stderr: one.stderr,
            contacts: 0,
          });
        });
      }
    });
  }

  it('contacts the host when all is well, so that the counting above counts', async () => {
    const good = '- hosts: web\n  tasks:\n    - firewalld_port: {ports: [443/tcp]}\n';
    const { exit, contacts: seen } = await attempt({
      files: { 'site.yml': good },
      args: ['run', 'site.yml', '-i', 'lab.yml'],
    });
    expect(exit).to.equal(4);
    expect(seen).to.be.at.least(1);
  });

  it('tells of a variable that is not defined on the host it is missing for', async () => {
    const { exit, stdout, stderr } = await attempt({
      files: {
        'site.yml':
          '- hosts: web\n  gather_facts: false\n  tasks:\n    - firewalld_port:\n        ports: "{{ prts }}"\n',
      },
      args: ['run', 'site.yml', '-i', 'lab.yml', '-e', 'ports=1/tcp'],
    });
    expect({ exit, stderr }).to.deep.equal({ exit: 2, stderr: '' });
    expect(stdout).to.include(
      [
        '[node1] TASK [firewalld_port]',
        '  at site.yml:5:20',
        '  VARIABLE_UNDEFINED: The variable "prts" is not defined. Did you mean "ports"?',
        "  cure: Define it, or give a fallback: {{ name | default('value') }}.",
      ].join('\n'),
    );
  });

  /** The built program below a shell that sets the stage, in a folder with hosts that are this machine. */
  function staged(before: string, words: string) {
    const dir = mkdtempSync(join(tmpdir(), 'orch-bad-'));
    writeFileSync(join(dir, 'i.yml'), 'web: {hosts: {"n[1:30]": {ansible_connection: local}}}\n');
    writeFileSync(
      join(dir, 'p.yml'),
      '- hosts: web\n  gather_facts: false\n  tasks: [command: ls]\n',
    );
    const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
    const line = `${before} && exec ${process.execPath} ${main} ${words}`;
    return spawnSync('sh', ['-c', line], { cwd: dir, encoding: 'utf8', env: { HOME: dir } });
  }

  it('says that the current directory is gone', () => {
    const { status, stderr } = staged('mkdir d && cd d && rmdir ../d', 'doc playbook');
    expect(stderr).to.match(
      /^error\[FILE_NOT_FOUND\]: The current directory does not exist any more\.\n {2}hint: .*\n$/,
    );
    expect(status).to.equal(5);
  });

  it('tells hosts unreachable for which no shell can be started', () => {
    const { status, stdout, stderr } = staged('ulimit -n 40', 'run p.yml -i i.yml');
    expect({ status, stderr }).to.deep.equal({ status: 4, stderr: '' });
    expect(stdout)
      .to.include('HOST_UNREACHABLE')
      .and.include('too many files are open (ulimit -n)');
  });
});
