import type { Reporting } from '../report/reporting.ts';
import { askAt, sleeper } from './ask.ts';
import type { RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import { newRunId, openJournal } from './journal.ts';
import { misspeltInputs } from './misspelt-inputs.ts';
import type { Passwords } from './passwords.ts';
import { runInput } from './run-input.ts';
import { noteGivenBy } from './secrets.ts';
import { listenToSignals } from './signals.ts';
import { openStream } from './stream.ts';
import { tellable } from './tellable.ts';
import type { Project } from './wiring.ts';

/** Carries out what was loaded, with a journal; tells `reporters`. Resolves to the exit code. */
export async function carryOut(given: {
  readonly project: Project;
  readonly flags: RunFlags;
  readonly io: Io;
  readonly passwords: Passwords;
  readonly reporters: readonly Reporting[];
  /** Said before anything is done. */
  readonly warnings?: readonly string[];
}): Promise<number> {
  const { project, flags, io, passwords, reporters } = given;
  const ask = askAt(io.err);
  const id = newRunId();
  const journal = openJournal(id, io);
  const { secrets } = project;
  const stream = openStream([journal, ...reporters], secrets, io.err);
  const signals = listenToSignals(stream);
  try {
    for (const warning of project.playbooks.flatMap(({ warnings }) => warnings))
      stream.emit({ type: 'warned', ...warning });
    const plays = project.playbooks.flatMap((book) => book.plays);
    const said = [...misspeltInputs(plays, project.extraVars), ...(given.warnings ?? [])];
    for (const message of said) stream.emit({ type: 'warned', message });
    const { run: engine } = await import('../engine/run.ts');
    const input = runInput({
      ...{ project, flags, io, passwords, secrets },
      warn: (message) => stream.emit({ type: 'warned', message }),
    });
    const { exit } = await engine({
      ...input,
      run: id,
      ...(io.words ? { command: { words: tellable(io.words, project.hidden), cwd: io.cwd } } : {}),
      ...(io.past ? { past: io.past } : {}),
      emit: (event) => {
        if (event.type === 'task-ended') noteGivenBy(event.outcome, secrets, project.hidden);
        stream.emit(event);
      },
      stop: signals.stop,
      sleep: sleeper(signals.stop),
      ...(ask ? { ask } : {}),
      cut: signals.cut,
    });
    return exit;
  } finally {
    signals.release();
    await stream.finish();
    if (flags.verbose > 0) io.err(`journal: ${journal.file}\n`);
  }
}
