import { OrchError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { Secret, Unknown } from '../model/value.ts';
import { OPERATORS } from './arithmetic.ts';
import type { CallArgs, Expr } from './ast.ts';
import { slice } from './attributes.ts';
import { truthy } from './compare.ts';
import { failure, limitText, wrongType } from './faults.ts';
import { mapKey } from './keys.ts';
import { iterate } from './runtime.ts';
import type { Env, Run } from './run.ts';
import { text } from './text.ts';
import { kindOf } from './kinds.ts';
import {
  Callable,
  Dict,
  dict,
  integer,
  entriesOf,
  Float,
  isFloat,
  isMapping,
  namesOf,
  known,
  numberOf,
  numeric,
  Tuple,
  Undef,
  type Args,
  type Val,
} from './values.ts';

type Kind = Expr['kind'];
type Of<K extends Kind> = Extract<Expr, { kind: K }>;

/** The value of an expression. Unknown parts make it unknown; an undefined value is returned, not raised. */
export function evaluate(expr: Expr, env: Env, run: Run): Val {
  run.meter.step();
  const work = EVALUATE[expr.kind] as (expr: Expr, env: Env, run: Run) => Val;
  return work(expr, env, run);
}

const EVALUATE: { readonly [K in Kind]: (expr: Of<K>, env: Env, run: Run) => Val } = {
  const: ({ value }) => value,
  name: ({ name, at }, env, run) => {
    try {
      return run.name(name, env, at);
    } catch (error) {
      throw run.place(error, at);
    }
  },
  list: ({ items }, env, run) => {
    const list = items.map((item) => evaluate(item, env, run));
    run.made.add(list);
    return list;
  },
  tuple: ({ items }, env, run) => Tuple.make(items.map((item) => evaluate(item, env, run))),
  dict: ({ at, pairs }, env, run) =>
    run.operate(at, () => {
      const entries = pairs.map(
        ([key, value]) => [mapKey(evaluate(key, env, run)), evaluate(value, env, run)] as const,
      );
      // An empty one is made to be filled, with keys of any kind.
      const map = entries.length === 0 ? new Dict() : dict(entries);
      run.made.add(map);
      return map;
    }),
  attribute: ({ at, of, name }, env, run) => {
    const whole = evaluate(of, env, run);
    return run.part(whole, name, { dot: true, at, say: () => nothing(of, name, whole) });
  },
  item: ({ at, of, key }, env, run) => {
    const whole = evaluate(of, env, run);
    return run.operate(at, () => {
      const wanted = whole instanceof Undef ? null : evaluate(key, env, run);
      return run.part(whole, wanted, {
        dot: false,
        at,
        say: () => nothing(of, wanted instanceof Secret ? String(wanted) : text(wanted), whole),
      });
    });
  },
  slice: ({ at, of, bounds }, env, run) =>
    run.operate(at, () =>
      slice(
        evaluate(of, env, run),
        bounds.map((bound) => bound && known(evaluate(bound, env, run))),
      ),
    ),
  call: ({ at, of, args }, env, run) => {
    const callee = evaluate(of, env, run);
    return run.operate(at, () => {
      const target = known(callee);
      if (!(target instanceof Callable)) {
        throw failure(`"${describe(of)}" cannot be called: it is ${kindOf(target)}.`);
      }
      return target.call(argsOf(args, env, run));
    });
  },
  filter: ({ at, of, name, args }, env, run) => {
    const value = evaluate(of, env, run);
    return run.operate(at, () => run.filter(name, value, argsOf(args, env, run)));
  },
  test: ({ at, of, name, args }, env, run) => {
    const value = evaluate(of, env, run);
    return run.operate(at, () => run.test(name, value, argsOf(args, env, run)));
  },
  not: ({ at, of }, env, run) => {
    const value = evaluate(of, env, run);
    return value instanceof Unknown ? value : run.operate(at, () => !truthy(value));
  },
  sign: ({ at, minus, of }, env, run) =>
    run.operate(at, () => signed(evaluate(of, env, run), minus)),
  binary: ({ at, operator, left, right }, env, run) => {
    const a = evaluate(left, env, run);
    const b = evaluate(right, env, run);
    return operation(operator, a, b, { run, at });
  },
  compare: ({ first, rest }, env, run) => {
    let left = evaluate(first, env, run);
    let result: Val = true;
    for (const { operator, right } of rest) {
      const value = evaluate(right, env, run);
      result = operation(operator, left, value, { run, at: first.at });
      if (result === false || result instanceof Unknown) return result;
      left = value;
    }
    return result;
  },
  logic: ({ at, and, left, right }, env, run) => {
    const first = evaluate(left, env, run);
    if (first instanceof Unknown) return besideUnknown(first, and, () => evaluate(right, env, run));
    const enough = run.operate(at, () => truthy(first) !== and);
    return enough === true ? first : evaluate(right, env, run);
  },
  concat: ({ at, parts }, env, run) => {
    const values = parts.map((part) => evaluate(part, env, run));
    return run.operate(at, () => {
      const joined = values.map(text).join('');
      limitText(joined.length);
      return joined;
    });
  },
  choice: ({ at, test, yes, no }, env, run) => {
    const condition = evaluate(test, env, run);
    if (condition instanceof Unknown) return condition;
    const chosen = run.operate(at, () => truthy(condition)) === true ? yes : no;
    if (chosen) return evaluate(chosen, env, run);
    return new Undef(
      () =>
        run.place(
          new OrchError('VARIABLE_UNDEFINED', 'The "if" is false and there is no "else".'),
          at,
        ) as OrchError,
      true,
    );
  },
};

function operation(operator: string, a: Val, b: Val, where: { run: Run; at: number }): Val {
  const work = OPERATORS[operator];
  if (!work) throw failure(`There is no operator "${operator}".`);
  if (typeof a === 'string' && typeof b === 'string') {
    if (operator === '==') return a === b;
    if (operator === '!=') return a !== b;
  }
  return where.run.operate(where.at, () => {
    return work(known(a), known(b));
  });
}

/** `unknown and x` is false when x is; `unknown or x` is true when x is; else it is unknown. */
function besideUnknown(unknown: Unknown, and: boolean, other: () => Val): Val {
  try {
    const value = other();
    if (!(value instanceof Unknown) && truthy(value) !== and) return value;
  } catch (error) {
    // The unknown side may have kept this one from being evaluated at all.
    if (!(error instanceof OrchError)) throw error;
  }
  return unknown;
}

function signed(value: Val, minus: boolean): Val {
  const plain = known(value);
  const number = numberOf(plain);
  if (number === undefined) throw wrongType(minus ? '"-"' : '"+"', 'a number', plain);
  if (typeof plain === 'bigint') return integer(minus ? -plain : plain);
  if (plain instanceof Float || isFloat(plain)) return numeric(minus ? -number : number, true);
  return minus && number !== 0 ? -number : number;
}

/** The values of the arguments of a call. */
export function argsOf(args: CallArgs, env: Env, run: Run): Args {
  const list: Val[] = [];
  for (const { value, spread } of args.list) {
    const item = evaluate(value, env, run);
    if (spread) list.push(...iterate(item, '"*"'));
    else list.push(item);
  }
  const named = new Map<string, Val>();
  for (const { name, value } of args.named) named.set(name, evaluate(value, env, run));
  if (args.rest) {
    const rest = evaluate(args.rest, env, run);
    if (!isMapping(rest)) throw wrongType('"**"', 'a map', rest);
    for (const [key, value] of entriesOf(rest)) named.set(text(key), value);
  }
  return { list, named };
}

/** An expression as the user would name it: `zone.ports`. */
export function describe(expr: Expr): string {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind === 'attribute') return `${describe(expr.of)}.${expr.name}`;
  if (expr.kind === 'item' && expr.key.kind === 'const') {
    return `${describe(expr.of)}[${JSON.stringify(expr.key.value)}]`;
  }
  if (expr.kind === 'item') return `${describe(expr.of)}[...]`;
  if (expr.kind === 'call') return `${describe(expr.of)}()`;
  return expr.kind === 'filter' ? `... | ${expr.name}` : 'the value';
}

function nothing(of: Expr, key: string, whole: Val): string {
  const near = isMapping(whole) ? didYouMean(key, namesOf(whole)) : '';
  const what = isMapping(whole) ? '' : ` (it is ${kindOf(whole)})`;
  return `"${describe(of)}"${what} has no "${key}".${near}`;
}
