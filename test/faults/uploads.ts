import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Sshd } from '../contract/sshd.ts';

const CHILD = fileURLToPath(new URL('upload-child.ts', import.meta.url));

/** A process of its own that uploads. */
export interface Uploading {
  readonly process: ChildProcess;
  /** When the first bytes are on their way. */
  readonly begun: Promise<void>;
  readonly ended: Promise<number | null>;
}

/** Uploads `mb` MiB that start with that number, from a process that can be killed. */
export function startUpload(sshd: Sshd, path: string, mb: number): Uploading {
  const child = spawn(
    process.execPath,
    ['--import=tsx', CHILD, JSON.stringify(sshd.target()), path, String(mb)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return {
    process: child,
    begun: new Promise((resolve) => child.stdout.once('data', () => resolve())),
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
}

/** The bytes of an upload, a piece at a time. */
export function* pieces(mb: number): Iterable<Buffer> {
  for (let i = 0; i < mb * 16; i++) yield Buffer.alloc(65_536, mb);
}

/** The SHA-256 of an upload. */
export function uploaded(mb: number): string {
  const hash = createHash('sha256');
  for (const piece of pieces(mb)) hash.update(piece);
  return hash.digest('hex');
}

/** The SHA-256 of a file, or of a text. */
export const digest = (file: string, text = false): string =>
  createHash('sha256')
    .update(text ? file : readFileSync(file))
    .digest('hex');
