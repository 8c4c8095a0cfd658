import { lstatSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { glob } from './glob.ts';
import type { createEvaluator } from '../template/evaluator.ts';

type Ports = NonNullable<Parameters<typeof createEvaluator>[0]>;

/** What templates may ask about the files of this machine. */
export type Paths = NonNullable<Ports['paths']>;

function stat(path: string, follow: boolean): Stats | undefined {
  try {
    return (follow ? statSync : lstatSync)(path);
  } catch {
    return undefined;
  }
}

function kind(path: string, follow: boolean): ReturnType<Paths['kind']> {
  const found = stat(path, follow);
  if (!found) return undefined;
  if (found.isSymbolicLink()) return 'link';
  return found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
}

/** A path without links, as far as it exists. */
function real(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch {
    const up = dirname(full);
    return up === full ? full : resolve(real(up), full.slice(up.length).replace(/^\//, ''));
  }
}

function home(user: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (user === '') return env['HOME'] ?? homedir();
  if (user === userInfo().username) return homedir();
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  return line?.split(':')[5];
}

/** Looks at the files of this machine; `env` is the environment of orch. */
export const nodePaths = (env: Readonly<Record<string, string | undefined>>): Paths => ({
  kind,
  real,
  same: (a, b) => {
    const [one, two] = [stat(a, true), stat(b, true)];
    return one !== undefined && one.dev === two?.dev && one.ino === two.ino;
  },
  mount: (path) => {
    const here = stat(path, false);
    const above = stat(resolve(path, '..'), false);
    if (!here || here.isSymbolicLink()) return false;
    return here.dev !== above?.dev || here.ino === above.ino;
  },
  home: (user) => home(user, env),
  glob,
  env: (name) => env[name],
});
