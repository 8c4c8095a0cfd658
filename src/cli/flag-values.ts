import { OrchError } from '../lib/errors.ts';
import type { ReportFile } from './flags.ts';

/** Gathers the values of a flag that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/** The same, of values that are lists with commas. */
export const collectWords = (value: string, before: readonly string[]): readonly string[] => [
  ...before,
  ...value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
];

/** `120s`, `5m` or a number of seconds, from 10 s to 10 min. */
export function timeOf(text: string): number {
  const [, number, unit] = /^(\d+)(s|m)?$/.exec(text) ?? [];
  const seconds = Number(number) * (unit === 'm' ? 60 : 1);
  if (seconds >= 10 && seconds <= 600) return seconds;
  throw new OrchError('USAGE', `--confirm-timeout is from 10s to 10m, not ${JSON.stringify(text)}`);
}

/** Counts how often a flag is given. */
export const more = (_: string, before: number): number => before + 1;

/** Reads a whole number that is not too small. Throws OrchError USAGE. */
export const atLeast =
  (least: number, what: string) =>
  (value: string): number => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= least) return number;
    throw new OrchError(
      'USAGE',
      `--${what} must be a whole number of at least ${least}, is ${JSON.stringify(value)}`,
    );
  };

/** Gathers reports: `md=FILE,junit=FILE`. Throws USAGE. */
export function collectReports(
  value: string,
  before: readonly ReportFile[],
): readonly ReportFile[] {
  const parts = value.split(/,(?=(?:md|markdown|junit|json)=|[^=,]*=)/);
  return [...before, ...parts.map(reportFile)];
}

const KINDS: ReadonlyMap<string, ReportFile['kind']> = new Map([
  ['md', 'md'],
  ['markdown', 'md'],
  ['html', 'html'],
  ['junit', 'junit'],
  ['json', 'json'],
]);

function reportFile(text: string): ReportFile {
  const [, name = '', file = ''] = /^([^=]*)=(.+)$/.exec(text) ?? [];
  const kind = KINDS.get(name);
  if (kind) return { kind, file };
  throw new OrchError('USAGE', `--report ${JSON.stringify(text)} names no report`, {
    hint: 'Write md=FILE, html=FILE, junit=FILE or json=FILE, several joined by commas.',
  });
}
