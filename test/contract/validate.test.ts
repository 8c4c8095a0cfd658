import { rmSync } from 'node:fs';
import { expect } from 'chai';
import type { Io } from '../../src/cli/io.ts';
import { runProgram } from '../../src/cli/program.ts';
import { OrchError, OrchErrors } from '../../src/lib/errors.ts';
import { flowCases, layOut, recorded, type FlowResult } from '../helpers/flow-cases.ts';

/** Words of a command line that `validate` has too, with what follows them. */
const KEPT = new Set([
  '-i',
  '-e',
  '-l',
  '--limit',
  '-t',
  '--tags',
  '--skip-tags',
  '--vault-password-file',
  '--vault-id',
]);
const VALUED = new Set(['--start-at-task', '-f', '--forks']);

function kept(args: readonly string[]): readonly string[] {
  const left = [...args];
  const found: string[] = [];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (KEPT.has(word)) found.push(word, left.shift() ?? '');
    else if (VALUED.has(word)) left.shift();
    else if (!word.startsWith('-') || /^--(?:limit|tags|skip-tags)=/.test(word)) found.push(word);
  }
  return found;
}

/** Whether a task failed on any host, whatever became of it. */
const failed = ({ exit, recap }: FlowResult): boolean =>
  exit !== 0 || Object.values(recap).some((line) => /(?:failed|rescued|ignored)=[1-9]/.test(line));

/**
 * What ansible-playbook did with the playbooks of test/fixtures/flow is the judge: nothing that ran well may be called
 * an error, and no variable undefined where no task failed.
 */
describe('validate raises no false alarm', function () {
  this.timeout(120_000);
  const here = process.cwd();
  afterEach(() => process.chdir(here));

  for (const { topic, cases } of flowCases())
    it(`in the playbooks about ${topic}`, async () => {
      const known = recorded(topic);
      const alarms: string[] = [];
      for (const one of cases) {
        const result = known[one.name];
        if (!result || failed(result)) continue;
        const { dir, args } = layOut(one);
        process.chdir(dir);
        alarms.push(...(await alarmsOf(kept(args))).map((text) => `${one.name}: ${text}`));
        rmSync(dir, { recursive: true });
      }
      expect(alarms).to.deep.equal([]);
    });

  it('in the shipped playbooks, which are strictly right', async () => {
    const books = ['segregated', 'shared', 'site', 'verify', 'precheck', 'connectivity', 'doctor'];
    const files = books.map((name) => `playbooks/${name}.yml`);
    expect(await said(['validate', '--strict', '-i', 'prod', ...files])).to.deep.equal({
      ...{ exit: 0, err: '', errors: [] },
    });
  });
});

async function alarmsOf(words: readonly string[]): Promise<readonly string[]> {
  const { err, errors } = await said(['validate', ...words]);
  return [...errors, ...(err.match(/^warning\[undefined-variable\].*/gm) ?? [])];
}

async function said(words: readonly string[]): Promise<{
  readonly exit: number;
  readonly err: string;
  readonly errors: readonly string[];
}> {
  let err = '';
  const io: Io = {
    out: () => undefined,
    err: (text) => (err += text),
    env: {},
    cwd: process.cwd(),
    terminal: false,
    colors: { out: false, err: false },
  };
  try {
    return { exit: await runProgram(words, io), err, errors: [] };
  } catch (error) {
    if (error instanceof OrchErrors)
      return { exit: 5, err, errors: error.errors.map(({ message }) => message) };
    if (error instanceof OrchError) return { exit: 5, err, errors: [error.message] };
    throw error;
  }
}
