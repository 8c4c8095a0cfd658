import { readFileSync } from 'node:fs';
import { ERRORS } from '../lib/error-table.ts';
import { OrchErrors, type OrchError } from '../lib/errors.ts';
import { renderError } from '../lib/frame.ts';
import { version } from '../version.ts';
import type { Io } from './io.ts';
import { readableStack } from './stack.ts';

/** So many errors are shown; of more, nobody reads the rest. */
const MOST = 100;

/** Errors of the user's files and command line, each with the line it is about; no stack, it would not help. */
export function userErrors(error: OrchError | OrchErrors, { colors }: Pick<Io, 'colors'>): string {
  const all = error instanceof OrchErrors ? error.errors : [error];
  const n = all.length;
  const files = new Map<string, string | undefined>();
  const readOnce = (file: string): string | undefined => {
    if (!files.has(file)) files.set(file, readAgain(file));
    return files.get(file);
  };
  const text = `${renderError(new OrchErrors(all.slice(0, MOST)), readOnce)}\n`;
  const first = n > MOST ? ` of which the first ${MOST} are shown` : '';
  const count = n > 1 ? `\n${n} errors${first}; no host was contacted.\n` : '';
  return (colors.err ? painted(text) : text) + count;
}

/** The exit code an error asks for; of several, the first in the order of docs/errors.md. */
export function exitOf(error: OrchError | OrchErrors): number {
  const all = error instanceof OrchErrors ? error.errors : [error];
  const codes = new Set<number>(all.map(({ code }) => ERRORS[code].exit));
  // Nothing ran: whatever is wrong with a template or variable is wrong with the files.
  return [1, 130].find((code) => codes.has(code)) ?? 5;
}

/** What to show, and to send us, when orch itself is at fault. */
export function bugReport(error: unknown, argv: readonly string[]): string {
  const stack =
    error instanceof Error ? readableStack(error.stack ?? error.message) : String(error);
  return [
    'orch failed: this is a bug in orch, not in your files.',
    '',
    'What was under way on hosts may or may not have been done. Run `orch check` to see what is left.',
    'Please report this text, after removing anything you would not publish:',
    '',
    '---- 8< ----',
    `orch ${version()}, node ${process.version}, ${process.platform} ${process.arch}`,
    `verb: ${argv[0] ?? '(none)'}, flags: ${argv
      .filter((word) => /^--?[a-z]/i.test(word))
      .map((word) => word.replace(/=.*$/s, '=...'))
      .join(' ')}`,
    stack,
    '---- 8< ----',
    '',
  ].join('\n');
}

function readAgain(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

const painted = (text: string): string =>
  text
    .replace(/^error\[[A-Z_]+\]/gm, '\x1b[31m\x1b[1m$&\x1b[0m')
    .replace(/^ {2}hint:/gm, '  \x1b[32mhint:\x1b[0m')
    .replace(/^ +--> /gm, '\x1b[36m$&\x1b[0m');
