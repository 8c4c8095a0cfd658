import { OrchError, OrchErrors } from '../lib/errors.ts';
import { bugReport, exitOf, userErrors } from './failure.ts';
import { flushed, lostOutput, processIo, type Io } from './io.ts';
import { runProgram } from './program.ts';

/** Runs a command line and ends the process with its exit code. The one place where errors end up. */
export async function main(argv: readonly string[]): Promise<void> {
  // Colour libraries look at the environment when they are loaded, which is later than this.
  if (argv.includes('--no-color')) process.env['NO_COLOR'] = '1';
  const io = opened();
  const fail = (error: unknown): number => {
    if (error instanceof OrchError || error instanceof OrchErrors) {
      io.err(userErrors(error, io));
      return exitOf(error);
    }
    io.err(bugReport(error, argv));
    return 1;
  };
  let dying = false;
  const die = (error: unknown): void => {
    // One bug is often many errors: the first says enough.
    if (dying) return;
    dying = true;
    const code = fail(error);
    void flushed().then(() => process.exit(code));
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  const code = await runProgram(argv, io).catch(fail);
  await flushed();
  const why = lostOutput();
  if (why === undefined) process.exit(code);
  process.stderr.write(
    `error: output was lost: ${why}. What was done was done all the same: a run has it in its journal (orch runs).\n`,
  );
  process.exit(code === 0 ? 1 : code);
}

/** The streams of the process; ends it where there is no directory to be in. */
function opened(): Io {
  try {
    return processIo();
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    process.stderr.write(userErrors(error, { colors: { out: false, err: false } }));
    process.exit(exitOf(error));
  }
}
