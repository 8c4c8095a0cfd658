import { sha256 } from '../../lib/sha256.ts';
import { show } from '../show.ts';

/** A text by its hash. */
export const hashed = (text: string): { readonly sha256: string; readonly size: number } => ({
  sha256: sha256(text),
  size: Buffer.byteLength(text),
});

type Map = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Texts, of which long ones may be known by their hash. */
const isWords = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.every((word) => typeof word === 'string' || isHashed(word));

/** The hash of a text, whether the text is here or its hash alone. */
const sumOf = (value: unknown): unknown =>
  typeof value === 'string' ? hashed(value).sha256 : isMap(value) ? value['sha256'] : undefined;

/** Says how a thing is done: it is not compared. */
const HOW = 'how';

/**
 * What of a thing is not as it was written down, one line each; nothing when it is. A text may be known by its hash on
 * either side; of a thing in part only what was written down is compared.
 */
export function differences(
  kept: unknown,
  now: unknown,
  partial = false,
  name = '',
): readonly string[] {
  if (kept === now || (isNothing(kept) && isNothing(now))) return [];
  if (isHashed(kept) || isHashed(now))
    return sumOf(kept) === sumOf(now) ? [] : [`${name || 'it'} holds another text`.trim()];
  if (isWords(kept) && isWords(now)) {
    const [had, has] = [new Set(kept.map(sumOf)), new Set(now.map(sumOf))];
    const words = [
      ...now.filter((word) => !had.has(sumOf(word))).map((word) => `+${wordOf(word)}`),
      ...kept.filter((word) => !has.has(sumOf(word))).map((word) => `-${wordOf(word)}`),
    ];
    return words.length === 0 ? [] : [`${name} ${words.join(' ')}`.trim()];
  }
  if (isMap(kept) && isMap(now))
    return [...new Set([...Object.keys(kept), ...(partial ? [] : Object.keys(now))])]
      .filter((key) => key !== HOW)
      .flatMap((key) =>
        differences(kept[key], now[key], partial, name === '' ? key : `${name} ${key}`),
      );
  if (JSON.stringify(kept) === JSON.stringify(now)) return [];
  return [`${name} was ${shown(kept)}, is ${shown(now)}`.trim()];
}

/**
 * What of a thing is neither as it was before a change nor as the change left it: part of it may have been taken back
 * already.
 */
export function strays(
  { before, after }: { readonly before?: unknown; readonly after?: unknown },
  now: unknown,
  partial = false,
  name = '',
): readonly string[] {
  if (differences(before, now, partial).length === 0) return [];
  const others = differences(after, now, partial, name);
  if (others.length === 0 || !isMap(before) || !isMap(after) || !isMap(now)) return others;
  if (isHashed(before) || isHashed(after) || isHashed(now)) return others;
  const more = partial ? [] : Object.keys(now);
  return [...new Set([...Object.keys(before), ...Object.keys(after), ...more])]
    .filter((key) => key !== HOW)
    .flatMap((key) =>
      strays(
        { before: before[key], after: after[key] },
        now[key],
        partial,
        name === '' ? key : `${name} ${key}`,
      ),
    );
}

const isNothing = (value: unknown): boolean => value === undefined || value === null;

const isHashed = (value: unknown): boolean => isMap(value) && typeof value['sha256'] === 'string';

const wordOf = (word: unknown): string => (typeof word === 'string' ? word : 'a long text');

/** Longest value that is shown. */
const LONGEST = 60;

function shown(value: unknown): string {
  if (isNothing(value)) return 'not there';
  if (isMap(value) && typeof value['kind'] === 'string') return value['kind'];
  const text = typeof value === 'string' ? value : show(value as string);
  return text.length > LONGEST || text.includes('\n') ? 'something else' : text;
}

/** What stands at a path of a state. */
export const at = (state: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((here, key) => (isMap(here) ? here[key] : undefined), state);

/** The state with something else at a path; undefined takes it away. */
export function put(state: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const map = isMap(state) ? state : {};
  const inner = put(map[key], rest, value);
  if (inner !== undefined) return { ...map, [key]: inner };
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

/** What was written down of a thing in part, over what is there now of it that was not. */
export const over = (now: unknown, kept: unknown): unknown =>
  isMap(now) && isMap(kept) && !isHashed(kept) && now['kind'] === kept['kind']
    ? { ...now, ...kept }
    : kept;
