import { appendFile, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { OrchError } from '../lib/errors.ts';
import { now } from '../lib/clock.ts';

/** Milliseconds after which a lock is taken to be left behind by a process that died. */
const STALE = 10_000;

/** Adds lines that are not in a known_hosts file yet, while nobody else of orch writes it; gives those that were new. */
export async function addKnownHosts(
  file: string,
  lines: readonly string[],
): Promise<readonly string[]> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return await locked(file, async () => {
    const before = await readFile(file, 'utf8').catch(() => '');
    const has = new Set(before.split('\n').map((line) => line.trim()));
    const fresh = [...new Set(lines)].filter((line) => !has.has(line));
    if (fresh.length === 0) return [];
    const gap = before === '' || before.endsWith('\n') ? '' : '\n';
    await appendFile(file, `${gap}${fresh.join('\n')}\n`, { mode: 0o600 });
    return fresh;
  });
}

async function locked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.orch-lock`;
  for (const end = now() + 2 * STALE; ;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      break;
    } catch (cause) {
      const age = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > STALE) await rm(lock, { force: true });
      else if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || now() > end) {
        throw new OrchError('FILE_UNREADABLE', `cannot write the known_hosts file ${file}`, {
          hint: `Check its permissions, and whether ${lock} was left behind.`,
          cause,
        });
      } else await pause(20);
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}
