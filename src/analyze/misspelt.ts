import { nearest } from '../lib/nearest.ts';

/**
 * The name that another one is a slip of the pen for, when that is the likely reading: not where they differ in a
 * number or an ending only, as names of related things do.
 */
export function misspelt(name: string, known: Iterable<string>): string | undefined {
  if (name.length < 4) return undefined;
  const close = nearest(
    name,
    [...known].filter((one) => !related(name, one)),
  );
  if (close === undefined || close.length < 4) return undefined;
  return Math.abs(close.length - name.length) <= 1 ? close : undefined;
}

const related = (a: string, b: string): boolean =>
  a === b ||
  a.startsWith(b) ||
  b.startsWith(a) ||
  a.replace(/\d+/g, '') === b.replace(/\d+/g, '') ||
  words(a).some(
    (word, i) =>
      word !== words(b)[i] && words(b).length === words(a).length && far(word, words(b)[i] ?? ''),
  );

const words = (name: string): readonly string[] => name.split('_');

/** Two words of a name that differ in more than a slip: `web_port` and `db_port`. */
const far = (a: string, b: string): boolean => a.length < 4 || nearest(a, [b]) === undefined;
