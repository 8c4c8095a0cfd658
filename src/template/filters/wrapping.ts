import { repeat } from '../arithmetic.ts';
import { failure, wrongType } from '../faults.ts';
import type { Filter } from '../runtime.ts';
import { text } from '../text.ts';
import { isList, isText, type Val } from '../values.ts';

function indent(value: string, by: string, first: boolean, blank: boolean): string {
  const lines = value.split('\n');
  return lines
    .map((line, i) =>
      (i === 0 ? first : blank || line !== '') && !(i > 0 && line === '' && !blank)
        ? by + line
        : line,
    )
    .join('\n');
}

/** What works on text alone, and not on what could be printed. */
function onlyText(filter: string, value: Val): string {
  if (!isText(value)) throw wrongType(`The filter "${filter}"`, 'text', value);
  return text(value);
}

function truncate(
  value: string,
  length: number,
  killWords: boolean,
  end: string,
  leeway: number,
): string {
  if (value.length <= length + leeway) return value;
  const cut = value.slice(0, Math.max(length - end.length, 0));
  const space = cut.lastIndexOf(' ');
  return (killWords || space < 0 ? cut : cut.slice(0, space)) + end;
}

const BLANK = '[\\t\\n\\v\\f\\r ]';
const SOLID = '[^\\t\\n\\v\\f\\r ]';
const INSIDE = `[\\w!"'&.,?]`;
const LETTER = '[^\\d\\W]';
/** Where Python's textwrap may break: at blanks, after hyphens between letters, at dashes. */
const HYPHENS = new RegExp(
  `(${BLANK}+|(?<=${INSIDE})-{2,}(?=\\w)|${SOLID}+?(?:-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${INSIDE}-))(?=${LETTER}-?${LETTER})|(?=${BLANK}|$)|(?<=${INSIDE})(?=-{2,}\\w)))`,
);
const BLANKS = new RegExp(`(${BLANK}+)`);

interface Wrapping {
  readonly width: number;
  readonly breakLong: boolean;
  readonly hyphens: boolean;
}

/** Where a word longer than the room is broken: behind a hyphen, or anywhere. */
function breakIn(word: string, room: number, hyphens: boolean): number {
  const hyphen = hyphens ? word.lastIndexOf('-', room - 1) : -1;
  return hyphen > 0 && /[^-]/.test(word.slice(0, hyphen)) ? hyphen + 1 : room;
}

/** Breaks lines at blanks, as Python's textwrap does it. */
function wrap(line: string, { width, breakLong, hyphens }: Wrapping): string[] {
  const chunks = line
    .split(hyphens ? HYPHENS : BLANKS)
    .filter(Boolean)
    .reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    let current = '';
    if (chunks.at(-1)?.trim() === '' && lines.length > 0) chunks.pop();
    while (chunks.length > 0 && current.length + (chunks.at(-1) ?? '').length <= width) {
      current += chunks.pop() ?? '';
    }
    const next = chunks.at(-1) ?? '';
    if (next.length > width) {
      const room = width - current.length;
      if (breakLong && room > 0) {
        const end = breakIn(next, room, hyphens);
        current += next.slice(0, end);
        chunks[chunks.length - 1] = next.slice(end);
      } else if (current === '') current = chunks.pop() ?? '';
    }
    const kept = current.trimEnd();
    if (kept !== '') lines.push(kept);
  }
  return lines;
}

/** How far a line is indented: a number of blanks, or the text itself. */
const margin = (width: Val | undefined): string =>
  isText(width) ? text(width) : repeat(' ', typeof width === 'number' ? width : 4);

/** Filters that lay text out in lines. */
export const WRAPPING: Readonly<Record<string, Filter>> = {
  indent: {
    params: ['width', 'first', 'blank'],
    run: (value, given) =>
      indent(
        onlyText('indent', value),
        margin(given.get('width')),
        given.flag('first'),
        given.flag('blank'),
      ),
  },
  truncate: {
    params: ['length', 'killwords', 'end', 'leeway'],
    run: (value, given) => {
      const length = given.integer('length', 255);
      const leeway = given.get('leeway') === null ? 5 : given.integer('leeway', 5);
      // As in Jinja2 a list that is short enough stays one.
      if (isList(value) && value.length <= length + leeway) return value;
      const [kill, end] = [given.flag('killwords'), given.text('end', '...')];
      return truncate(onlyText('truncate', value), length, kill, end, leeway);
    },
  },
  wordwrap: {
    params: ['width', 'break_long_words', 'wrapstring', 'break_on_hyphens'],
    run: (value, given) => {
      const width = given.integer('width', 79);
      if (width < 1) throw failure('The width of wordwrap must be at least 1.');
      return text(value)
        .split(/\r\n|\n|\r/)
        .map((line) =>
          wrap(line, {
            width,
            breakLong: given.flag('break_long_words', true),
            hyphens: given.flag('break_on_hyphens', true),
          }).join(given.optional('wrapstring') ?? '\n'),
        )
        .join(given.optional('wrapstring') ?? '\n');
    },
  },
};
