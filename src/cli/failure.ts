import { readFileSync } from 'node:fs';
import { ERRORS } from '../lib/error-table.ts';
import { OrchErrors, type OrchError } from '../lib/errors.ts';
import { renderError } from '../lib/frame.ts';
import { version } from '../version.ts';
import type { Io } from './io.ts';
import { readableStack } from './stack.ts';

/** Errors of the user's files and command line, each with the line it is about; no stack, it would not help. */
export function userErrors(error: OrchError | OrchErrors, { colors }: Pick<Io, 'colors'>): string {
  const text = `${renderError(error, readAgain)}\n`;
  const n = error instanceof OrchErrors ? error.errors.length : 1;
  const count = n > 1 ? `\n${n} errors; no host was contacted.\n` : '';
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
