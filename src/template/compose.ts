import type { Block, Imported, Stmt } from './ast.ts';
import { evaluate } from './evaluate.ts';
import { failure } from './faults.ts';
import type { Execute, Here, Page } from './here.ts';
import { Output } from './output.ts';
import { Env, type Loaded, type Run } from './run.ts';
import { text } from './text.ts';
import { Callable, isList, known, Namespace, type Val } from './values.ts';

/** How many templates may extend or include one another. */
const DEEPEST = 50;

/** A template made from files: what it prints goes to `out`; the page is its own. */
export function page(
  body: readonly Stmt[],
  where: { readonly env: Env; readonly run: Run; readonly out: Output },
  execute: Execute,
): Env {
  const own: Page = { blocks: new Map(), env: where.env };
  extend(body, { ...where, page: own, depth: 0 }, execute, 0);
  return where.env;
}

/** Carries out a template and those it extends, with the blocks of the most derived. */
function extend(body: readonly Stmt[], here: Here, execute: Execute, depth: number): void {
  if (depth > DEEPEST) throw failure('The templates extend one another without end.');
  for (const block of blocksIn(body)) {
    const same = here.page.blocks.get(block.name);
    if (same) same.push({ block, run: here.run });
    else here.page.blocks.set(block.name, [{ block, run: here.run }]);
  }
  if (here.page.blocks.size > 0) here.env.vars.set('self', self(here, execute));
  delete here.page.parent;
  execute(body, here);
  const parent = parentOf(here.page);
  if (!parent) return;
  const names = known(evaluate(parent.name, here.env, here.run));
  const loaded = needed(names, parent.at, here, true);
  extend(loaded.template.body, { ...here, run: loaded.run }, execute, depth + 1);
}

/** The template a page extends, if its statements said so. */
const parentOf = (own: Page): Page['parent'] => own.parent;

function blocksIn(body: readonly Stmt[]): Block[] {
  return body.flatMap((stmt) => {
    if (stmt.kind === 'block') return [stmt, ...blocksIn(stmt.body)];
    if (stmt.kind === 'if') {
      return [...stmt.branches.flatMap((b) => blocksIn(b.body)), ...blocksIn(stmt.otherwise)];
    }
    return 'body' in stmt && stmt.kind !== 'macro' ? blocksIn(stmt.body) : [];
  });
}

/** Prints a block: the most derived of its name. */
export function printBlock(block: Block, here: Here, execute: Execute): void {
  const env = block.scoped ? here.env : here.page.env;
  printLevel(block.name, 0, { ...here, env }, execute);
}

function printLevel(name: string, level: number, here: Here, execute: Execute): void {
  const found = here.page.blocks.get(name)?.[level];
  if (!found) throw failure(`There is no block "${name}" above this one.`);
  if (found.block.required && level === 0) {
    throw failure(`The block "${name}" is required, and nothing fills it.`);
  }
  const env = new Env(here.env);
  const above = here.page.blocks.get(name)?.[level + 1];
  const inner = { ...here, env, run: found.run };
  env.vars.set(
    'super',
    above
      ? new Callable('super', () =>
          printedBy(here, (out) => {
            printLevel(name, level + 1, { ...here, out }, execute);
          }),
        )
      : found.run.undefined(`There is no block "${name}" above this one.`),
  );
  execute(found.block.body, inner);
}

function printedBy(here: Here, print: (out: Output) => void): Val {
  const out = new Output();
  print(out);
  return here.run.printed(out);
}

/** `self`: every block as a function that prints it. */
function self(here: Here, execute: Execute): Val {
  const space = new Namespace();
  for (const name of here.page.blocks.keys()) {
    const print = (out: Output): void =>
      printLevel(name, 0, { ...here, env: here.page.env, out }, execute);
    space.vars.set(name, new Callable(name, () => printedBy(here, print)));
  }
  return space;
}

/** The template of a name, or the first that exists of a list of names; nothing when none does. */
function load(names: Val, at: number, { run }: Here, context: boolean): Loaded | undefined {
  for (const name of isList(names) ? names : [names]) {
    const loaded = run.load(text(known(name)), at, context);
    if (loaded) return loaded;
  }
  return undefined;
}

function needed(names: Val, at: number, here: Here, context: boolean): Loaded {
  const loaded = load(names, at, here, context);
  if (loaded) return loaded;
  const what = (isList(names) ? names : [names]).map((name) => `"${text(name)}"`).join(', ');
  throw failure(
    `There is no template ${what}.`,
    'It is looked for beside the template and in templates/.',
  );
}

/** Prints another template in place. */
export function include(
  stmt: Extract<Stmt, { kind: 'include' }>,
  here: Here,
  execute: Execute,
): void {
  const names = known(evaluate(stmt.name, here.env, here.run));
  const loaded = stmt.ignoreMissing
    ? load(names, stmt.at, here, stmt.context)
    : needed(names, stmt.at, here, stmt.context);
  if (!loaded) return;
  const env = stmt.context ? new Env(here.env) : new Env();
  const { run } = loaded;
  here.run.meter.nested(() => page(loaded.template.body, { env, run, out: here.out }, execute));
}

/** Takes macros and variables from another template. */
export function importNames(
  stmt: Extract<Stmt, { kind: 'import' }>,
  here: Here,
  execute: Execute,
): void {
  const names = known(evaluate(stmt.name, here.env, here.run));
  const loaded = needed(names, stmt.at, here, stmt.context);
  const inner = stmt.context ? new Env(here.env) : new Env();
  const out = new Output();
  const { run } = loaded;
  here.run.meter.nested(() => page(loaded.template.body, { env: inner, run, out }, execute));
  if (typeof stmt.as === 'string') {
    const module = new Namespace();
    for (const [name, value] of inner.vars)
      if (!/^(?:_|self$)/.test(name)) module.vars.set(name, value);
    here.env.vars.set(stmt.as, module);
    return;
  }
  for (const imported of stmt.as) take(imported, inner, here);
}

function take({ name, as }: Imported, from: Env, { env, run }: Here): void {
  const value = from.vars.get(name);
  env.vars.set(as, value ?? run.undefined(`The imported template has no "${name}".`));
}
