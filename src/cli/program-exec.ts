import { Option, type Command } from 'commander';
import { atLeast } from './flag-values.ts';
import { execFlags, type ExecFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { Verbs } from './program.ts';

/** Adds `orch exec` and `orch console`. */
export function addExec(
  program: Command,
  io: Io,
  does: Verbs,
  finish: (code: number) => void,
): void {
  execFlags(program.command('exec'))
    .description('run one task on hosts, without a playbook')
    .option('-m, --module-name <module>', 'the module', 'command')
    .option('-a, --args <args>', 'its arguments: a command, key=value, or JSON')
    .option('-o, --one-line', 'a line for each host')
    .option('--list-hosts', 'list the hosts, run nothing')
    .addOption(
      new Option(
        '-B, --background <seconds>',
        'run a command in the background, at most so long',
      ).argParser(atLeast(0, 'background')),
    )
    .addOption(
      new Option(
        '-P, --poll <seconds>',
        'with -B: how often to look; 0 does not wait (default: 15)',
      ).argParser(atLeast(0, 'poll')),
    )
    .addOption(
      new Option('--task-timeout <seconds>', 'a command that takes longer has failed').argParser(
        atLeast(0, 'task-timeout'),
      ),
    )
    .argument('<pattern>', 'which hosts')
    .argument('[command...]', 'instead of -a: what comes after --')
    .action(async (pattern: string, command: string[], flags: ExecFlags) =>
      finish(await does.exec(pattern, command, flags, io)),
    );
  execFlags(program.command('console'))
    .description('run tasks on hosts line by line')
    .argument('[pattern]', 'which hosts', 'all')
    .action(async (pattern: string, flags: ExecFlags) =>
      finish(await does.console(pattern, flags, io)),
    );
}
