import type { Val } from '../values.ts';

/** A JMESPath expression. */
export type Path =
  | { readonly kind: 'current' }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: Val }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'slice'; readonly bounds: readonly (number | undefined)[] }
  /** `left.right`, `left | right`, `left[0]`. */
  | { readonly kind: 'then'; readonly left: Path; readonly right: Path }
  | { readonly kind: 'flatten'; readonly of: Path }
  /** `[*]`, `*`, `[?...]` and what follows, for each item. */
  | {
      readonly kind: 'each';
      readonly over: 'list' | 'values';
      readonly of: Path;
      readonly test: Path | undefined;
      readonly right: Path;
    }
  | { readonly kind: 'list'; readonly items: readonly Path[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Path])[] }
  | { readonly kind: 'not'; readonly of: Path }
  | { readonly kind: 'and' | 'or'; readonly left: Path; readonly right: Path }
  | {
      readonly kind: 'compare';
      readonly operator: string;
      readonly left: Path;
      readonly right: Path;
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Path[] }
  | { readonly kind: 'reference'; readonly of: Path };
