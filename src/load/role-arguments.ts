import { hide } from '../model/hidden.ts';
import { bareTask } from '../model/bare-task.ts';
import type { Item } from '../model/play.ts';
import { entry, type Entry, type MapTree, type Tree } from '../model/tree.ts';
import { findModule, readArgs } from './args.ts';
import { flagOf, inherit } from './around.ts';
import type { Loading } from './loading.ts';
import type { Place, PlayLoading } from './place.ts';
import type { RoleMeta } from './role-files.ts';
import { review } from './task.ts';
import type { RoleUse } from './use-role.ts';

const MODULE = 'validate_argument_spec';

/**
 * The task a role with a specification of its arguments begins with. What is known without a host is
 * checked here, at the place where it is written.
 */
export function argumentCheck(
  loading: PlayLoading,
  use: RoleUse,
  meta: RoleMeta,
  place: Place,
): readonly Item[] {
  const name = use.from.tasks ?? 'main';
  const spec = entry(meta.argumentSpecs, name.replace(/\.(ya?ml|json)$/, ''))?.value;
  const module = findModule(MODULE, loading);
  if (spec?.kind !== 'map' || !module) return [];
  const empty: MapTree = { kind: 'map', entries: [], source: use.source };
  const options = entry(spec, 'options')?.value;
  const known = options?.kind === 'map' ? options : empty;
  const argsWith = (provided: MapTree): MapTree => ({
    ...empty,
    entries: [
      set('argument_spec', known, use),
      set('provided_arguments', provided, use),
      set('validate_args_context', contextOf(use, name), use),
    ],
  });
  const named: Entry = {
    key: MODULE,
    keySource: use.source,
    value: argsWith(statics(known, place, use)),
  };
  if (!loading.running) readArgs(loading, module, named, { also: undefined, defaults: [] });
  const around = inherit(place.around, empty, ['always']);
  const about = entry(spec, 'short_description')?.value;
  const words = about?.kind === 'scalar' && about.value !== null ? ` - ${String(about.value)}` : '';
  const text = `Validating arguments against arg spec '${name}'${words}`;
  const task = bareTask({
    id: `${use.id}.arguments`,
    name: { kind: 'scalar', value: text, source: spec.source },
    source: spec.source,
    module: module.name,
    args: argsWith(use.params ?? empty),
    when: around.when,
    vars: around.vars,
    params: around.params,
    role: around.role,
    keywords: around.keywords,
  });
  review(loading, task);
  return [task];
}

const set = (key: string, value: Tree, { source }: RoleUse): Entry => ({
  key,
  keySource: source,
  value,
});

const contextOf = ({ files, source }: RoleUse, name: string): MapTree => {
  const text = (key: string, value: string): Entry => ({
    key,
    keySource: source,
    value: { kind: 'scalar', value, source, literal: true },
  });
  return {
    kind: 'map',
    entries: [
      text('type', 'role'),
      text('name', files.name),
      text('argument_spec_name', name),
      text('path', files.path),
    ],
    source,
  };
};

/** Arguments that a specification calls secret, or keeps out of the log: they are, whatever gives them. */
export function hideArguments(
  { hidden }: Loading,
  { from: { tasks = 'main' } }: RoleUse,
  { argumentSpecs }: RoleMeta,
): void {
  const spec = entry(argumentSpecs, tasks.replace(/\.(ya?ml|json)$/, ''))?.value;
  const look = (options: Tree | undefined, path: readonly string[]): void => {
    if (options?.kind !== 'map' || !hidden) return;
    for (const { key, value } of options.entries) {
      const says = (word: string): boolean => flagOf(entry(value, word)?.value, false);
      if (says('secret') || says('no_log')) hide(hidden, [...path, key]);
      else look(entry(value, 'options')?.value, [...path, key]);
    }
  };
  look(entry(spec, 'options')?.value, []);
}

/** Values that stand where the role is used: only -e could change them. */
function statics(options: MapTree, { around }: Place, use: RoleUse): MapTree {
  const layers = [
    ...(around.role?.params ?? []),
    ...around.params,
    ...around.vars,
    ...(around.role?.vars ?? []),
  ];
  const entries = options.entries.flatMap(({ key }): Entry[] => {
    const found = layers.map((layer) => entry(layer, key)).find((one) => one !== undefined);
    return found ? [found] : [];
  });
  return { kind: 'map', entries, source: use.source };
}
