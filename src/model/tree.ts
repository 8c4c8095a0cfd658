import type { Source } from '../lib/source.ts';
import type { Value } from './value.ts';

/** A value of a YAML file, with the place where it was written. Immutable. */
export type Tree = ScalarTree | ListTree | MapTree;

/** A scalar; a string in it may hold templates unless it is `literal`. */
export interface ScalarTree {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  readonly source: Source;
  /** Set for `!unsafe` text: never a template. */
  readonly literal?: true;
  /** Set for a whole number with a point: `2.0`. */
  readonly float?: true;
  /** Set when the text was encrypted: its value becomes a Secret. */
  readonly secret?: true;
}

/** A list. */
export interface ListTree {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly source: Source;
}

/** A map; its keys are unique and in the order written. */
export interface MapTree {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
  readonly source: Source;
}

/** One key of a map and its value. */
export interface Entry {
  readonly key: string;
  readonly keySource: Source;
  readonly value: Tree;
}

/** The value of a key, if the tree is a map that has it. */
export function entry(tree: Tree | undefined, key: string): Entry | undefined {
  return tree?.kind === 'map' ? tree.entries.find((e) => e.key === key) : undefined;
}

/** Whether a scalar holds a template to be evaluated. */
export const isTemplate = (tree: Tree): boolean =>
  tree.kind === 'scalar' &&
  tree.literal !== true &&
  typeof tree.value === 'string' &&
  /\{\{|\{%|\{#/.test(tree.value);

/** Whether any scalar below holds a template. */
export function hasTemplate(tree: Tree): boolean {
  switch (tree.kind) {
    case 'scalar':
      return isTemplate(tree);
    case 'list':
      return tree.items.some(hasTemplate);
    case 'map':
      return tree.entries.some((e) => hasTemplate(e.value));
  }
}

/** The values of a tree as they were written, templates left as text; `leaf` may replace scalars. */
export function plain(
  tree: Tree,
  leaf: (scalar: ScalarTree) => Value = (scalar) => scalar.value,
): Value {
  switch (tree.kind) {
    case 'scalar':
      return leaf(tree);
    case 'list':
      return tree.items.map((item) => plain(item, leaf));
    case 'map':
      return Object.fromEntries(tree.entries.map((e) => [e.key, plain(e.value, leaf)]));
  }
}

/**
 * The place of the value a JSON pointer such as `/ports/2` names, or of the closest one around it.
 * With `key: true` the place of the key itself, where the last segment is a key of a map.
 */
export function sourceAt(tree: Tree, pointer: string, key = false): Source {
  let here = tree;
  let source = tree.source;
  for (const segment of pointer.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    const found = here.kind === 'map' ? entry(here, name) : undefined;
    const next = found?.value ?? (here.kind === 'list' ? here.items[Number(name)] : undefined);
    if (!next) return source;
    source = key && found ? found.keySource : next.source;
    here = next;
  }
  return source;
}
