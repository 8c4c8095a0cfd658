import { sha256 } from '../lib/sha256.ts';
import type { Change, Plain } from '../model/change.ts';
import { MASK, Secret } from '../model/value.ts';

/** What differs between two states; nothing when they are the same. Lists of strings are compared as sets. */
export function diff(from: unknown, to: unknown, path: readonly string[] = []): readonly Change[] {
  if (from === to) return [];
  if (isWords(from) && isWords(to)) return sets(from, to, path);
  if (isSealed(from) || isSealed(to)) {
    if (sameUnsealed(from, to)) return [];
    // What a secret takes the place of was often one too.
    return [{ kind: 'value', path, from: hidden(from), to: hidden(to) }];
  }
  if (isTextOfHash(from, to) || isTextOfHash(to, from)) return [];
  if (isObject(from) && isObject(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys]
      .filter((key) => key !== HOW)
      .flatMap((key) => diff(from[key], to[key], [...path, key]));
  }
  if (Array.isArray(from) && Array.isArray(to) && JSON.stringify(from) === JSON.stringify(to))
    return [];
  if (typeof from === 'string' && typeof to === 'string' && `${from}${to}`.includes('\n')) {
    return [{ kind: 'text', path, from, to }];
  }
  return [{ kind: 'value', path, from: plain(from), to: plain(to) }];
}

/** A state may say under this key how it is to be reached: that is no difference. */
const HOW = 'how';

const hidden = (value: unknown): Plain =>
  value === undefined || value === null || value === '' ? plain(value) : MASK;

function sets(
  from: readonly string[],
  to: readonly string[],
  path: readonly string[],
): readonly Change[] {
  const had = new Set(from);
  const has = new Set(to);
  const added = to.filter((word) => !had.has(word));
  const removed = from.filter((word) => !has.has(word));
  return added.length + removed.length === 0 ? [] : [{ kind: 'set', path, added, removed }];
}

const isWords = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((word) => typeof word === 'string');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A secret beside what it is compared by, such as a hash, which must not be shown either: it can be guessed from. */
const isSealed = (value: unknown): value is { readonly secret: Secret } =>
  isObject(value) && value['secret'] instanceof Secret;

/** A text, and what it is compared by where it was not fetched. */
const isTextOfHash = (text: unknown, known: unknown): boolean =>
  typeof text === 'string' &&
  isObject(known) &&
  typeof known['sha256'] === 'string' &&
  known['sha256'] === sha256(text);

/** What a host shows of a secret is the thing itself, or what it is compared by. */
function sameUnsealed(a: unknown, b: unknown): boolean {
  const [one, other] = isSealed(a) ? [a, b] : [b, a];
  if (!isSealed(one)) return false;
  if (isSealed(other)) return one.secret.reveal() === other.secret.reveal();
  if (typeof other === 'string') return one.secret.reveal() === other;
  const marks = Object.entries(one).filter(([key]) => key !== 'secret' && key !== HOW);
  return isObject(other) && marks.length > 0 && marks.every(([key, mark]) => other[key] === mark);
}

function plain(value: unknown): Plain {
  if (value === undefined) return null;
  if (value instanceof Secret || isSealed(value)) return MASK;
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value as Plain;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== HOW)
      .map(([key, inner]) => [key, plain(inner)]),
  );
}

/** The smallest parts a change is made of, as comparable words: `zones/public/ports +80/tcp`. */
export function atoms(changes: readonly Change[]): readonly Atom[] {
  return changes.flatMap((change): readonly Atom[] => {
    const path = change.path.join('\0');
    if (change.kind !== 'set') return [{ path, word: '' }];
    return [
      ...change.added.map((word) => ({ path, word: `+${word}` })),
      ...change.removed.map((word) => ({ path, word: `-${word}` })),
    ];
  });
}

/** One element of a set, or one value, that a change touches. */
export interface Atom {
  readonly path: string;
  readonly word: string;
}

/** What of a task's changes is still there in the net difference of the resource; a later task may have taken parts back. */
export function surviving(changes: readonly Change[], net: readonly Change[]): readonly Change[] {
  const left = atoms(net);
  const stays = (path: string, word: string): boolean =>
    left.some((other) =>
      other.word === ''
        ? other.path === path || path.startsWith(`${other.path}\0`)
        : other.path === path && other.word === word,
    );
  return changes.flatMap((change): readonly Change[] => {
    const path = change.path.join('\0');
    if (change.kind !== 'set') return stays(path, '') ? [change] : [];
    const added = change.added.filter((word) => stays(path, `+${word}`));
    const removed = change.removed.filter((word) => stays(path, `-${word}`));
    return added.length + removed.length === 0 ? [] : [{ ...change, added, removed }];
  });
}

/** Whether one of two changes takes back something of the other. */
export function opposite(a: readonly Change[], b: readonly Change[]): boolean {
  const there = atoms(b);
  const sign = (word: string): string => (word.startsWith('+') ? '-' : '+') + word.slice(1);
  return atoms(a).some((atom) =>
    there.some(
      (other) => other.path === atom.path && (atom.word === '' || other.word === sign(atom.word)),
    ),
  );
}
