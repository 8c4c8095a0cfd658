import type { Val } from './values.ts';

/** An expression. `at` is the offset of its first own character in the template text. */
export type Expr =
  | { readonly kind: 'const'; readonly at: number; readonly value: Val }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly Expr[] }
  | { readonly kind: 'tuple'; readonly at: number; readonly items: readonly Expr[] }
  | {
      readonly kind: 'dict';
      readonly at: number;
      readonly pairs: readonly (readonly [Expr, Expr])[];
    }
  | { readonly kind: 'attribute'; readonly at: number; readonly of: Expr; readonly name: string }
  | { readonly kind: 'item'; readonly at: number; readonly of: Expr; readonly key: Expr }
  | {
      readonly kind: 'slice';
      readonly at: number;
      readonly of: Expr;
      readonly bounds: readonly (Expr | undefined)[];
    }
  | { readonly kind: 'call'; readonly at: number; readonly of: Expr; readonly args: CallArgs }
  | {
      readonly kind: 'filter';
      readonly at: number;
      readonly of: Expr;
      readonly name: string;
      readonly args: CallArgs;
    }
  | {
      readonly kind: 'test';
      readonly at: number;
      readonly of: Expr;
      readonly name: string;
      readonly args: CallArgs;
    }
  | { readonly kind: 'not'; readonly at: number; readonly of: Expr }
  | { readonly kind: 'sign'; readonly at: number; readonly minus: boolean; readonly of: Expr }
  | {
      readonly kind: 'binary';
      readonly at: number;
      readonly operator: string;
      readonly left: Expr;
      readonly right: Expr;
    }
  | {
      readonly kind: 'compare';
      readonly at: number;
      readonly first: Expr;
      readonly rest: readonly { readonly operator: string; readonly right: Expr }[];
    }
  | {
      readonly kind: 'logic';
      readonly at: number;
      readonly and: boolean;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'concat'; readonly at: number; readonly parts: readonly Expr[] }
  | {
      readonly kind: 'choice';
      readonly at: number;
      readonly test: Expr;
      readonly yes: Expr;
      readonly no: Expr | undefined;
    };

/** The arguments of a call as written. */
export interface CallArgs {
  readonly list: readonly { readonly value: Expr; readonly spread: boolean }[];
  readonly named: readonly { readonly name: string; readonly value: Expr }[];
  /** The map after `**`. */
  readonly rest?: Expr | undefined;
}

/** What a `for` or `set` assigns to: a name, several, or one attribute of a namespace. */
export type Target =
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'names'; readonly at: number; readonly items: readonly Target[] }
  | {
      readonly kind: 'member';
      readonly at: number;
      readonly name: string;
      readonly member: string;
    };

/** A parameter of a macro or of the body of a `call`. */
export interface Param {
  readonly name: string;
  readonly fallback: Expr | undefined;
}

/** A name that `import` takes from a template, and what it is called here. */
export interface Imported {
  readonly name: string;
  readonly as: string;
}

/** A `{% block %}`. */
export interface Block {
  readonly kind: 'block';
  readonly at: number;
  readonly name: string;
  /** It sees the names of the loops around it. */
  readonly scoped: boolean;
  readonly required: boolean;
  readonly body: readonly Stmt[];
}

/** A macro, or the body of a `call`, which is one without a name. */
export interface Macro {
  readonly kind: 'macro';
  readonly at: number;
  readonly name: string;
  readonly params: readonly Param[];
  readonly body: readonly Stmt[];
}

/** A part of a template. */
export type Stmt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expr }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: Expr; readonly body: readonly Stmt[] }[];
      readonly otherwise: readonly Stmt[];
    }
  | {
      readonly kind: 'for';
      readonly at: number;
      readonly target: Target;
      readonly list: Expr;
      readonly test: Expr | undefined;
      readonly recursive: boolean;
      readonly body: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expr }
  | {
      readonly kind: 'capture';
      readonly target: Target;
      readonly value: Expr;
      readonly body: readonly Stmt[];
    }
  | { readonly kind: 'filtered'; readonly value: Expr; readonly body: readonly Stmt[] }
  | { readonly kind: 'do'; readonly value: Expr }
  | {
      readonly kind: 'with';
      readonly names: readonly { readonly name: string; readonly value: Expr }[];
      readonly body: readonly Stmt[];
    }
  | {
      readonly kind: 'call';
      readonly at: number;
      readonly call: Extract<Expr, { kind: 'call' }>;
      readonly caller: Macro;
    }
  | { readonly kind: 'group'; readonly body: readonly Stmt[] }
  | { readonly kind: 'extends'; readonly at: number; readonly name: Expr }
  | {
      readonly kind: 'include';
      readonly at: number;
      readonly name: Expr;
      readonly ignoreMissing: boolean;
      readonly context: boolean;
    }
  | {
      readonly kind: 'import';
      readonly at: number;
      readonly name: Expr;
      readonly context: boolean;
      /** The whole under one name, or some of its names. */
      readonly as: string | readonly Imported[];
    }
  | Block
  | Macro;

/** A parsed template. */
export interface Template {
  readonly text: string;
  readonly body: readonly Stmt[];
  /** Set when the text is one `{{ expression }}` and nothing else. */
  readonly single: Expr | undefined;
}

/** The name under which a captured body stands in the expression of its filters. */
export const CAPTURED = '(body)';
