import type { Source } from '../lib/source.ts';
import type { Tree } from './tree.ts';
import type { Secret, Unknown, Value } from './value.ts';

/** A variable as it was given: text that may hold templates, a finished value, or one made when first read. */
export type Given =
  | { readonly tree: Tree }
  | { readonly value: Value }
  | { readonly lazy: () => Value };

/** Variables that were given together, such as "group_vars of servers". */
export interface Layer {
  /** Where they come from, in the reader's words; shown by `orch explain`. */
  readonly name: string;
  readonly vars: ReadonlyMap<string, Given>;
  /** Files beside the playbooks of this folder: only plays of those have them. Set where there are several folders. */
  readonly beside?: string;
}

/**
 * The variables one task sees on one host, strongest layer first. Evaluation is lazy: a variable
 * nobody reads is never evaluated. Errors are OrchErrors placed in the file that holds the template.
 */
export interface Scope {
  readonly layers: readonly Layer[];
  /** The same scope with a stronger layer on top. */
  with(layer: Layer): Scope;
  /** The finished value of a variable; nothing when no layer has it. */
  get(name: string): Value | undefined;
  /** A finished value from YAML: strings are templates, `{{ x }}` alone keeps the type of x. */
  resolve(tree: Tree): Value;
  /** A condition (`when`, `that`): an expression without braces, a boolean, or a list of such that must all hold. */
  condition(tree: Tree): boolean | Unknown;
  /** An expression without braces, as in `until`. */
  expression(text: string, at: Tree): Value;
  /** What the text of a template file prints: always text, a lone `{{ x }}` too. `at` is where the file begins. */
  text(template: string, at: Source, marks?: Marks): string | Secret | Unknown;
}

/** How a template file tells tags from text, where it is not as usual. */
export interface Marks {
  /** Usually `{%` and `%}`. */
  readonly block?: readonly [string, string];
  /** Usually `{{` and `}}`. */
  readonly variable?: readonly [string, string];
  /** Usually `{#` and `#}`. */
  readonly comment?: readonly [string, string];
  /** Whether the line break after a block goes: true where nothing is said. */
  readonly trimBlocks?: boolean;
  /** Whether blanks between the start of a line and a block go: false where nothing is said. */
  readonly lstripBlocks?: boolean;
  /** What every line break of the template becomes: a line feed where nothing is said. */
  readonly newline?: '\n' | '\r' | '\r\n';
}

/** Makes scopes; the one door to the template engine. */
export interface Evaluator {
  scope(layers: readonly Layer[]): Scope;
}
