import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { must, room } from './harness.ts';

/** Looks for secrets by the part of each that no spelling changes, and by that part in base64 at each of its three offsets. */
export class Search {
  readonly #forms: readonly string[];
  readonly #found = new Map<string, number>();
  readonly #places = new Set<string>();
  readonly #stamp = join(room(), 'stamp');

  constructor(cores: readonly string[]) {
    this.#forms = cores.flatMap((core) => [core, ...[0, 1, 2].map((at) => inBase64(core, at))]);
    writeFileSync(this.#stamp, '');
  }

  look(place: string, text: string): void {
    this.#places.add(place);
    const seen = this.#forms.filter((form) => text.includes(form)).length;
    if (seen > 0) this.#found.set(place, seen);
  }

  /** Files written since then in all places where programs leave some, but those below `except`. */
  lookForFiles(except: readonly string[]): void {
    const list = join(tmpdir(), `orch-forms-${process.pid}`);
    writeFileSync(list, `${this.#forms.join('\n')}\n`);
    const places = ['/tmp', '/var/tmp', '/run', '/dev/shm', '/home', '/root', '/var/log'];
    const prune = [...except, '/tmp/wt', '/root/.npm', list].flatMap((path) => [
      '-path',
      path,
      '-prune',
      '-o',
    ]);
    const { stdout } = spawnSync(
      'find',
      [
        ...places.filter(existsSync),
        ...prune,
        ...['-newer', this.#stamp, '-type', 'f', '-size', '-20M'],
        ...['-exec', 'grep', '-laF', '-f', list, '{}', '+'],
      ],
      { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    rmSync(list);
    this.#places.add('files left behind');
    for (const file of stdout.split('\n').filter((line) => line !== ''))
      this.#found.set(`left behind: ${file}`, 1);
  }

  get places(): number {
    return this.#places.size;
  }

  /** Throws when anything was found. */
  verdict(): void {
    const all = [...this.#found].map(([place, seen]) => `${place}: ${seen}`);
    must(all.length === 0, all.join(', '));
  }
}

/** What a text looks like inside something longer that is in base64, when so many bytes stand before it. */
function inBase64(text: string, before: number): string {
  const padded = Buffer.from('x'.repeat(before) + text)
    .toString('base64')
    .replace(/=+$/, '');
  return padded.slice(before === 0 ? 0 : 4, -2);
}

/** Arguments and environments of all that runs on this machine, which is both ends. */
export const processes = (): string =>
  execFileSync(
    'sh',
    ['-c', "ps -eww -o args; cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"],
    { encoding: 'latin1', maxBuffer: 1e9 },
  );

/** Begins to note what programs tell the log of this machine; gives it when it is asked. */
export function systemLog(end: (() => void)[]): () => string {
  const since = new Date();
  if (existsSync('/dev/log'))
    return () =>
      execFileSync('journalctl', ['--since', `@${since.getTime() / 1000}`, '-o', 'export'], {
        encoding: 'latin1',
        maxBuffer: 1e9,
      });
  const file = join(room(), 'syslog');
  const daemon = spawn('busybox', ['syslogd', '-n', '-O', file], { stdio: 'ignore' });
  end.push(() => {
    daemon.kill();
    rmSync('/dev/log', { force: true });
  });
  return () => readText(file);
}

/** A file's text; nothing where there is none. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** All that the runs of a state folder wrote down. */
export function journalText(state: string): string {
  const runs = join(state, 'runs');
  return existsSync(runs)
    ? readdirSync(runs, { recursive: true, encoding: 'utf8' })
        .map((name) => readText(join(runs, name)))
        .join('\n')
    : '';
}
