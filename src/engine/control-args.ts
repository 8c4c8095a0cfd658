import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Task } from '../model/play.ts';
import type { Scope } from '../model/scope.ts';
import type { Entry, MapTree, Tree } from '../model/tree.ts';
import { Float, isMap, opened, Secret, Unknown, type Value } from '../model/value.ts';

/** The arguments of a task that runs here, over those of a map that a template gives in `args`. */
export function controlArgs({ args, argsFrom }: Task, scope: Scope): MapTree {
  if (!argsFrom) return args;
  const more = scope.resolve(argsFrom);
  if (more instanceof Unknown)
    throw new OrchError('TEMPLATE_FAILED', `the arguments are unknown: ${more.why}`, {
      source: argsFrom.source,
    });
  if (!isMap(more))
    throw new OrchError('ARGUMENT_INVALID', '`args` must be a map of arguments', {
      source: argsFrom.source,
    });
  const own = new Set(args.entries.map(({ key }) => key));
  const entries = Object.entries(more)
    .filter(([key]) => !own.has(key))
    .map(([key, value]): Entry => ({
      ...{ key, keySource: argsFrom.source },
      value: treeOf(value, argsFrom.source),
    }));
  return { ...args, entries: [...args.entries, ...entries] };
}

/** A finished value as a tree: no text in it is a template any more. */
function treeOf(value: Value, source: Source): Tree {
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => treeOf(item, source));
    return { kind: 'list', items, source };
  }
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, item]) => ({
      ...{ key, keySource: source },
      value: treeOf(item, source),
    }));
    return { kind: 'map', entries, source };
  }
  const plain = opened(value);
  const more = { ...(value instanceof Secret ? { secret: true as const } : {}), source };
  if (typeof plain === 'string') return { kind: 'scalar', value: plain, literal: true, ...more };
  if (typeof plain === 'number')
    return {
      kind: 'scalar',
      value: plain,
      ...(value instanceof Float ? { float: true } : {}),
      ...more,
    };
  return { kind: 'scalar', value: typeof plain === 'boolean' ? plain : null, ...more };
}
