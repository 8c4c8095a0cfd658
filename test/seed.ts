import { env } from 'node:process';
import fc from 'fast-check';

/**
 * Property tests try other cases on every run, and print the seed of what fails. Where CI is set they try the same ones
 * each time: a change is judged by what it changes, not by luck. `ORCH_SEED=N` takes those of another seed.
 */
const seed = env['ORCH_SEED'] ?? (env['CI'] ? '20261126' : undefined);
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });
