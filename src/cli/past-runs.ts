import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import type { Stamped } from '../model/event.ts';
import type { Io } from './io.ts';
import { stateFolder } from './journal.ts';

type Where = Pick<Io, 'cwd' | 'env'>;

/** Names of the runs that left a journal here, oldest first. */
export function runNames(io: Where): readonly string[] {
  try {
    return readdirSync(join(stateFolder(io), 'runs')).sort();
  } catch {
    return [];
  }
}

/** The run a word means: its name, the beginning of it, or `last`, of those that count. Throws RUN_NOT_FOUND. */
export function runNamed(word: string, io: Where, counts?: (run: string) => boolean): string {
  const names = runNames(io);
  const those =
    word === 'last'
      ? names.slice(counts ? names.findLastIndex(counts) : -1).slice(0, 1)
      : names.filter((name) => word !== '' && name.startsWith(word));
  const exact = names.find((name) => name === word);
  const [only] = exact === undefined ? those : [exact];
  if (only !== undefined && (exact !== undefined || those.length === 1)) return only;
  const near = nearest(word, names);
  throw new OrchError(
    'RUN_NOT_FOUND',
    those.length > 1
      ? `${those.length} runs begin with ${word}`
      : `no run is called ${word} in ${stateFolder(io)}`,
    near === undefined ? {} : { hint: `Did you mean ${near}? See \`orch runs\`.` },
  );
}

/** The events of a run. A line that was cut by a crash ends them. Throws RUN_NOT_FOUND. */
export function eventsOf(run: string, io: Where): readonly Stamped[] {
  const file = join(stateFolder(io), 'runs', run, 'events.ndjson');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new OrchError('RUN_NOT_FOUND', `the journal ${file} cannot be read`, { cause });
  }
  const events: Stamped[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      events.push(JSON.parse(line) as Stamped);
    } catch {
      break;
    }
  }
  return events;
}
