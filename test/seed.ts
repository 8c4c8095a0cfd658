import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import fc from 'fast-check';

/**
 * Property tests try other cases on every run, and print the seed of what fails. Where CI is set they try the same ones
 * each time: a change is judged by what it changes, not by luck. `ORCH_SEED=N` takes those of another seed.
 */
const seed = env['ORCH_SEED'] ?? (env['CI'] ? '20261126' : undefined);
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });

/** What tests write for a time is in one folder, also what their workers write, and goes when they end. */
const folder = env['ORCH_TESTS_IN'] === undefined ? mkdtempSync(join(tmpdir(), 'orch-tests-')) : '';
if (folder !== '') {
  chmodSync(folder, 0o1777); // as /tmp is: some tests are other users
  env['TMPDIR'] = env['ORCH_TESTS_IN'] = folder;
}

/** Mocha calls it in its first process, behind all tests. */
export function mochaGlobalTeardown(): void {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
}
