import { OrchError } from '../lib/errors.ts';
import type { RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import { eventsOf, runNamed } from './past-runs.ts';
import { summaryOf } from './run-summary.ts';
import { withoutHidden } from './runs.ts';

/** Reads a command line of `run`, `check` or `exec` and gives its flags to `take`. Resolves to an exit code. */
export type Parse = (words: readonly string[], take: (flags: RunFlags) => void) => Promise<number>;

/** What a rollback was asked for. */
export interface Given {
  readonly flags: RunFlags;
  /** Nobody is to be asked. */
  readonly yes: boolean;
}

/**
 * The flags of a rollback: how hosts are reached as the run that is taken back was told, and what is done as it is told
 * itself. Throws USAGE.
 */
export async function givenFlags(
  run: string,
  more: readonly string[],
  io: Io,
  parse: Parse,
): Promise<Given> {
  const own = more.filter((one) => one !== '--yes');
  const first = wordsOf(run, io);
  const both = await flagsOf(withMore(first, own), parse);
  const mine = await flagsOf(['run', 'x', ...own], parse);
  if (!both || !mine) throw new OrchError('USAGE', 'the flags of the rollback cannot be read');
  const flags: RunFlags = { ...both };
  for (const name of OWN) Object.assign(flags, { [name]: mine[name] });
  return { flags, yes: own.length < more.length };
}

/** What is decided anew: none of it is meant by the run that is taken back. */
const OWN = [
  ...(['check', 'diff', 'tags', 'skipTags', 'step', 'startAtTask', 'limit', 'verbose'] as const),
  ...(['output', 'report', 'detailedExitcode', 'strictCheck', 'forceHandlers'] as const),
  ...(['allowLockout', 'allowDisruption', 'maxChanges', 'confirmTimeout', 'allowEmpty'] as const),
  ...(['listHosts', 'listTasks', 'listTags', 'syntaxCheck'] as const),
] as const;

async function flagsOf(words: readonly string[], parse: Parse): Promise<RunFlags | undefined> {
  let flags: RunFlags | undefined;
  await parse(words, (found) => (flags = found));
  return flags;
}

/** The words a run was started with; a rollback says which run it took back. */
function wordsOf(run: string, io: Io): readonly string[] {
  const { words, cwd } = summaryOf(run, eventsOf(run, io));
  if (!words || cwd !== io.cwd)
    throw new OrchError('USAGE', `${run} was started in ${cwd ?? 'another folder'}`, {
      hint: `cd ${cwd ?? 'there'} first.`,
    });
  const [verb, other, ...more] = words;
  if (verb !== 'rollback' || other === undefined) return withoutHidden(words);
  return withMore(wordsOf(runNamed(other, io), io), more);
}

/** More flags; behind `--` stands a command. */
function withMore(words: readonly string[], more: readonly string[]): readonly string[] {
  const at = words.indexOf('--');
  return at < 0 ? [...words, ...more] : [...words.slice(0, at), ...more, ...words.slice(at)];
}
