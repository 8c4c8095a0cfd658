import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { nearest } from '../lib/nearest.ts';
import type { Stamped } from '../model/event.ts';
import type { Io } from './io.ts';
import { stateFolder } from './journal.ts';

type Where = Pick<Io, 'cwd' | 'env'>;

/** Names of the runs that left a journal here, oldest first. */
export function runNames(io: Where): readonly string[] {
  const folder = join(stateFolder(io), 'runs');
  try {
    return inOrder(readdirSync(folder).sort(), folder);
  } catch {
    return [];
  }
}

/** Names tell the second; of runs of one second the folders tell which came first. */
function inOrder(names: readonly string[], folder: string): readonly string[] {
  const second = (name: string): string => name.slice(0, '20261126T191707Z'.length);
  const made = (name: string): bigint =>
    statSync(join(folder, name), { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n;
  const crowded = names.some((name, i) => i > 0 && second(name) === second(names[i - 1] ?? ''));
  if (!crowded) return names;
  const seconds = new Map<string, string[]>();
  for (const name of names) seconds.set(second(name), [...(seconds.get(second(name)) ?? []), name]);
  return [...seconds.values()].flatMap((those) =>
    those.length === 1
      ? those
      : those
          .map((name) => ({ name, at: made(name) }))
          .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
          .map(({ name }) => name),
  );
}

/** The run a word means: its name, the beginning of it, or `last`, of those that count. Throws RUN_NOT_FOUND. */
export function runNamed(word: string, io: Where, counts?: (run: string) => boolean): string {
  const names = runNames(io);
  const those =
    word === 'last'
      ? names.filter((name) => !counts || counts(name)).slice(-1)
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
