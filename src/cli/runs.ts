import { pastOf } from '../engine/past.ts';
import { OrchError } from '../lib/errors.ts';
import { isForJournal } from '../model/journal.ts';
import { count } from '../report/hosts.ts';
import type { RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import { eventsOf, runNamed, runNames } from './past-runs.ts';
import { standard } from './outputs.ts';
import { withoutHidden } from './tellable.ts';
import { ENDS, type RunSummary, summaryOf } from './run-summary.ts';

/** `orch runs`: the runs that left a journal here, newest last. Resolves to the exit code. */
export function runs(
  { json, last }: { readonly json?: boolean; readonly last?: number },
  io: Io,
): number {
  const names = runNames(io).slice(-(last ?? 20));
  const all = names.map((name) => summaryOf(name, eventsOf(name, io)));
  if (json) {
    const plain = all.map((one) => ({
      ...{ run: one.run, check: one.check, playbooks: one.playbooks, exit: one.exit ?? null },
      hosts: one.hosts,
      ...Object.fromEntries(ENDS.map((end) => [end, [...one.ends[end]]])),
    }));
    io.out(`${JSON.stringify(plain, null, 2)}\n`);
  } else io.out(all.map((one) => `${lineOf(one)}\n`).join(''));
  return 0;
}

function lineOf({ run, check, playbooks, hosts, ends, exit }: RunSummary): string {
  const parts = ENDS.filter((end) => ends[end].size > 0).map((end) => `${ends[end].size} ${end}`);
  const books = playbooks.map((file) => file.split('/').at(-1)).join(' ');
  const tally = `${count(hosts.length, 'host')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
  const end = exit === undefined ? 'did not end' : `exit ${exit}`;
  return `${run}  ${check ? 'check' : 'run'} ${books}  ${tally}  ${end}`;
}

/** `orch log`: tells a run again, from its journal. Resolves to the exit code. */
export async function log(
  word: string,
  flags: Pick<RunFlags, 'output' | 'diff' | 'verbose'>,
  io: Io,
): Promise<number> {
  const events = eventsOf(runNamed(word, io), io);
  const reporter = await standard(flags, { ...io, terminal: false });
  for (const event of events) if (!isForJournal(event)) reporter.report(event);
  await reporter.finish();
  if (!events.some(({ type }) => type === 'run-ended'))
    io.err('The journal ends here: the run did not come to its end.\n');
  return 0;
}

/** What a run needs to go on: the words it was started with, and what was done. */
export interface Resumption {
  readonly words: readonly string[];
  readonly io: Io;
}

/** `orch resume`: the command line of a run, with `more` behind it, and what is done left out. Throws OrchError USAGE. */
export function resumption(word: string, more: readonly string[], io: Io): Resumption {
  const begun = (name: string): boolean => summaryOf(name, eventsOf(name, io)).words !== undefined;
  const run = runNamed(word, io, begun);
  const events = eventsOf(run, io);
  const { words, cwd, check } = summaryOf(run, events);
  if (!words || cwd === undefined)
    throw new OrchError('USAGE', `the journal of ${run} does not tell how it was started`);
  if (check)
    throw new OrchError(
      'USAGE',
      `${run} was a check: it changed nothing, there is nothing to go on with`,
    );
  if (cwd !== io.cwd)
    throw new OrchError('USAGE', `${run} was started in ${cwd}`, { hint: `cd ${cwd} first.` });
  const whole = withoutHidden(words);
  if (whole.length < words.length && !more.some((one) => /^(-e|--extra-vars)/.test(one)))
    throw new OrchError('USAGE', `the journal of ${run} does not keep the values of its -e`, {
      hint: `Give them again: orch resume ${run} -e ...`,
    });
  return { words: [...whole, ...more], io: { ...io, past: pastOf(run, events) } };
}
