#!/usr/bin/env node
import { version } from './version.ts';

const argv = process.argv.slice(2);

// Scripts ask for the version often: nothing but Node itself is loaded to answer.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`orch ${version()}\n`);
} else {
  const { main } = await import('./cli/main.ts');
  await main(argv);
}
