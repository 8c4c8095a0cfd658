import type { Expr, Stmt, Target, Template } from './ast.ts';
import { CAPTURED } from './ast.ts';
import { truthy } from './compare.ts';
import { importNames, include, page, printBlock } from './compose.ts';
import { evaluate } from './evaluate.ts';
import { failure } from './faults.ts';
import type { Here } from './here.ts';
import { Loop, type Turns } from './loop.ts';
import { callMacro, macroOf } from './macros.ts';
import { Output } from './output.ts';
import { Env, type Run } from './run.ts';
import { iterate } from './runtime.ts';
import { sealed } from './secrets.ts';
import { known, Namespace, type Args, type Val } from './values.ts';

/** The value of a template, by Ansible's rules: see Output. `text` is as it was written, to keep its line breaks at the end. */
export function render(template: Template, written: string, run: Run): Val {
  const { single } = template;
  if (single?.kind === 'name') {
    // A lone variable that is a number, a boolean or nothing keeps its type.
    const raw = run.raw(single.name);
    if (raw !== undefined) return raw;
  }
  return run.operate(0, () => {
    const out = new Output();
    if (single) out.value(known(evaluate(single, new Env(), run)), keepsText(single, run));
    else page(template.body, { env: new Env(), run, out }, execute);
    const result = run.printed(out);
    return typeof result === 'string' ? padded(result, written, run) : result;
  });
}

const endOf = (value: string): number =>
  (/(?:\r\n|\r|\n)*$/.exec(value)?.[0] ?? '').replaceAll('\r\n', '\n').length;

/** A text with at least as many line breaks at its end as the template has. */
function padded(result: string, written: string, run: Run): string {
  if (!/[\r\n]$/.test(written)) return result;
  return result + run.newline.repeat(Math.max(endOf(written) - endOf(result), 0));
}

/** The filters whose result is text whatever it looks like. */
const TEXTS = new Set(['string', 'to_json', 'to_nice_json', 'to_yaml', 'to_nice_yaml']);

/** Whether an expression gives text that must not be taken for a list or map. */
export function keepsText(expr: Expr, run: Run): boolean {
  if (expr.kind === 'filter') return TEXTS.has(expr.name);
  if (expr.kind === 'choice') return keepsText(expr.yes, run);
  return expr.kind === 'name' && run.keepsText(expr.name);
}

type Kind = Stmt['kind'];
type Of<K extends Kind> = Extract<Stmt, { kind: K }>;

function execute(body: readonly Stmt[], here: Here): void {
  for (const stmt of body) {
    here.run.meter.step();
    const work = EXECUTE[stmt.kind] as (stmt: Stmt, here: Here) => void;
    work(stmt, here);
  }
}

const EXECUTE: { readonly [K in Kind]: (stmt: Of<K>, here: Here) => void } = {
  text: (stmt, here) => {
    if (!here.page.parent) here.out.add(stmt.text);
  },
  output: ({ value }, here) => {
    if (here.page.parent) return;
    const shown = known(evaluate(value, here.env, here.run));
    here.out.value(shown, keepsText(value, here.run));
  },
  if: ({ branches, otherwise }, here) => {
    const branch = branches.find(({ test }) => holds(test, here));
    execute(branch ? branch.body : otherwise, here);
  },
  for: (stmt, here) => {
    loop(stmt, items(stmt.list, here), here);
  },
  set: ({ target, value }, { env, run }) => assign(target, evaluate(value, env, run), env, run),
  capture: ({ target, value, body }, here) =>
    assign(target, captured(value, body, here), here.env, here.run),
  filtered: ({ value, body }, here) => here.out.value(known(captured(value, body, here))),
  do: ({ value }, { env, run }) => {
    known(evaluate(value, env, run));
  },
  with: ({ names, body }, here) => {
    const inner = new Env(here.env);
    for (const { name, value } of names) {
      inner.vars.set(name, evaluate(value, here.env, here.run));
    }
    execute(body, { ...here, env: inner });
  },
  group: ({ body }, here) => execute(body, { ...here, env: new Env(here.env) }),
  macro: (stmt, here) => here.env.vars.set(stmt.name, macroOf(stmt, here, execute)),
  call: ({ at, call, caller }, here) => {
    const printed = here.run.operate(at, () => callMacro(call, caller, here, execute));
    here.out.value(known(printed));
  },
  block: (stmt, here) => {
    if (!here.page.parent) placed(stmt.at, here, () => printBlock(stmt, here, execute));
  },
  extends: ({ name, at }, { page: own, run }) => {
    if (own.parent) throw run.place(failure('A template extends one other at most.'), at);
    own.parent = { name, at };
  },
  include: (stmt, here) => {
    if (!here.page.parent) placed(stmt.at, here, () => include(stmt, here, execute));
  },
  import: (stmt, here) => placed(stmt.at, here, () => importNames(stmt, here, execute)),
};

function placed(at: number, { run }: Here, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw run.place(error, at);
  }
}

function holds(test: Expr, { env, run }: Here): boolean {
  try {
    return truthy(evaluate(test, env, run));
  } catch (error) {
    throw run.place(error, test.at);
  }
}

/** What a body prints, through its filters. */
function captured(value: Expr, body: readonly Stmt[], here: Here): Val {
  const inner = new Env(here.env);
  const printed = sealed(() => {
    const out = new Output();
    execute(body, { ...here, env: inner, out });
    return here.run.printed(out);
  });
  inner.vars.set(CAPTURED, printed);
  return evaluate(value, inner, here.run);
}

function items(list: Expr, { env, run }: Here): readonly Val[] {
  try {
    return iterate(evaluate(list, env, run));
  } catch (error) {
    throw run.place(error, list.at);
  }
}

function loop(stmt: Of<'for'>, all: readonly Val[], here: Here): void {
  const { test, target } = stmt;
  const { env, run } = here;
  const chosen = test
    ? all.filter((item) => {
        const inner = new Env(env);
        assign(target, item, inner, run);
        return holds(test, { ...here, env: inner });
      })
    : all;
  if (chosen.length === 0) {
    execute(stmt.otherwise, { ...here, env: new Env(env) });
    return;
  }
  const depth = here.depth + 1;
  const turns: Turns = {
    items: chosen,
    // Only loops that go over themselves count as deeper.
    depth: stmt.recursive ? depth : 1,
    run,
    again: stmt.recursive ? (args) => again(stmt, args, { ...here, depth }) : undefined,
  };
  for (let i = 0; i < chosen.length; i++) {
    const inner = new Env(env);
    assign(target, chosen[i] ?? null, inner, run);
    inner.vars.set('loop', new Loop(turns, i));
    execute(stmt.body, { ...here, env: inner, depth: 0 });
  }
}

/** `loop(items)`: what the body of a recursive loop prints for further items. */
function again(stmt: Of<'for'>, { list: [more = null] }: Args, here: Here): Val {
  return here.run.meter.nested(() =>
    sealed(() => {
      const out = new Output();
      loop(stmt, iterate(more), { ...here, out });
      return here.run.printed(out);
    }),
  );
}

function assign(target: Target, value: Val, env: Env, run: Run): void {
  if (target.kind === 'name') {
    env.vars.set(target.name, value);
    return;
  }
  if (target.kind === 'member') {
    const space = env.get(target.name);
    if (!(space instanceof Namespace)) {
      const hint = `Make one: {% set ${target.name} = namespace() %}.`;
      throw run.place(failure(`"${target.name}" is no namespace.`, hint), target.at);
    }
    space.vars.set(target.member, value);
    return;
  }
  const parts = iterate(value, 'A list of names');
  if (parts.length !== target.items.length) {
    const wrong = `${target.items.length} names cannot take ${parts.length} values.`;
    throw run.place(failure(wrong), target.at);
  }
  for (const [i, item] of target.items.entries()) assign(item, parts[i] ?? null, env, run);
}

/** The text that a template file makes. */
export function renderFile(template: Template, written: string, run: Run): Val {
  return run.operate(0, () => {
    const out = new Output();
    page(template.body, { env: new Env(), run, out }, execute);
    return padded(out.text, written, run);
  });
}
