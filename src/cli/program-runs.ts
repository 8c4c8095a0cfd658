import { type Command, Option } from 'commander';
import { atLeast, more as louder } from './flag-values.ts';
import type { Io } from './io.ts';
import type { LogFlags, RunsFlags, Verbs } from './program.ts';

type Finish = (code: number) => void;

/** Adds `orch runs`, `orch log`, `orch resume`, `orch confirm` and `orch rollback`. */
export function addRunVerbs(program: Command, io: Io, does: Verbs, finish: Finish): void {
  program
    .command('runs')
    .description('list earlier runs of this folder')
    .option('--json', 'as JSON')
    .addOption(new Option('--last <n>', 'so many').argParser(atLeast(1, 'last')).default(20))
    .action(async (flags: RunsFlags) => finish(await does.runs(flags, io)));
  program
    .command('log')
    .description('tell an earlier run again')
    .argument('<run>', 'its name, the beginning of it, or "last"')
    .option('-D, --diff', 'show what changed in files and settings')
    .option('-v, --verbose', 'tell more', louder, 0)
    .addOption(
      new Option('--output <form>', 'what standard output gets')
        .choices(['human', 'ndjson', 'json'])
        .default('human'),
    )
    .action(async (run: string, flags: LogFlags) => finish(await does.log(run, flags, io)));
  for (const [verdict, says] of [
    ['confirm', 'keep the changes of a run that wait to be confirmed'],
    [
      'rollback',
      'put back what a run changed: -C shows it, --yes asks nobody; or take back what waits to be confirmed',
    ],
  ] as const)
    program
      .command(verdict)
      .description(says)
      .argument('<run>', 'its name, the beginning of it, or "last"')
      .argument('[flags...]', 'flags of `orch run`, added to those it was started with')
      .allowUnknownOption()
      .passThroughOptions()
      .action(async (run: string, more: string[]) =>
        finish(await does.decide(verdict, run, more, io)),
      );
  program
    .command('resume')
    .description('go on with a run that did not come to its end: what it did is left out')
    .argument('<run>', 'its name, the beginning of it, or "last"')
    .argument('[flags...]', 'flags of `orch run`, added to those it was started with')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (run: string, more: string[]) => finish(await does.resume(run, more, io)));
}
