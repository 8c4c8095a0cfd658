import { stat } from 'node:fs/promises';
import { OrchError } from '../lib/errors.ts';
import { whyNot } from '../lib/why-not.ts';
import { masked } from './secrets.ts';
import type { Past } from '../model/past.ts';
import type { Write } from '../report/reporting.ts';

/** The outside world as a verb sees it. */
export interface Io {
  /** Results: what a pipe is meant to get. */
  readonly out: Write;
  /** Everything said besides; of the process itself, no secret gets through. */
  readonly err: Write;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The words of the command line. */
  readonly words?: readonly string[];
  /** The run that this one goes on with. */
  readonly past?: Past;
  /** Standard output is a terminal a person looks at. */
  readonly terminal: boolean;
  /** Standard output, and standard error, may be coloured. */
  readonly colors: { readonly out: boolean; readonly err: boolean };
}

/** The process's own streams. A reader that goes away (`orch run | head`) silences output, it never stops a run. */
export function processIo(): Io {
  const { env } = process;
  const dumb = env['TERM'] === 'dumb';
  const wanted = (env['NO_COLOR'] ?? '') === '' && !dumb;
  const forced = !['', '0', undefined].includes(env['FORCE_COLOR']);
  const say = writer(process.stderr);
  return {
    out: writer(process.stdout),
    err: (text) => say(masked(text)),
    env,
    cwd: currentDirectory(),
    terminal: process.stdout.isTTY && !dumb && (env['CI'] ?? '') === '',
    colors: {
      out: wanted && (forced || process.stdout.isTTY),
      err: wanted && (forced || process.stderr.isTTY),
    },
  };
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new OrchError('FILE_NOT_FOUND', 'The current directory does not exist any more.', {
      hint: 'Go to one that does: cd "$PWD", or cd ~.',
      cause,
    });
  }
}

/** Why output was lost, other than by a reader that went away; the first time it was. */
let lost: unknown;

/** Why standard output or error could not be written; nothing when all went well, or nobody reads any more. */
export const lostOutput = (): string | undefined => (lost === undefined ? undefined : whyNot(lost));

function writer(stream: NodeJS.WriteStream): Write {
  let [gone, wrote] = [false, false];
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    gone = true;
    if (wrote && cause.code !== 'EPIPE') lost ??= cause;
  });
  return (text) => {
    if (gone || text === '') return;
    wrote = true;
    stream.write(text);
  };
}

/** Resolves when all that was written has left the process, or cannot any more. */
export const flushed = (): Promise<unknown> =>
  Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((resolve) => void stream.write('', () => resolve())),
    ),
  );

/** Whether a path is there. */
export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
