import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { expect } from 'chai';
import { readableStack } from '../../../src/cli/stack.ts';

describe('the stack of a bug report', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'orch-stack-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('names files and lines of the source where the program is one file with short names', () => {
    mkdirSync(join(folder, 'src'));
    const text = `function first() {\n  return second();\n}\nfunction second() {\n  return new Error('broken').stack;\n}\nconsole.log(first());\n`;
    writeFileSync(join(folder, 'src', 'a.ts'), text);
    buildSync({
      entryPoints: [join(folder, 'src', 'a.ts')],
      outfile: join(folder, 'dist', 'program.cjs'),
      ...{ format: 'cjs', minify: true, sourcemap: true, sourcesContent: false },
    });
    const program = join(folder, 'dist', 'program-0123456789ab.cjs');
    renameSync(join(folder, 'dist', 'program.cjs'), program);
    // A process of its own: this one looks maps up by itself.
    const { stdout: stack } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    expect(stack).to.include('program-0123456789ab.cjs:1:');
    const told = readableStack(stack);
    expect(told).to.include('Error: broken');
    expect(told).to.match(/^ +at src\/a\.ts:5:10$/m);
    expect(told).to.match(/^ +at src\/a\.ts:2:10$/m);
    expect(told).to.not.include('program-');
  });

  it('leaves a stack alone that is of no built program, or has no map', () => {
    const stack = new Error('here').stack ?? '';
    expect(readableStack(stack)).to.equal(stack);
    const lost = 'Error: x\n    at a (/nowhere/dist/program-0123456789ab.cjs:1:20)';
    expect(readableStack(lost)).to.equal(lost);
  });
});
