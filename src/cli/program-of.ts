import { dirname, join } from 'node:path';
import type { Program } from '../analyze/program.ts';
import { selectHosts } from '../inventory/patterns.ts';
import type { Playbook } from '../model/play.ts';
import type { Layer } from '../model/scope.ts';
import { BUILT_IN_LOOKUPS } from '../template/lookups.ts';
import { defaultInventory } from './default-inventory.ts';
import type { ValidateFlags } from './flags.ts';
import { LOOKUP_NAMES } from './lookups.ts';
import { limitOf, loadInventoryFor, type Found } from './wiring.ts';
import type { World } from './world.ts';

/** The inventory that a run would have: the one named, else the only one there is; nothing where there is none. */
export function inventoryOf(
  flags: ValidateFlags,
  world: World,
  playbooks: readonly string[],
): Found | undefined {
  if (flags.inventory.length > 0) return loadInventoryFor(flags, world, playbooks);
  try {
    if (defaultInventory(world.files).length !== 1) return undefined;
  } catch {
    // Several to choose from: none of them is meant.
    return undefined;
  }
  return loadInventoryFor(flags, world, playbooks);
}

/** What the analysis is given: the playbooks, and this machine as they would see it. */
export function programOf(
  playbooks: readonly Playbook[],
  given: {
    readonly flags: ValidateFlags;
    readonly world: World;
    readonly inventory: Found | undefined;
    readonly extraVars: Layer;
  },
): Program {
  const { flags, world, inventory: found } = given;
  const { files } = world;
  const dirs = [...new Set(playbooks.map(({ file }) => dirname(file)))];
  return {
    playbooks,
    inventory: found?.inventory,
    extraVars: given.extraVars,
    tags: flags.tags,
    skipTags: flags.skipTags,
    files,
    lookups: new Set([...BUILT_IN_LOOKUPS, ...LOOKUP_NAMES]),
    select: (pattern) =>
      found ? selectHosts(found.inventory, pattern, limitOf(flags, files)) : [],
    template: (name, { file, role }) =>
      (name.startsWith('/')
        ? [name]
        : [...(role === undefined ? [] : [role]), dirname(file), ...dirs, '.'].flatMap((folder) => [
            join(folder, 'templates', name),
            join(folder, name),
          ])
      ).find((path) => files.exists(path) === 'file'),
  };
}
