import { OrchError } from '../lib/errors.ts';
import { showSource } from '../lib/source.ts';
import { lenient } from '../model/lenient.ts';
import { type SecretTexts, revealed } from '../model/revealed.ts';
import type { AnyModule, Problem, Validate } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import { type Tree, entry, sourceAt } from '../model/tree.ts';
import { Unknown, type Value, firstUnknown, isMap } from '../model/value.ts';
import type { RunInput } from './input.ts';
import { OMIT } from './magic.ts';

/** The finished arguments of a task, or why there are none. */
export type Resolved =
  | { readonly kind: 'params'; readonly params: Value }
  | { readonly kind: 'unknown'; readonly unknown: Unknown }
  | { readonly kind: 'error'; readonly error: OrchError };

/** Templates, checks and completes the arguments of a task. Never throws an OrchError: it is in the answer. */
export function params(
  task: Task,
  module: AnyModule,
  scope: Scope,
  input: Pick<RunInput, 'validate' | 'nearby'> & SecretTexts,
): Resolved {
  try {
    const whole = withoutOmitted(argsOf(task, scope));
    const unknown = firstUnknown(whole);
    if (unknown) return { kind: 'unknown', unknown };
    const given = revealed(module.params, whole, input);
    const { params: complete, problems: all } = checked(task, module, given, input.validate);
    const [first] = all;
    if (first) return { kind: 'error', error: placed(first, all, task, scope) };
    return prepared(task, module, complete, scope, input);
  } catch (error) {
    if (error instanceof OrchError) return { kind: 'error', error: error.at(task.source) };
    throw error;
  }
}

/** The arguments as they are written, over those of a map that a template gives. */
function argsOf({ args, argsFrom }: Task, scope: Scope): Value {
  const own = scope.resolve(args);
  const more = argsFrom && scope.resolve(argsFrom);
  if (more === undefined || more instanceof Unknown) return more ?? own;
  if (isMap(more) && isMap(own)) return { ...more, ...own };
  throw new OrchError('ARGUMENT_INVALID', '`args` must be a map of arguments', {
    source: argsFrom?.source,
  });
}

/** Arguments that name files of this machine, with what is in those. */
function prepared(
  task: Task,
  module: AnyModule,
  complete: Value,
  scope: Scope,
  { nearby }: Pick<RunInput, 'nearby'>,
): Resolved {
  const prepare = 'prepare' in module ? module.prepare : undefined;
  if (!prepare) return { kind: 'params', params: complete };
  const made = prepare.call(module, complete, nearby(task, scope));
  return made instanceof Unknown
    ? { kind: 'unknown', unknown: made }
    : { kind: 'params', params: made as Value };
}

interface Checked {
  readonly params: Value;
  readonly problems: readonly Problem[];
}

/** Finished arguments by the text of what was given: most hosts give a task the same ones. */
const known = new WeakMap<Task, Map<string, Checked>>();
/** How many different arguments of a task are kept, and how long one may be. */
const [MOST, LONGEST] = [64, 65_536];

function checked(task: Task, module: AnyModule, given: Value, validate: Validate): Checked {
  const json = isJson(given) ? JSON.stringify(given) : undefined;
  const text = json !== undefined && json.length <= LONGEST ? json : undefined;
  const mine = known.get(task) ?? new Map<string, Checked>();
  known.set(task, mine);
  const before = text === undefined ? undefined : mine.get(text);
  if (before) return before;
  const { params: complete, problems } = validate(module.name, lenient(module.params, given));
  const more = problems.length === 0 ? (module.problems?.(complete) ?? []) : [];
  const made = { params: complete, problems: [...problems, ...more] };
  if (text !== undefined && mine.size < MOST) mine.set(text, made);
  return made;
}

/** Whether a value is told apart by its JSON: a secret is not, it hides there. */
function isJson(value: Value): boolean {
  if (Array.isArray(value)) return (value as readonly Value[]).every(isJson);
  if (typeof value !== 'object' || value === null) return true;
  return isMap(value) && Object.values(value).every(isJson);
}

function placed(problem: Problem, all: readonly Problem[], task: Task, scope: Scope): OrchError {
  const more =
    all.length > 1
      ? ` (and ${all.length - 1} more: ${all
          .slice(1)
          .map((p) => p.message)
          .join('; ')})`
      : '';
  const from = origin(task.args, problem.pointer, scope);
  return new OrchError(problem.code ?? 'ARGUMENT_INVALID', `${problem.message}${from}${more}`, {
    source: sourceAt(task.args, problem.pointer, problem.key === true),
    hint: problem.hint,
  });
}

/** ` (ports is set at host_vars/node2.yml:3:8)`, when the argument is nothing but a variable. */
function origin(args: Tree, pointer: string, scope: Scope): string {
  const arg = entry(args, pointer.split('/')[1] ?? '')?.value;
  if (arg?.kind !== 'scalar' || typeof arg.value !== 'string') return '';
  const name = /^\{\{\s*([A-Za-z_]\w*)\s*(?:\|[^}]*)?\}\}$/.exec(arg.value)?.[1];
  if (name === undefined) return '';
  for (const layer of scope.layers) {
    const given = layer.vars.get(name);
    if (!given) continue;
    if (!('tree' in given)) return ` (${name} comes from ${layer.name})`;
    const rest = pointer
      .split('/')
      .slice(2)
      .map((part) => `/${part}`)
      .join('');
    return ` (${name} is set at ${showSource(sourceAt(given.tree, rest))})`;
  }
  return '';
}

/** The same value where nothing in it is omitted: most arguments are left alone. */
function withoutOmitted(value: Value): Value {
  if (!omits(value)) return value;
  if (Array.isArray(value)) {
    return (value as readonly Value[]).filter((item) => item !== OMIT).map(withoutOmitted);
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== OMIT)
      .map(([key, item]) => [key, withoutOmitted(item)]),
  );
}

function omits(value: Value): boolean {
  if (value === OMIT) return true;
  if (Array.isArray(value)) return (value as readonly Value[]).some(omits);
  return isMap(value) && Object.values(value).some(omits);
}
