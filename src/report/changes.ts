import { textDiff } from '../lib/text-diff.ts';
import type { Change, Plain } from '../model/change.ts';

/** Changes of one thing, ready to be drawn: `zone public (runtime + permanent)` and what changes in it. */
export interface Block {
  readonly head: string;
  readonly rows: readonly Row[];
}

/** One line of a block (or one text diff). */
export type Row =
  | {
      readonly kind: 'set';
      readonly label: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  | { readonly kind: 'value'; readonly label: string; readonly from: string; readonly to: string }
  | { readonly kind: 'text'; readonly label: string; readonly lines: readonly string[] };

interface Entry {
  readonly path: readonly string[];
  /** The parents of the leaf that change alike: `runtime`, `permanent`. */
  readonly beside: readonly string[];
  readonly mark: '' | 'new' | 'removed';
  readonly change: Change;
}

/** Groups changes by the thing they are in; siblings that change alike (runtime, permanent) are told once. */
export function blocksOf(changes: readonly Change[]): readonly Block[] {
  const blocks = new Map<string, Row[]>();
  for (const entry of merged(changes.flatMap(expanded))) {
    const head = headOf(entry);
    const rows = blocks.get(head) ?? [];
    rows.push(rowOf(entry));
    blocks.set(head, rows);
  }
  return [...blocks].map(([head, rows]) => ({ head, rows }));
}

/** Something that appears or goes away as a whole is told by what is in it. */
function expanded(change: Change): readonly Entry[] {
  if (change.kind === 'value') {
    if (change.from === null && isObject(change.to)) return leaves(change.path, change.to, 'new');
    if (change.to === null && isObject(change.from))
      return leaves(change.path, change.from, 'removed');
  }
  return [{ path: change.path, beside: [], mark: '', change }];
}

function leaves(
  path: readonly string[],
  value: Readonly<Record<string, Plain>>,
  mark: 'new' | 'removed',
): readonly Entry[] {
  const found = Object.entries(value).flatMap(([key, inner]): readonly Entry[] => {
    const here = [...path, key];
    if (isObject(inner)) return leaves(here, inner, mark);
    if (inner === null || inner === false || inner === '') return [];
    if (Array.isArray(inner) && inner.length === 0) return [];
    return [{ path: here, beside: [], mark, change: leafChange(here, inner, mark) }];
  });
  if (found.length > 0) return found;
  const [from, to] = mark === 'new' ? ['absent', 'present'] : ['present', 'absent'];
  return [{ path, beside: [], mark: '', change: { kind: 'value', path, from, to } }];
}

function leafChange(path: readonly string[], value: Plain, mark: 'new' | 'removed'): Change {
  if (Array.isArray(value) && value.every((word) => typeof word === 'string')) {
    const words: readonly string[] = value;
    return {
      kind: 'set',
      path,
      added: mark === 'new' ? words : [],
      removed: mark === 'new' ? [] : words,
    };
  }
  return {
    kind: 'value',
    path,
    from: mark === 'new' ? null : value,
    to: mark === 'new' ? value : null,
  };
}

function merged(entries: readonly Entry[]): readonly Entry[] {
  const out = new Map<string, Entry>();
  for (const entry of entries) {
    const { path, mark, change } = entry;
    const parent = path.at(-2);
    const key = JSON.stringify([path.slice(0, -2), path.at(-1), mark, { ...change, path: [] }]);
    const twin = out.get(key);
    if (parent === undefined) out.set(JSON.stringify(path), entry);
    else out.set(key, { ...(twin ?? entry), beside: [...(twin?.beside ?? []), parent] });
  }
  return [...out.values()];
}

function headOf({ path, beside, mark }: Entry): string {
  const [first, second, ...rest] = path.slice(0, -1);
  if (first === undefined) return '';
  const tail = [beside.join(' + '), mark].filter((word) => word !== '').join(', ');
  if (second === undefined) return mark === '' ? beside.join(' + ') : `${first} (${mark})`;
  const thing = `${singular(first)} `;
  if (rest.length === 0) return `${thing}${beside.join(' + ')}${mark === '' ? '' : ` (${mark})`}`;
  const between = rest.slice(0, -1);
  return `${thing}${[second, ...between].join(' ')} (${tail})`;
}

const singular = (word: string): string =>
  word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/([^s])s$/, '$1');

function rowOf({ path, change }: Entry): Row {
  const label = path.at(-1) ?? '';
  switch (change.kind) {
    case 'set':
      return { kind: 'set', label, added: change.added, removed: change.removed };
    case 'value':
      return { kind: 'value', label, from: show(change.from), to: show(change.to) };
    case 'text':
      return { kind: 'text', label, lines: textDiff(change.from, change.to) };
  }
}

/** How a value that is not there is shown. */
export const NOTHING = '(none)';

/** A value on one line: words bare, everything else as JSON, nothing as `(none)`. */
export function show(value: Plain): string {
  if (value === null) return NOTHING;
  if (typeof value === 'string' && /^[^\s"]+$/.test(value)) return value;
  return JSON.stringify(value);
}

const isObject = (value: Plain): value is { readonly [key: string]: Plain } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
