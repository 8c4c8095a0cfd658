import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const node = ['--import=tsx', main];

describe('orch as a process', function () {
  this.timeout(60_000);

  it('answers --version with the version of the package', () => {
    const { stdout, status } = spawnSync(process.execPath, [...node, '--version'], {
      encoding: 'utf8',
    });
    const { version } = JSON.parse(
      readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect({ stdout, status }).to.deep.equal({ stdout: `orch ${version}\n`, status: 0 });
  });

  it('shows errors of the user on standard error, exits 5, shows no stack', () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [...node, 'run', 'no-such-file.yml', '-i', 'h,'],
      {
        encoding: 'utf8',
      },
    );
    expect({ stdout, status }).to.deep.equal({ stdout: '', status: 5 });
    expect(stderr)
      .to.include('error[FILE_NOT_FOUND]')
      .and.not.match(/\n\s+at /);
  });

  it('survives a reader that goes away', async () => {
    const child = spawn(process.execPath, [...node, 'doc', 'playbook'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, said }).to.deep.equal({ code: 0, said: '' });
  });

  /** A shell command with `orch` in it, in a folder of its own with an inventory of hosts that are this machine. */
  function shell(command: string): { readonly out: string; readonly err: string; status: number } {
    const dir = mkdtempSync(join(tmpdir(), 'orch-process-'));
    writeFileSync(join(dir, 'i.yml'), 'web: {hosts: {"n[1:30]": {ansible_connection: local}}}\n');
    writeFileSync(
      join(dir, 'p.yml'),
      '- hosts: web\n  gather_facts: false\n  tasks:\n    - command: "true"\n',
    );
    const orch = `${process.execPath} --import=${createRequire(import.meta.url).resolve('tsx')} ${main}`;
    const ran = spawnSync('sh', ['-c', command.replaceAll('orch ', `${orch} `)], {
      cwd: dir,
      encoding: 'utf8',
      env: { ...process.env, HOME: dir },
    });
    rmSync(dir, { recursive: true, force: true });
    return { out: ran.stdout, err: ran.stderr, status: ran.status ?? -1 };
  }

  it('does not end with 0 where its output was lost', () => {
    expect(shell('orch doc playbook >/dev/full')).to.deep.equal({
      ...{ out: '', status: 1 },
      err: 'error: output was lost: no space is left on the disk. What was done was done all the same: a run has it in its journal (orch runs).\n',
    });
  });

  it('runs on many hosts at a time without a warning of Node', () => {
    const { err, status } = shell('orch run p.yml -i i.yml >/dev/null');
    expect({ err, status }).to.deep.equal({ err: '', status: 0 });
  });
});
