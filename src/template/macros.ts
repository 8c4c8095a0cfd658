import type { CallArgs, Expr, Macro, Stmt } from './ast.ts';
import { argsOf, evaluate } from './evaluate.ts';
import { failure } from './faults.ts';
import type { Execute, Here } from './here.ts';
import { visitBody } from './names.ts';
import { Output } from './output.ts';
import { Env, type Run } from './run.ts';
import { sealed } from './secrets.ts';
import { Callable, dict, known, or, Tuple, type Args, type Val } from './values.ts';

const ASKED = ['varargs', 'kwargs', 'caller'] as const;
const kept = new WeakMap<readonly Stmt[], ReadonlySet<string>>();

/** Which of the arguments that a macro does not name its body asks for. */
function asked(body: readonly Stmt[]): ReadonlySet<string> {
  const known = kept.get(body);
  if (known) return known;
  const found = new Set<string>();
  visitBody(body, { name: (name) => found.add(name) });
  const made = new Set(ASKED.filter((name) => found.has(name)));
  kept.set(body, made);
  return made;
}

/** A macro: called, it gives what its body prints. */
export class MacroValue extends Callable {
  override readonly type = 'Macro';
  readonly #macro: Macro;

  constructor(macro: Macro, call: (args: Args) => Val) {
    super(macro.name, call);
    this.#macro = macro;
  }

  override attribute(name: string): Val | undefined {
    const asks = asked(this.#macro.body);
    if (name === 'name') return this.name;
    if (name === 'arguments') return Tuple.make(this.#macro.params.map((param) => param.name));
    if (name === 'catch_varargs') return asks.has('varargs');
    if (name === 'catch_kwargs') return asks.has('kwargs');
    return name === 'caller' ? asks.has('caller') : undefined;
  }
}

/** A macro as a value, with what is around it. */
export function macroOf(macro: Macro, here: Here, execute: Execute): MacroValue {
  return new MacroValue(macro, (args) => {
    const inner = new Env(here.env);
    bindMacro(macro, args, inner, here.run);
    return sealed(() => {
      const out = new Output();
      execute(macro.body, { ...here, env: inner, out });
      return here.run.printed(out);
    });
  });
}

/** What a `{% call %}` prints: the macro it calls, with its body as `caller()`. */
export function callMacro(
  call: Extract<Expr, { kind: 'call' }>,
  caller: Macro,
  here: Here,
  execute: Execute,
): Val {
  const target = known(evaluate(call.of, here.env, here.run));
  if (!(target instanceof Callable)) throw failure('"call" needs a macro.');
  const args = argsOf(withoutCaller(call.args), here.env, here.run);
  const named = new Map(args.named).set('caller', macroOf(caller, here, execute));
  return target.call({ list: args.list, named });
}

function withoutCaller(args: CallArgs): CallArgs {
  if (!args.named.some(({ name }) => name === 'caller')) return args;
  throw failure('The argument "caller" is what "call" itself gives.');
}

function bindMacro(macro: Macro, args: Args, inner: Env, run: Run): void {
  const names = macro.params.map((param) => param.name);
  const asks = asked(macro.body);
  const extra = [...args.named].filter(([name]) => !names.includes(name) && name !== 'caller');
  const [stray] = extra;
  if (stray && !asks.has('kwargs')) {
    throw failure(`The macro "${macro.name}" has no argument "${stray[0]}".`);
  }
  if (args.list.length > names.length && !asks.has('varargs')) {
    throw failure(`The macro "${macro.name}" takes at most ${names.length} arguments.`);
  }
  const caller = args.named.get('caller');
  if (caller && !asks.has('caller')) {
    throw failure(`The macro "${macro.name}" does not call caller().`, 'Call it without a body.');
  }
  if (asks.has('caller') && !names.includes('caller')) {
    inner.vars.set(
      'caller',
      or(caller, () => run.undefined('Nobody gave the macro a body.')),
    );
  }
  if (asks.has('varargs')) inner.vars.set('varargs', Tuple.make(args.list.slice(names.length)));
  if (asks.has('kwargs')) inner.vars.set('kwargs', dict(extra));
  for (const [i, { name, fallback }] of macro.params.entries()) {
    const missing = (): Val =>
      fallback
        ? evaluate(fallback, inner, run)
        : run.undefined(`The macro "${macro.name}" needs the argument "${name}".`);
    const given = or(args.list[i], () => args.named.get(name));
    inner.vars.set(name, or(given, missing));
  }
}
