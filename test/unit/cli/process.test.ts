import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
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
});
