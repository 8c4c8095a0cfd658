import { OrchError } from '../lib/errors.ts';
import { showSource } from '../lib/source.ts';
import { oneLine } from '../lib/visible.ts';
import { askAt } from './ask.ts';
import { carryOut } from './carry-out.ts';
import type { RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import { openKeys } from './key-passphrases.ts';
import { listing, lists } from './listing.ts';
import { outputs } from './outputs.ts';
import { passwordsFor } from './passwords.ts';
import { answerPrompts, askAtTerminal } from './prompts.ts';
import { templatePorts } from './template-ports.ts';
import { loadProject } from './wiring.ts';

/** The flags, with hosts of earlier runs in --limit named. */
export async function limited(flags: RunFlags, io: Io): Promise<RunFlags> {
  if (!flags.limit?.includes('@')) return flags;
  const { limitByRun } = await import('./run-limit.ts');
  return { ...flags, limit: limitByRun(flags.limit, io) };
}

/** Runs playbooks, or with --check foresees what a run would do. Resolves to the exit code. */
export async function run(playbooks: readonly string[], flags: RunFlags, io: Io): Promise<number> {
  const loaded = await loadProject(playbooks, await limited(flags, io));
  if (lists(flags)) {
    for (const { message, source } of loaded.playbooks.flatMap(({ warnings }) => warnings))
      io.err(`warning: ${oneLine(message)}\n  --> ${oneLine(showSource(source))}\n`);
    const [{ createEvaluator }, { namedPlays }] = await Promise.all([
      import('../template/evaluator.ts'),
      import('./named-plays.ts'),
    ]);
    const ports = templatePorts(io, loaded.inventory, loaded.files.vault);
    io.out(
      listing(namedPlays(loaded.playbooks, loaded, createEvaluator(ports)), flags, loaded.hostsOf),
    );
    return 0;
  }
  if (flags.step && !askAt(io.err))
    throw new OrchError(
      'USAGE',
      '--step asks before each task, but there is no terminal to answer at',
    );
  // Asked before anything moves: a prompt in the middle of progress would be overwritten.
  const passwords = await passwordsFor(flags);
  await openKeys(flags, io, loaded.inventory.hosts.values(), loaded.extraVars);
  const project = await answerPrompts(loaded, askAtTerminal());
  return carryOut({ project, flags, io, passwords, reporters: await outputs(flags, io) });
}
