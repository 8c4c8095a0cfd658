import { OrchError } from '../lib/errors.ts';
import type { Loop, Task } from '../model/play.ts';
import type { Given, Scope } from '../model/scope.ts';
import { Secret, Unknown, type Value, isMap } from '../model/value.ts';
import { truthy } from './identity.ts';
import { show } from './show.ts';

/** One item of a loop, or the single use of a task without one. */
export interface Item {
  readonly label: string | undefined;
  readonly scope: Scope;
  /** What of the loop is in the result of the item: `item`, `ansible_loop_var` and the like. */
  readonly named: Readonly<Record<string, Value>>;
}

/** The items of a task; an Unknown when the list cannot be foreseen. Throws OrchError. */
export function items(task: Task, scope: Scope): readonly Item[] | Unknown {
  if (!task.loop) return [{ label: undefined, scope, named: {} }];
  const list = listOf(task.loop, scope);
  if (list instanceof Unknown) return list;
  const { loopVar, indexVar, label } = task.loopControl;
  return list.map((value, i) => {
    const extended = extendedOf(task, list, i, scope);
    const named: Record<string, Value> = {
      [loopVar]: value,
      ansible_loop_var: loopVar,
      ...(indexVar ? { [indexVar]: i, ansible_index_var: indexVar } : {}),
      ...(extended ? { ansible_loop: extended } : {}),
    };
    const vars = new Map(
      Object.entries(named).map(([key, one]): [string, Given] => [key, { value: one }]),
    );
    const inner = scope.with({ name: `${loopVar} of the loop`, vars });
    return { label: label ? show(inner.resolve(label)) : show(value), scope: inner, named };
  });
}

function listOf(loop: Loop, scope: Scope): readonly Value[] | Unknown {
  const list = scope.resolve(loop.list);
  if (list instanceof Unknown) return list;
  if (loop.kind === 'with') return looked(loop, list, scope);
  if (Array.isArray(list)) return list as readonly Value[];
  throw new OrchError('TEMPLATE_FAILED', `loop needs a list, got ${kindOf(list)}`, {
    source: loop.list.source,
    hint: 'Write a list, or make one: {{ map | dict2items }}, {{ text | split(",") }}.',
  });
}

/** `with_NAME: terms` is the list the lookup NAME makes of its terms; `items` is one level flatter. */
function looked(loop: Loop, terms: Value, scope: Scope): readonly Value[] | Unknown {
  const { lookup = 'items', list, source } = loop;
  const given: readonly Value[] = Array.isArray(terms) ? (terms as readonly Value[]) : [terms];
  if (lookup === 'items')
    return given.flatMap((term): readonly Value[] =>
      Array.isArray(term) ? (term as readonly Value[]) : [term],
    );
  if (lookup === 'list') return given;
  const all = lookup === 'dict' ? [terms] : given;
  const words = all.map((_, i) => `, orch_terms[${i}]`).join('');
  const vars = new Map<string, Given>([['orch_terms', { value: all }]]);
  const inner = scope.with({ name: `terms of with_${lookup}`, vars });
  const at = { kind: 'scalar', value: `with_${lookup}`, source } as const;
  const found = inner.expression(`query('${lookup}'${words})`, at);
  if (found instanceof Unknown) return found;
  if (Array.isArray(found)) return found as readonly Value[];
  throw new OrchError('TEMPLATE_FAILED', `with_${lookup} makes no list`, { source: list.source });
}

function extendedOf(
  task: Task,
  list: readonly Value[],
  i: number,
  scope: Scope,
): Value | undefined {
  const { extended, withoutAllItems } = task.loopControl;
  if (!extended || !truthy(scope.resolve(extended))) return undefined;
  const { length } = list;
  return {
    index: i + 1,
    index0: i,
    first: i === 0,
    last: i + 1 === length,
    length,
    revindex: length - i,
    revindex0: length - i - 1,
    ...(withoutAllItems ? {} : { allitems: list }),
    ...(i + 1 < length ? { nextitem: list[i + 1] ?? null } : {}),
    ...(i > 0 ? { previtem: list[i - 1] ?? null } : {}),
  };
}

const kindOf = (value: Value): string =>
  value === null
    ? 'null'
    : value instanceof Secret
      ? 'a secret'
      : isMap(value)
        ? 'a map'
        : `a ${typeof value}`;
