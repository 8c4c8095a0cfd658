import { OrchError, OrchErrors } from '../lib/errors.ts';
import { bugReport, exitOf, userErrors } from './failure.ts';
import { flushed, processIo } from './io.ts';
import { runProgram } from './program.ts';

/** Runs a command line and ends the process with its exit code. The one place where errors end up. */
export async function main(argv: readonly string[]): Promise<void> {
  // Colour libraries look at the environment when they are loaded, which is later than this.
  if (argv.includes('--no-color')) process.env['NO_COLOR'] = '1';
  const io = processIo();
  const fail = (error: unknown): number => {
    if (error instanceof OrchError || error instanceof OrchErrors) {
      io.err(userErrors(error, io));
      return exitOf(error);
    }
    io.err(bugReport(error, argv));
    return 1;
  };
  const die = (error: unknown): void => {
    const code = fail(error);
    void flushed().then(() => process.exit(code));
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  const code = await runProgram(argv, io).catch(fail);
  await flushed();
  process.exit(code);
}
