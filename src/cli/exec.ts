import { OrchError } from '../lib/errors.ts';
import type { Reporting } from '../report/reporting.ts';
import { nodeFiles } from '../load/node-files.ts';
import type { ExecFlags } from './flags.ts';
import type { Io } from './io.ts';
import { oneTask } from './one-task.ts';
import { passwordsFor } from './passwords.ts';
import { openWorld } from './world.ts';

/** Runs one task on hosts, without a playbook. Resolves to the exit code. Throws OrchErrors. */
export async function exec(
  pattern: string,
  command: readonly string[],
  flags: ExecFlags,
  io: Io,
): Promise<number> {
  if (command.length > 0 && flags.args !== undefined)
    throw new OrchError('USAGE', 'a command is given twice: with -a and after the hosts');
  const { playbookDir } = flags;
  if (playbookDir !== undefined && nodeFiles.exists(playbookDir) !== 'directory')
    throw new OrchError('FILE_NOT_FOUND', `--playbook-dir: there is no directory ${playbookDir}.`);
  const world = await openWorld(flags);
  const passwords = await passwordsFor(flags);
  const { background, poll = 15, taskTimeout } = flags;
  const keywords = {
    ...(background === undefined ? {} : { async: background, poll }),
    ...(taskTimeout === undefined ? {} : { timeout: taskTimeout }),
  };
  const task = {
    pattern,
    ...(flags.listHosts
      ? { module: 'ping', args: '' }
      : { module: flags.moduleName, args: flags.args ?? command.join(' ') }),
    keywords,
  };
  const reporters = [await adHocReporter(flags, io)];
  return oneTask(task, { flags, io, world, passwords, reporters });
}

/** Who tells what happened, in the words of `ansible`. */
export async function adHocReporter(flags: ExecFlags, io: Io): Promise<Reporting> {
  const [{ adHoc }, { colors }] = await Promise.all([
    import('../report/ad-hoc.ts'),
    import('../report/paint.ts'),
  ]);
  return adHoc(io.out, io.err, {
    colors: colors(io.colors.out),
    diff: flags.diff === true,
    verbosity: flags.verbose,
    oneLine: flags.oneLine === true,
  });
}
