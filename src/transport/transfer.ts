import { createHash } from 'node:crypto';

import { OrchError } from '../lib/errors.ts';
import { downloadScript, uploadPart } from '../lib/upload.ts';
import type { Identity, Reply, Session, Transferred, Upload } from '../model/transport.ts';
import { lastLine } from './become.ts';

/** `Session.upload`, over any session. */
export async function uploadFile(
  session: Pick<Session, 'trip'>,
  label: string,
  file: Upload,
  identity: Identity,
  signal?: AbortSignal,
): Promise<Transferred> {
  checkPath(label, file.path);
  const [reply] = await session.trip([uploadPart(file)], identity, signal);
  const sha256 = reply?.stdout.toString('latin1') ?? '';
  // The hash is asked for as well: it is the last thing the script says.
  if (reply?.exit !== 0 || sha256.length !== 64) throw failed(label, 'written', file.path, reply);
  return { bytes: file.size, sha256 };
}

/** `Session.download`, over any session. */
export async function downloadFile(
  session: Pick<Session, 'trip'>,
  label: string,
  { path, sink }: { readonly path: string; readonly sink: (chunk: Buffer) => void | Promise<void> },
  identity: Identity,
  signal?: AbortSignal,
): Promise<Transferred> {
  checkPath(label, path);
  const hash = createHash('sha256');
  let bytes = 0;
  const output = (chunk: Buffer): void | Promise<void> => {
    hash.update(chunk);
    bytes += chunk.length;
    return sink(chunk);
  };
  const [reply] = await session.trip([{ script: downloadScript(path), output }], identity, signal);
  if (reply?.exit !== 0) throw failed(label, 'read', path, reply);
  const sha256 = hash.digest('hex');
  if (lastLine(reply.stderr.toString()) === sha256) return { bytes, sha256 };
  throw new OrchError(
    'TRANSFER_FAILED',
    `${label}: ${shown(path)} is not what was read: it changed meanwhile`,
    { hint: 'Something writes the file on the host; run again, or fetch a copy of it.' },
  );
}

function checkPath(label: string, path: string): void {
  if (path.startsWith('/') && !path.includes('\0') && !path.endsWith('/')) return;
  throw new OrchError('TRANSFER_FAILED', `${label}: ${shown(path)} is no absolute path of a file`, {
    hint: 'Name the file itself, from / on.',
  });
}

function failed(
  label: string,
  what: 'written' | 'read',
  path: string,
  reply: Reply | undefined,
): OrchError {
  const said = reply?.stderr.toString() ?? '';
  const why =
    lastLine(said.replace(/^.*redirection failure\n/gm, '')).replace(/^\S*sh: (line )?\d+: /, '') ||
    `exit ${reply?.exit ?? -1}`;
  const old = what === 'written' ? '; what was there before is as it was' : '';
  return new OrchError(
    'TRANSFER_FAILED',
    `${label}: ${shown(path)} could not be ${what}: ${why}${old}`,
    {
      stderr: said.slice(0, 2000) || undefined,
    },
  );
}

const shown = (path: string): string => JSON.stringify(path).slice(1, -1);
