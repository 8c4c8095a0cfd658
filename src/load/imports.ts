import type { Item } from '../model/play.ts';
import { entry } from '../model/tree.ts';
import { flagOf, maps, scalar } from './around.ts';
import type { Inclusion } from './inclusion.ts';
import type { PlayLoading } from './place.ts';
import { findRole } from './role-files.ts';
import { staticText } from './static-text.ts';
import type { Draft } from './task.ts';
import { candidates, notFound, readTaskFile } from './task-files.ts';
import { useRole } from './use-role.ts';

const LATER =
  'Names of imports may use -e, and vars and vars_files of the play; where hosts or facts decide, use `include_tasks` or `include_role`.';

/** The items of `import_tasks`: they inherit everything from it. */
export function importTasks(
  loading: PlayLoading,
  { place, common }: Draft,
  { target }: Inclusion,
): readonly Item[] {
  const name = staticText(loading, place, target, LATER);
  if (name === undefined) return [];
  const tries = candidates(place, name);
  const file = tries.find((path) => loading.files.exists(path) === 'file');
  if (file === undefined) {
    notFound(loading, name, tries, target.source);
    return [];
  }
  return readTaskFile(loading, file, target, place, common.id);
}

/** The items of `import_role`; its handlers, defaults and vars belong to the play from then on. */
export function importRole(
  loading: PlayLoading,
  { place, common, keys }: Draft,
  { target, args }: Inclusion,
): readonly Item[] {
  const name = staticText(loading, place, target, LATER);
  if (name === undefined) return [];
  const files = findRole(loading, place, name, target.source);
  if (!files) return [];
  const from = (key: string): string | undefined => {
    const tree = scalar(entry(args, key)?.value);
    return tree && staticText(loading, place, tree, LATER);
  };
  const use = useRole(loading, {
    place,
    id: common.id,
    files,
    source: target.source,
    from: {
      tasks: from('tasks_from'),
      vars: from('vars_from'),
      defaults: from('defaults_from'),
      handlers: from('handlers_from'),
    },
    vars: maps(entry(keys, 'vars')?.value),
    params: undefined,
    included: true,
    allowDuplicates: flagOf(entry(args, 'allow_duplicates')?.value, true),
    validate: flagOf(entry(args, 'rolespec_validate')?.value, true),
  });
  if (!use) return [];
  loading.roles.push(use.role);
  loading.handlers.push(...use.handlers);
  return use.items;
}
