import { OrchError } from '../lib/errors.ts';
import type { RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import { eventsOf, runNamed } from './past-runs.ts';
import { summaryOf } from './run-summary.ts';
import { withoutHidden } from './tellable.ts';

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
  const none = await flagsOf(['run', 'x'], parse);
  let flags = none;
  for (const words of wordsOf(run, io)) {
    const { extraVars } = flags;
    const found = await flagsOf(words, parse);
    const kept = Object.entries(found).filter(
      ([name]) => !isOwn(name) && isSaid(name, found, none),
    );
    flags = {
      ...flags,
      ...Object.fromEntries(kept),
      extraVars: [...extraVars, ...found.extraVars],
    };
  }
  const mine = await flagsOf(['run', 'x', ...own], parse);
  const said = Object.entries(mine).filter(([name]) => isOwn(name) || isSaid(name, mine, none));
  const extraVars = [...flags.extraVars, ...mine.extraVars];
  flags = { ...flags, ...Object.fromEntries(said), extraVars };
  return { flags, yes: own.length < more.length };
}

/** Whether a flag was given: it is not as it is where nothing is said. */
const isSaid = (name: string, found: RunFlags, none: RunFlags): boolean =>
  JSON.stringify(Reflect.get(found, name)) !== JSON.stringify(Reflect.get(none, name));

/** What is decided anew: none of it is meant by the run that is taken back. */
const OWN: readonly string[] = [
  ...['check', 'diff', 'tags', 'skipTags', 'step', 'startAtTask', 'limit', 'verbose'],
  ...['output', 'report', 'detailedExitcode', 'strictCheck', 'forceHandlers'],
  ...['allowLockout', 'allowDisruption', 'maxChanges', 'confirmTimeout', 'allowEmpty'],
  ...['listHosts', 'listTasks', 'listTags', 'syntaxCheck'],
];

const isOwn = (name: string): boolean => OWN.includes(name);

async function flagsOf(words: readonly string[], parse: Parse): Promise<RunFlags> {
  let flags: RunFlags | undefined;
  await parse(words, (found) => (flags = found));
  if (!flags) throw new OrchError('USAGE', `the flags cannot be read: ${words.join(' ')}`);
  return flags;
}

/** The words a run was started with, and for a rollback those behind its run, as if they were of `orch run`. */
function wordsOf(run: string, io: Io): readonly (readonly string[])[] {
  const { words, cwd } = summaryOf(run, eventsOf(run, io));
  if (!words || cwd !== io.cwd)
    throw new OrchError('USAGE', `${run} was started in ${cwd ?? 'another folder'}`, {
      hint: `cd ${cwd ?? 'there'} first.`,
    });
  const [verb, other, ...more] = withoutHidden(words);
  if (verb !== 'rollback' || other === undefined) return [withoutHidden(words)];
  return [...wordsOf(runNamed(other, io), io), ['run', 'x', ...more]];
}
