import { createHash } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  readlinkSync,
  statSync,
  type Stats,
} from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { OrchError } from '../lib/errors.ts';
import { whyNot } from '../lib/why-not.ts';
import type { LocalFile, Nearby, Sums } from '../model/nearby.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Vault } from '../model/vault.ts';
import { received } from './received.ts';

/** Where a task looks for files: its roles, the folder of its file, the folder of the playbook. */
function searchPath(task: Task, playbookDir: string): readonly string[] {
  const roles = task.role ? [task.role, ...task.role.parents].map(({ path }) => path) : [];
  return [...new Set([...roles, dirname(task.source.file), playbookDir])];
}

/** The files of this machine, as a task of a playbook sees them. */
export const nearby = (task: Task, scope: Scope, diff: boolean, vault?: Vault): Nearby => ({
  scope,
  diff,
  host: hostname(),
  find: (folder, name) => found(folder, name, task, scope),
  look,
  read: (path, sealed) =>
    !sealed && isSealed(path) ? unsealed(path, vault) : tried(path, () => readFileSync(path)),
  isSealed,
  sums,
  beside: (path) => besidePlaybook(path, scope),
  join: (...paths) => join(...paths),
  receive: (path) => received(path, tried),
  list: (path) => tried(path, () => readdirSync(path)).sort(),
  link: (path) =>
    tried(path, () => (lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined)),
});

function found(folder: string, name: string, task: Task, scope: Scope): string {
  const dir = scope.get('playbook_dir');
  const bases = searchPath(task, typeof dir === 'string' ? dir : '.');
  const home = name === '~' || name.startsWith('~/') ? join(homedir(), name.slice(1)) : name;
  const inFolder = name.split('/')[0] === folder;
  const tries = isAbsolute(home)
    ? [home]
    : bases.flatMap((base) => [...(inFolder ? [] : [join(base, folder, name)]), join(base, name)]);
  const hit = tries.find((path) => look(path) !== undefined);
  if (hit !== undefined) return hit.length > 1 ? hit.replace(/\/+$/, '') : hit;
  throw new OrchError('FILE_NOT_FOUND', `there is no ${JSON.stringify(name)} on this machine`, {
    source: task.source,
    hint: `Looked for it at: ${tries.join(', ')}.`,
  });
}

function besidePlaybook(path: string, scope: Scope): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  const dir = scope.get('playbook_dir');
  return isAbsolute(path) ? path : join(typeof dir === 'string' ? dir : '.', path);
}

/** Whether a file begins as those of Ansible Vault do; a file that cannot be read does not. */
function isSealed(path: string): boolean {
  const file = tried(path, () => openSync(path, 'r'));
  try {
    const head = Buffer.alloc(SEALED.length);
    tried(path, () => readSync(file, head));
    return head.equals(SEALED);
  } finally {
    closeSync(file);
  }
}

const SEALED = Buffer.from('$ANSIBLE_VAULT;');

function unsealed(path: string, vault: Vault | undefined): Buffer {
  const at = { file: path, line: 1, column: 1 };
  const text = tried(path, () => readFileSync(path, 'latin1'));
  if (!vault)
    throw new OrchError('VAULT_PASSWORD', 'This is encrypted, and no password was given.', {
      source: at,
    });
  const bytes = vault.bytes(text, at);
  vault.note(bytes.toString('utf8'));
  return bytes;
}

function look(path: string): LocalFile | undefined {
  const stat = statOf(path);
  if (!stat) return undefined;
  return {
    kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : 'other',
    size: stat.size,
    mode: (stat.mode & 0o7777).toString(8).padStart(4, '0'),
    owner: stat.uid === process.getuid?.() ? userInfo().username : String(stat.uid),
  };
}

/** Nothing where nothing is, below a file too. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    return tried(path, () => {
      throw cause;
    });
  }
}

/** Hashes by path, size and time: many hosts ask for the same file. */
const known = new Map<string, Sums>();

function sums(path: string): Sums {
  return tried(path, () => {
    const stat = statSync(path);
    const key = `${resolve(path)}\0${stat.size}\0${stat.mtimeMs}\0${stat.ino}`;
    const before = known.get(key);
    if (before) return before;
    const made = hashed(path);
    known.set(key, made);
    return made;
  });
}

function hashed(path: string): Sums {
  const hashes = ['sha256', 'sha1', 'md5'].map((name) => createHash(name));
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(256 * 1024);
    let size = 0;
    for (let n = readSync(file, chunk); n > 0; n = readSync(file, chunk)) {
      for (const hash of hashes) hash.update(chunk.subarray(0, n));
      size += n;
    }
    const [sha256 = '', sha1 = '', md5 = ''] = hashes.map((hash) => hash.digest('hex'));
    return { size, sha256, sha1, md5 };
  } finally {
    closeSync(file);
  }
}

function tried<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof OrchError) throw cause;
    const { code = '' } = cause as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new OrchError(
      missing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE',
      missing ? `there is no ${path} on this machine` : `${path} cannot be read: ${whyNot(cause)}`,
      { cause },
    );
  }
}
