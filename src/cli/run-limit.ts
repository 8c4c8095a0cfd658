import { OrchError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import type { Io } from './io.ts';
import { eventsOf, runNamed } from './past-runs.ts';
import { type End, ENDS, summaryOf } from './run-summary.ts';

/**
 * A limit in which `@RUN:failed` (or `:unreachable`, `:changed`, `:unfinished`) became the names of those hosts of an
 * earlier run. Throws RUN_NOT_FOUND, USAGE, and PATTERN_NO_MATCH when there are none.
 */
export function limitByRun(limit: string, io: Pick<Io, 'cwd' | 'env'>): string {
  return limit.replace(/@(last|\d{8}T[\w-]+):([a-z]+)/g, (_, word: string, end: string) => {
    if (!isEnd(end)) {
      throw new OrchError('USAGE', `--limit @${word}:${end} names no end of a run`, {
        hint: `Write ${ENDS.map((one) => `@RUN:${one}`).join(', ')}.${didYouMean(end, ENDS)}`,
      });
    }
    const run = runNamed(word, io);
    const hosts = [...summaryOf(run, eventsOf(run, io)).ends[end]];
    if (hosts.length > 0) return hosts.join(',');
    throw new OrchError('PATTERN_NO_MATCH', `no host of run ${run} is ${end}`, {
      hint: `See \`orch log ${run}\`.`,
    });
  });
}

const isEnd = (word: string): word is End => (ENDS as readonly string[]).includes(word);
