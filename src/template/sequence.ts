import { failure, limitItems } from './faults.ts';
import { percent } from './format.ts';

const NUMBER = '(0?x?[0-9a-f]+)';
const SHORT = new RegExp(`^(?:${NUMBER}-)?${NUMBER}(?:/${NUMBER})?(?::(.+))?$`, 'i');
const NAMES = ['start', 'end', 'count', 'stride', 'format'];

interface Bounds {
  readonly start: number;
  readonly end: number | undefined;
  readonly count: number | undefined;
  readonly stride: number;
  readonly format: string;
}

function numberOf(written: string): number {
  const sign = written.startsWith('-') ? -1 : 1;
  const digits = written.replace(/^[-+]/, '');
  const octal = /^0[0-7]+$/.test(digits);
  const number = octal ? parseInt(digits, 8) : Number(digits);
  if (!Number.isInteger(number)) throw failure(`"${written}" is no whole number.`);
  return sign * number;
}

function read(term: string): Bounds {
  const short = SHORT.exec(term.trim());
  if (short) {
    const [, start, end = '', stride, format = '%d'] = short;
    return {
      start: start === undefined ? 1 : numberOf(start),
      end: numberOf(end),
      count: undefined,
      stride: stride === undefined ? 1 : numberOf(stride),
      format,
    };
  }
  const given = new Map<string, string>();
  for (const [, name = '', quoted, bare] of term.matchAll(/(\w+)=(?:["']([^"']*)["']|(\S*))/g)) {
    if (!NAMES.includes(name)) {
      throw failure(`A sequence has no "${name}".`, `It has ${NAMES.join(', ')}.`);
    }
    given.set(name, quoted ?? bare ?? '');
  }
  if (given.size === 0) throw failure(`"${term}" is no sequence, such as "start=1 end=5".`);
  const number = (name: string): number | undefined =>
    given.has(name) ? numberOf(given.get(name) ?? '') : undefined;
  return {
    start: number('start') ?? 1,
    end: number('end'),
    count: number('count'),
    stride: number('stride') ?? 1,
    format: given.get('format') ?? '%d',
  };
}

function lastOf({ start, end, count, stride }: Bounds): number {
  if (end !== undefined && count !== undefined) {
    throw failure('A sequence has either a count or an end.');
  }
  if (count !== undefined) return start + (count - 1) * stride;
  if (end === undefined) throw failure('A sequence needs a count or an end.');
  if (stride > 0 && end < start) {
    throw failure('The end of the sequence comes before its start.', 'Give a negative stride.');
  }
  if (stride < 0 && end > start) {
    throw failure('The start of the sequence comes before its end.', 'Give a positive stride.');
  }
  return end;
}

/** The texts of a sequence such as `start=1 end=10 stride=2 format=host%02d`, or in short `1-10/2:host%02d`. */
export function sequence(term: string): readonly string[] {
  const bounds = read(term);
  if (bounds.count === 0) return [];
  const last = lastOf(bounds);
  const { start, stride, format } = bounds;
  if (stride === 0) return [];
  if (!format.includes('%')) throw failure('The format of a sequence needs a % for its number.');
  const length = Math.max(Math.floor((last - start) / stride) + 1, 0);
  limitItems(length);
  return Array.from({ length }, (_, i) => percent(format, start + i * stride));
}
