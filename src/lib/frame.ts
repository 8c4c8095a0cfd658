import { OrchErrors, type OrchError } from './errors.ts';
import { showSource, type Source } from './source.ts';

/** Widest part of a line that is shown; longer lines are cut around the caret. */
const WIDEST = 110;

/**
 * The line a source names, with a caret below the column; empty when the text has no such line.
 * Tabs stay tabs in both lines so that the caret stands right; other control characters are replaced.
 */
export function codeFrame(text: string, { line, column }: Source): string {
  const whole = text.split(/\r\n|[\r\n]/)[line - 1];
  if (whole === undefined) return '';
  const from = column > WIDEST - 20 ? column - 40 : 0;
  const head = from > 0 ? '…' : '';
  const tail = whole.length > from + WIDEST ? '…' : '';
  const shown = head + visible(whole.slice(from, from + WIDEST)) + tail;
  const before = head + whole.slice(from, Math.max(from, column - 1)).padEnd(column - 1 - from);
  const number = String(line);
  const pad = before.replace(/[^\t]/gu, ' ');
  return ` ${number} | ${shown}\n ${' '.repeat(number.length)} | ${pad}^`;
}

/**
 * An error as plain text: code and sentence, place, the line with a caret, what the host wrote, hint.
 * `readFile` gives the text of a file, or nothing when it cannot be read (again).
 */
export function renderError(
  error: OrchError | OrchErrors,
  readFile: (file: string) => string | undefined = () => undefined,
): string {
  if (error instanceof OrchErrors) {
    return error.errors.map((one) => renderError(one, readFile)).join('\n\n');
  }
  const [first = '', ...more] = visible(error.message).split('\n');
  const parts = [`error[${error.code}]: ${first}`, ...more.map((line) => `  ${line}`)];
  if (error.source) {
    parts.push(`  --> ${visible(showSource(error.source))}`);
    const text = readFile(error.source.file);
    const frame = text === undefined ? '' : codeFrame(text, error.source);
    if (frame) parts.push(frame);
  }
  if (error.stderr) {
    parts.push(
      ...visible(error.stderr.trimEnd())
        .split('\n')
        .map((line) => `  stderr: ${line}`),
    );
  }
  parts.push(...`hint: ${visible(error.hint)}`.split('\n').map((line) => `  ${line}`));
  return parts.join('\n');
}

/** Text from a file or host must not move the cursor or colour the terminal. */
const visible = (text: string): string => text.replace(CONTROL, '\u{fffd}');

const CONTROL = /[^\P{Cc}\t\n]/gu;
