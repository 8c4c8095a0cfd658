import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { evaluate, type EvalFlags } from '../../../src/cli/eval.ts';
import type { Io } from '../../../src/cli/io.ts';

const FLAGS: EvalFlags = { inventory: [], extraVars: [] };

async function printed(expression: string, flags: Partial<EvalFlags> = {}): Promise<string> {
  let out = '';
  const io: Io = {
    out: (text) => (out += text),
    err: () => undefined,
    env: { HOME: '/home/me' },
    cwd: '/',
    terminal: false,
    colors: { out: false, err: false },
  };
  expect(await evaluate(expression, { ...FLAGS, ...flags }, io)).to.equal(0);
  return out;
}

describe('orch eval', () => {
  it('prints text as it is and anything else as JSON', async () => {
    expect(await printed("'a' ~ 1")).to.equal('a1\n');
    expect(await printed('1 + 1')).to.equal('2\n');
    expect(await printed("{'a': [1]}")).to.equal('{\n  "a": [\n    1\n  ]\n}\n');
  });

  it('takes what has braces for a template, with the types of a playbook', async () => {
    expect(await printed("{{ 1 + 1 }}{{ 'x' }}")).to.equal('2x\n');
  });

  it('sees what a host sees, and this machine', async () => {
    const inventory = ['a.example,b,'];
    expect(
      await printed("inventory_hostname_short ~ (groups['all'] | length)", {
        inventory,
        limit: 'a.example',
      }),
    ).to.equal('a2\n');
    expect(await printed("lookup('env', 'HOME') ~ extra", { extraVars: ['extra=!'] })).to.equal(
      '/home/me!\n',
    );
  });

  it('with --json answers each of a list, errors too', () => {
    const input = JSON.stringify([
      { expr: 'x * 2', vars: { x: 21 } },
      { expr: '{{ y }}', vars: { x: 5, y: '{{ x }}' } },
      { expr: 'nope' },
    ]);
    const { stdout } = spawnSync('node', ['--import=tsx', 'src/main.ts', 'eval', '--json'], {
      input,
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).to.deep.equal([
      { value: 42 },
      { value: '5' },
      { error: 'The variable "nope" is not defined.' },
    ]);
  }).timeout(60_000);
});
