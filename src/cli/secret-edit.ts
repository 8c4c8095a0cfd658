import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import type { Io } from './io.ts';

/**
 * Lets the user edit a secret text: in a directory nobody else may enter, in memory where this machine has that
 * (/dev/shm), gone when the editor ends, however that is. Throws USAGE when the editor fails.
 */
export function editText(text: Buffer, name: string, env: Io['env']): Buffer {
  const shm = statSync('/dev/shm', { throwIfNoEntry: false })?.isDirectory() === true;
  const dir = mkdtempSync(join(shm ? '/dev/shm' : tmpdir(), 'orch-secret-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  process.once('exit', remove);
  // Ctrl-C belongs to the editor; what would end orch meanwhile waits until the text is gone.
  const wait = (): void => undefined;
  for (const signal of SIGNALS) process.on(signal, wait);
  try {
    const file = join(dir, basename(name));
    writeFileSync(file, text, { mode: 0o600 });
    const editor = env['VISUAL'] ?? env['EDITOR'] ?? 'vi';
    // The editor may be a command line, `code --wait`; the name of the file is an argument, not shell text.
    const ran = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    if (ran.status !== 0) {
      throw new OrchError('USAGE', `the editor ${editor} failed; ${name} is as it was`, {
        hint: 'Set VISUAL or EDITOR to an editor that is there.',
      });
    }
    return readFileSync(file);
  } finally {
    remove();
    process.off('exit', remove);
    for (const signal of SIGNALS) process.off(signal, wait);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
