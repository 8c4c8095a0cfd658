import { selectHosts } from '../inventory/patterns.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Vault } from '../model/vault.ts';
import type { createEvaluator } from '../template/evaluator.ts';
import type { Io } from './io.ts';
import { lookups } from './lookups.ts';
import { templateFiles } from './search-path.ts';
import { nodePaths } from './template-paths.ts';
import { yamlValues } from './yaml-values.ts';

/** All that templates may reach of this machine. */
export const templatePorts = (
  io: Io,
  inventory: Inventory,
  vault?: Vault,
): NonNullable<Parameters<typeof createEvaluator>[0]> => ({
  lookups: lookups({
    io,
    vault,
    hosts: (pattern) =>
      selectHosts(inventory, pattern, { allowEmpty: true }).map(({ name }) => name),
  }),
  templates: templateFiles,
  paths: nodePaths(io.env),
  yaml: yamlValues,
  now: () => new Date(),
  random: Math.random,
  warn: (message) => io.err(`warning: ${message}\n`),
});
