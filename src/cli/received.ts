import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Received } from '../model/nearby.ts';

/** Files that were begun and neither kept nor dropped: a run that is cut leaves none. */
const begun = new Set<string>();
let count = 0;

/**
 * A file that comes piece by piece, under another name beside its place until it is kept: whoever reads sees the
 * old file or the new one. `tried` turns errors of the file system into those of orch.
 */
export function received(path: string, tried: <T>(path: string, action: () => T) => T): Received {
  const fresh = `${path}.orch-${process.pid}-${(count += 1)}`;
  const hashes = ['sha256', 'sha1', 'md5'].map((name) => createHash(name));
  let size = 0;
  let file: number | undefined;
  const open = (): number => {
    if (begun.size === 0) process.once('exit', dropAll);
    mkdirSync(dirname(path), { recursive: true });
    begun.add(fresh);
    const old = statSync(path, { throwIfNoEntry: false });
    return (file = openSync(fresh, 'wx', old ? old.mode & 0o777 : 0o666));
  };
  const end = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  return {
    write: (chunk) =>
      tried(path, () => {
        for (let at = 0; at < chunk.length;) at += writeSync(file ?? open(), chunk, at);
        for (const hash of hashes) hash.update(chunk);
        size += chunk.length;
      }),
    sums() {
      const [sha256 = '', sha1 = '', md5 = ''] = hashes.map((hash) => hash.copy().digest('hex'));
      return { size, sha256, sha1, md5 };
    },
    keep: () =>
      tried(path, () => {
        if (file === undefined) open();
        end();
        const old = statSync(path, { throwIfNoEntry: false });
        if (old) chmodSync(fresh, old.mode & 0o7777);
        renameSync(fresh, path);
        begun.delete(fresh);
      }),
    drop() {
      end();
      if (begun.delete(fresh)) rmSync(fresh, { force: true });
    },
  };
}

function dropAll(): void {
  for (const name of begun) rmSync(name, { force: true });
}
