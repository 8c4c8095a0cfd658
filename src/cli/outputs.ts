import { openSync, closeSync, writeFileSync } from 'node:fs';
import { OrchError } from '../lib/errors.ts';
import { whyNot } from '../lib/why-not.ts';
import type { Reporting, Write } from '../report/reporting.ts';
import type { ReportFile, RunFlags } from './flags.ts';
import type { Io } from './io.ts';

/** The reporters a command line asks for; each is loaded only when it is. Throws USAGE when a file cannot be written. */
export async function outputs(flags: RunFlags, io: Io): Promise<readonly Reporting[]> {
  for (const report of flags.report) demandWritable(report);
  const files = flags.report.map(async (report) =>
    fileReport(report, io, await loaders[report.kind]()),
  );
  return Promise.all([standard(flags, io), ...files]);
}

/** What standard output gets. */
export async function standard(
  { output, diff, verbose }: Pick<RunFlags, 'output' | 'diff' | 'verbose'>,
  io: Io,
): Promise<Reporting> {
  if (output !== 'human') return (await loaders[output]())(io.out);
  const { colors } = await import('../report/paint.ts');
  const view = { colors: colors(io.colors.out), diff: diff === true, verbosity: verbose };
  return io.terminal
    ? (await import('../report/terminal.ts')).terminal(io.out, view)
    : (await import('../report/plain.ts')).plain(io.out, view);
}

const loaders = {
  html: async () => (await import('../report/html.ts')).html,
  md: async () => (await import('../report/markdown.ts')).markdown,
  junit: async () => (await import('../report/junit.ts')).junit,
  json: async () => (await import('../report/json.ts')).json,
  ndjson: async () => (await import('../report/ndjson.ts')).ndjson,
};

/** Found out before the run: a review whose report is lost at the end helps nobody. */
function demandWritable({ kind, file }: ReportFile): void {
  try {
    closeSync(openSync(file, 'a'));
  } catch (cause) {
    throw new OrchError('USAGE', `--report ${kind}=${file} cannot be written: ${whyNot(cause)}`, {
      hint: 'Name a file in a directory that exists and is yours.',
      cause,
    });
  }
}

function fileReport({ file }: ReportFile, io: Io, make: (write: Write) => Reporting): Reporting {
  return make((text) => {
    try {
      writeFileSync(file, text);
    } catch (cause) {
      io.err(`warning: the report ${file} was not written: ${whyNot(cause)}\n`);
    }
  });
}
