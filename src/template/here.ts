import type { Block, Expr, Stmt } from './ast.ts';
import type { Output } from './output.ts';
import type { Env, Run } from './run.ts';

/** What the templates that make one page share: the blocks, the most derived first. */
export interface Page {
  readonly blocks: Map<string, { readonly block: Block; readonly run: Run }[]>;
  /** The variables of the whole template. */
  readonly env: Env;
  /** The template this one extends, once it said so. */
  parent?: { readonly name: Expr; readonly at: number };
}

/** Where a statement is carried out. */
export interface Here {
  readonly env: Env;
  readonly run: Run;
  readonly out: Output;
  readonly page: Page;
  /** How deep in recursive loops. */
  readonly depth: number;
}

/** Carries out statements in order; handed around, since bodies lie in statements. */
export type Execute = (body: readonly Stmt[], here: Here) => void;
