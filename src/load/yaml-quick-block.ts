import { leave } from './yaml-left.ts';

/** A text in block style, and the number of the last line that belongs to it. */
export interface BlockText {
  readonly value: string;
  readonly last: number;
}

const HEADER = /^([|>])(-?) *(?: #.*)?$/;

/** Whether a value begins a text in block style. */
export const isBlock = (rest: string): boolean => rest.startsWith('|') || rest.startsWith('>');

/**
 * Reads `|`, `|-`, `>` and `>-` as most are written: indented by its first line, in folded ones no line further to the
 * right. `all` are the lines of the file, `number` is that of the header, from 1, and `column` where the value's parent begins.
 */
export function blockText(
  header: string,
  all: readonly string[],
  number: number,
  column: number,
): BlockText {
  const [, style, strip] = HEADER.exec(header) ?? leave();
  const first = all[number] ?? leave();
  const indent = first.search(/[^ ]/);
  if (indent <= column) leave();
  const lines: string[] = [];
  for (const line of all.slice(number)) {
    const blank = !/[^ ]/.test(line);
    if (blank && line.length > indent) leave();
    if (!blank && line.search(/[^ ]/) < indent) {
      if (line.search(/[^ ]/) > column) leave();
      break;
    }
    lines.push(line.slice(indent));
  }
  // Where a text ends with the file, how many line breaks are its own is a question of its own.
  if (number + lines.length === all.length && lines.at(-1) !== '') leave();
  while (lines.at(-1) === '') lines.pop();
  const value = style === '|' ? lines.join('\n') : folded(lines);
  return { value: strip ? value : `${value}\n`, last: number + lines.length };
}

/** Lines become one, an empty line between them a line break. */
function folded(lines: readonly string[]): string {
  if (lines.some((line) => line.startsWith(' ') || line.endsWith(' '))) leave();
  let text = '';
  let blanks = 0;
  for (const line of lines) {
    if (line === '') blanks++;
    else {
      text += text === '' ? line : (blanks === 0 ? ' ' : '\n'.repeat(blanks)) + line;
      blanks = 0;
    }
  }
  return text;
}
