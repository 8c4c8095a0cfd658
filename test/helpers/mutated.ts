import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { flowCases } from './flow-cases.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Files of a playbook. */
export type Texts = Readonly<Record<string, string>>;

const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');

/** Playbooks that load: those that are shipped, and those of the fixtures. */
export const seeds: readonly Texts[] = [
  ...readdirSync(join(root, 'playbooks'))
    .filter((name) => name.endsWith('.yml'))
    .map((name): Texts => ({ 'site.yml': read(`playbooks/${name}`) })),
  ...(JSON.parse(read('test/fixtures/language/recorded.json')) as { files: Texts }[]).map(
    ({ files }) => files,
  ),
  ...flowCases().flatMap(({ cases }) =>
    cases.map(({ book, tasks = '', files = {} }): Texts => {
      const text = `- hosts: all\n  gather_facts: false\n  tasks:\n${indented(tasks)}`;
      return { 'site.yml': book ?? text, ...files };
    }),
  ),
];

const WORDS = [
  'block',
  'rescue',
  'always',
  'roles',
  'hosts',
  'tasks',
  'when',
  'loop',
  'with_items',
  'import_tasks',
  'include_role',
  'import_playbook',
  'vars',
  'action',
  'args',
  '{{',
  '}}',
  '{%',
  '"',
  "'",
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '<<: ',
  '!unsafe ',
  '!vault ',
  '|',
  '>',
  '\t',
  '\n',
  '# ',
  'null',
  '~',
  '0',
  '\u0000',
  '\u{1f600}',
  '__proto__',
  'constructor',
  'site.yml',
  '../',
];

interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
  readonly file: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(12),
  put: fc.oneof(fc.constantFrom('', ...WORDS), fc.string({ maxLength: 4 })),
  file: fc.nat(5),
});

/** A playbook with up to four edits of some characters. */
const garbled = fc
  .tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([texts, edits]): Texts => {
    const out = { ...texts };
    for (const { at, cut, put, file } of edits) {
      const names = Object.keys(out);
      const name = names[file % names.length] ?? 'site.yml';
      const text = out[name] ?? '';
      const from = Math.floor(at * text.length);
      out[name] = text.slice(0, from) + put + text.slice(from + cut);
    }
    return out;
  });

/** What takes the place of a value. */
const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e9,
    '',
    'x',
    '{{ x }}',
    '{{',
    '{% if %}',
    '{{ item.a.b }}',
    'a: b',
    '@',
    '!x',
  ],
  ...[[], {}, [[]], [{}], { a: 1 }, ['all'], { block: [] }, { debug: { msg: 'x' } }, 'localhost'],
  ...[
    '{{ [1, 2] }}',
    '{{ hostvars }}',
    '{{ undefined_name }}',
    'item is defined',
    'meta',
    'end_play',
  ],
];

interface Change {
  readonly at: number;
  readonly what: 'drop' | 'set' | 'rename' | 'copy' | 'wrap' | 'append';
  readonly value: unknown;
  readonly word: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  // Not the play as a whole: nothing is left without it.
  at: fc.double({ min: 0.1, max: 1, noNaN: true, maxExcluded: true }),
  what: fc.constantFrom('drop', 'set', 'rename', 'copy', 'wrap', 'append'),
  value: fc.constantFrom(...VALUES),
  word: fc.constantFrom(...WORDS),
});

type Container = unknown[] | Record<string, unknown>;

/** Every place in a document: what holds it, and its key there. */
function placesIn(value: unknown): readonly (readonly [Container, string | number])[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Container;
  const keys: readonly (string | number)[] = Array.isArray(holder)
    ? holder.map((_, i) => i)
    : Object.keys(holder);
  return keys.flatMap((key) => [
    [holder, key] as const,
    ...placesIn((holder as Record<string | number, unknown>)[key]),
  ]);
}

function changed(document: unknown, { at, what, value, word }: Change): void {
  const places = placesIn(document);
  const [holder, key] = places[Math.floor(at * places.length)] ?? [];
  if (holder === undefined || key === undefined) return;
  const all = holder as Record<string | number, unknown>;
  const old = all[key];
  if (what === 'set') all[key] = value;
  else if (what === 'wrap') all[key] = Array.isArray(old) ? { [word]: old } : [old];
  else if (what === 'append') all[key] = typeof old === 'string' ? `${old}${word}` : value;
  else if (Array.isArray(holder)) {
    if (what === 'drop') holder.splice(Number(key), 1);
    else holder.splice(Number(key), 0, structuredClone(old));
  } else {
    if (what !== 'copy') Reflect.deleteProperty(all, key);
    if (what !== 'drop') all[word] = old;
  }
}

/** A playbook whose tree was changed in one place or two: it is always well-formed YAML. */
const rearranged = fc
  .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 2 }))
  .map(([texts, changes]): Texts => {
    try {
      const document: unknown = parse(texts['site.yml'] ?? '');
      for (const one of changes) changed(document, one);
      return { ...texts, 'site.yml': JSON.stringify(document, null, 1) };
    } catch {
      return texts;
    }
  });

/** A playbook that was damaged, in its text or in its tree. */
export const mutated: fc.Arbitrary<Texts> = fc.oneof(
  { arbitrary: garbled, weight: 1 },
  { arbitrary: rearranged, weight: 3 },
);
