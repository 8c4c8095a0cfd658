import { bareName } from './bare-name.ts';
import type { CallArgs, Expr, Macro, Stmt, Target } from './ast.ts';
import { CAPTURED } from './ast.ts';
import { GLOBALS } from './functions.ts';

/** Told of every name that is read from outside the template, and of every filter and test. */
export interface Visitor {
  /**
   * `guarded` when the expression copes with it being undefined; `sure` when it is read whenever the template is
   * evaluated, so that it fails where the name is undefined.
   */
  readonly name?: (name: string, at: number, guarded: boolean, sure: boolean) => void;
  readonly filter?: (name: string, at: number) => void;
  readonly test?: (name: string, at: number) => void;
  readonly lookup?: (name: string, at: number) => void;
}

type Bound = ReadonlySet<string>;
const NOTHING: Bound = new Set();
const LENIENT_FILTERS = new Set(['default', 'd', 'mandatory']);
const LENIENT_TESTS = new Set(['defined', 'undefined']);

/** How far an expression copes with undefined values: not, in its leading name and attributes, or everywhere. */
type Guard = 'none' | 'chain' | 'all';

/** How an expression stands in those around it. */
interface Standing {
  readonly guard: Guard;
  readonly sure: boolean;
}

const ALONE: Standing = { guard: 'none', sure: true };

/** Goes through an expression; `bound` are the names that blocks around it set. */
export function visitExpression(
  expr: Expr,
  visitor: Visitor,
  bound: Bound = NOTHING,
  { guard, sure }: Standing = ALONE,
): void {
  const inner = guard === 'all' || asks(expr) ? 'all' : 'none';
  const go = (part: Expr, standing: Standing): void =>
    visitExpression(part, visitor, bound, standing);
  announce(expr, visitor, bound, { guard, sure });
  for (const [i, part] of parts(expr).entries()) {
    const how = i === 0 && inner === 'none' ? ofFirst(expr, guard) : inner;
    go(part, { guard: how, sure: sure && surely(expr, i) });
  }
  if (expr.kind === 'filter' || expr.kind === 'test' || expr.kind === 'call') {
    const needed = sure && !(expr.kind === 'filter' && LENIENT_FILTERS.has(expr.name));
    for (const value of argumentsOf(expr.args)) go(value, { guard: inner, sure: needed });
  }
}

/** Whether a part of an expression is read whenever the whole is, and fails when it is undefined. */
function surely(expr: Expr, part: number): boolean {
  if (expr.kind === 'test') return false;
  if (expr.kind === 'compare') return part <= 1;
  return part === 0 || (expr.kind !== 'logic' && expr.kind !== 'choice');
}

function announce(expr: Expr, visitor: Visitor, bound: Bound, { guard, sure }: Standing): void {
  if (expr.kind === 'filter') visitor.filter?.(expr.name, expr.at);
  if (expr.kind === 'test') visitor.test?.(expr.name, expr.at);
  if (expr.kind === 'call') calledWith(expr, visitor);
  if (expr.kind !== 'name' || bound.has(expr.name)) return;
  if (GLOBALS.has(expr.name) || expr.name === CAPTURED) return;
  visitor.name?.(expr.name, expr.at, guard !== 'none', sure);
}

const LOOKS_UP = new Set(['lookup', 'query', 'q']);

function calledWith({ of, args }: Extract<Expr, { kind: 'call' }>, visitor: Visitor): void {
  const [first] = args.list;
  if (of.kind !== 'name' || !LOOKS_UP.has(of.name) || first?.value.kind !== 'const') return;
  if (typeof first.value.value === 'string') visitor.lookup?.(first.value.value, first.value.at);
}

const KEEPS: ReadonlySet<Expr['kind']> = new Set(['attribute', 'item', 'call']);

/** The guard of what an expression starts with. */
function ofFirst(expr: Expr, guard: Guard): Guard {
  if (expr.kind === 'filter' && sifts(expr)) return 'all';
  if (expr.kind === 'filter') return LENIENT_FILTERS.has(expr.name) ? 'chain' : 'none';
  if (expr.kind === 'test') return LENIENT_TESTS.has(expr.name) ? 'chain' : 'none';
  return KEEPS.has(expr.kind) ? guard : 'none';
}

/** `select('defined')` and the like: what is undefined in the list is left out. */
function sifts({ name, args }: Extract<Expr, { kind: 'filter' }>): boolean {
  const first = args.list[0]?.value;
  const word = first?.kind === 'const' ? first.value : undefined;
  return (
    /^(?:select|reject|map)(?:attr)?$/.test(name) &&
    typeof word === 'string' &&
    SIFTING.has(bareName(word))
  );
}

const SIFTING = new Set(['defined', 'undefined', 'default', 'd']);

const asks = (expr: Expr): boolean =>
  (expr.kind === 'logic' || expr.kind === 'choice') && asksDefined(expr);

/** Whether a part of an `and`, `or` or `if` asks if something is defined: the rest is then guarded. */
function asksDefined(expr: Expr): boolean {
  if (expr.kind === 'test') return LENIENT_TESTS.has(expr.name);
  return parts(expr).some(asksDefined);
}

function parts(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'const':
    case 'name':
      return [];
    case 'list':
    case 'tuple':
      return expr.items;
    case 'dict':
      return expr.pairs.flat();
    case 'attribute':
    case 'call':
    case 'filter':
    case 'test':
    case 'not':
    case 'sign':
      return [expr.of];
    case 'item':
      return [expr.of, expr.key];
    case 'slice':
      return [expr.of, ...expr.bounds.filter((bound) => bound !== undefined)];
    case 'binary':
    case 'logic':
      return [expr.left, expr.right];
    case 'compare':
      return [expr.first, ...expr.rest.map(({ right }) => right)];
    case 'concat':
      return expr.parts;
    case 'choice':
      return expr.no ? [expr.test, expr.yes, expr.no] : [expr.test, expr.yes];
  }
}

function argumentsOf(args: CallArgs): readonly Expr[] {
  const values = [...args.list, ...args.named].map(({ value }) => value);
  return args.rest ? [...values, args.rest] : values;
}

const targets = (target: Target): readonly string[] =>
  target.kind === 'names'
    ? target.items.flatMap(targets)
    : target.kind === 'name'
      ? [target.name]
      : [];

/** Goes through the statements of a template. */
export function visitBody(
  body: readonly Stmt[],
  visitor: Visitor,
  outer: Bound = NOTHING,
  sure = true,
): void {
  const bound = new Set(outer);
  for (const stmt of body) {
    visitStatement(stmt, visitor, bound, sure);
    if (stmt.kind === 'set' || stmt.kind === 'capture')
      for (const name of targets(stmt.target)) bound.add(name);
    if (stmt.kind === 'macro') bound.add(stmt.name);
    if (stmt.kind === 'import') for (const name of importedNames(stmt)) bound.add(name);
    // What one branch sets is taken as set: whether it is cannot be told from the text.
    if (stmt.kind === 'if') for (const name of setInside(stmt)) bound.add(name);
  }
}

const importedNames = ({ as }: Extract<Stmt, { kind: 'import' }>): readonly string[] =>
  typeof as === 'string' ? [as] : as.map((imported) => imported.as);

const setInside = (stmt: Extract<Stmt, { kind: 'if' }>): readonly string[] =>
  [...stmt.branches.flatMap(({ body }) => body), ...stmt.otherwise].flatMap((inner) =>
    inner.kind === 'set' || inner.kind === 'capture'
      ? targets(inner.target)
      : inner.kind === 'if'
        ? setInside(inner)
        : [],
  );

function visitStatement(stmt: Stmt, visitor: Visitor, bound: Bound, sure: boolean): void {
  const inside = (body: readonly Stmt[], names: readonly string[] = [], certain = false): void =>
    visitBody(body, visitor, new Set([...bound, ...names]), certain);
  const here: Standing = { guard: 'none', sure };
  const never: Standing = { guard: 'none', sure: false };
  switch (stmt.kind) {
    case 'text':
      return;
    case 'output':
    case 'do':
    case 'set':
      visitExpression(stmt.value, visitor, bound, here);
      return;
    case 'capture':
    case 'filtered':
      visitExpression(stmt.value, visitor, bound, here);
      inside(stmt.body, [], sure);
      return;
    case 'if':
      visitBranches(stmt, visitor, bound, here);
      return;
    case 'for': {
      const names = targets(stmt.target);
      visitExpression(stmt.list, visitor, bound, here);
      if (stmt.test) visitExpression(stmt.test, visitor, new Set([...bound, ...names]), never);
      inside(stmt.body, [...names, 'loop']);
      inside(stmt.otherwise);
      return;
    }
    case 'with':
      for (const { value } of stmt.names) visitExpression(value, visitor, bound, here);
      inside(
        stmt.body,
        stmt.names.map(({ name }) => name),
        sure,
      );
      return;
    case 'group':
      inside(stmt.body, [], sure);
      return;
    case 'block':
      inside(stmt.body, ['super', 'self']);
      return;
    case 'extends':
    case 'include':
    case 'import':
      visitExpression(stmt.name, visitor, bound, here);
      return;
    case 'call':
      visitExpression(stmt.call, visitor, bound, here);
      visitMacro(stmt.caller, visitor, bound);
      return;
    case 'macro':
      visitMacro(stmt, visitor, bound);
  }
}

/** The first condition is asked always, the others and the bodies perhaps. */
function visitBranches(
  { branches, otherwise }: Extract<Stmt, { kind: 'if' }>,
  visitor: Visitor,
  bound: Bound,
  first: Standing,
): void {
  for (const [i, { test, body }] of branches.entries()) {
    visitExpression(test, visitor, bound, i === 0 ? first : { guard: 'none', sure: false });
    visitBody(body, visitor, bound, false);
  }
  visitBody(otherwise, visitor, bound, false);
}

function visitMacro(macro: Macro, visitor: Visitor, bound: Bound): void {
  const names = macro.params.map(({ name }) => name);
  for (const { fallback } of macro.params) {
    if (fallback) {
      const known = new Set([...bound, ...names]);
      visitExpression(fallback, visitor, known, { guard: 'none', sure: false });
    }
  }
  visitBody(macro.body, visitor, new Set([...bound, ...names, macro.name, ...GIVEN]), false);
}

/** What a macro knows besides its parameters. */
const GIVEN = ['varargs', 'kwargs', 'caller'];
