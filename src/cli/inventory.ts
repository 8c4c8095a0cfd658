import { OrchError } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { redact } from '../lib/redact.ts';
import { jsonText } from '../model/json-text.ts';
import { Float, type Value } from '../model/value.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Layer } from '../model/scope.ts';
import { yaml } from '../template/yaml.ts';
import { graph, listed, nested, varsOf, type Shown, type Vars } from './inventory-text.ts';
import type { Io } from './io.ts';
import type { ListFlags } from './program.ts';
import { replaceFile } from './secret-files.ts';
import { loadInventoryFor } from './wiring.ts';
import { openWorld } from './world.ts';

/** Shows the inventory as Ansible's ansible-inventory does: --list (JSON or --yaml), --graph, --host. */
export async function inventory(flags: ListFlags, io: Io): Promise<number> {
  const dirs = flags.playbookDir === undefined ? [] : [`${flags.playbookDir}/playbook`];
  const { files, secrets } = await openWorld(flags);
  const { inventory: all, chosen, extraVars } = loadInventoryFor(flags, { files }, dirs);
  const shown: Shown = {
    ...{ inventory: all, chosen, export: flags.export === true, withVars: flags.vars === true },
    varsOfHost: (name) => {
      const host = all.hosts.get(name) ?? all.implicit(name);
      const direct = flags.export ? (host?.layers ?? []).filter(isOwn(all, name)) : host?.layers;
      return varsOf([extraVars, ...(direct ?? [])]);
    },
  };
  const print = (data: unknown): void => {
    const clean = redact(data, secrets);
    const text = flags.yaml
      ? yaml(clean as Value, { indent: 2, sortKeys: false, flow: 'none' })
      : `${jsonText(inOrder(clean), 4)}\n`;
    if (flags.output === undefined) io.out(text);
    else replaceFile(flags.output, text);
  };
  if (flags.host !== undefined) print(oneHost(shown, flags.host));
  else if (flags.graph) {
    const { group = 'all' } = flags;
    const start = all.groups.get(group);
    if (!start) {
      throw new OrchError(
        'PATTERN_NO_MATCH',
        `there is no group ${group}.${didYouMean(group, all.groups.keys())}`,
      );
    }
    io.out(redact(graph(shown, start), secrets));
  } else print(flags.yaml ? nested(shown) : listed(shown));
  return 0;
}

/** Maps with their keys in order, as ansible-inventory prints JSON. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null || value instanceof Float) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, inOrder(item)]));
}

function oneHost({ inventory: all, varsOfHost }: Shown, name: string): Vars {
  if (all.hosts.has(name) || all.implicit(name)) return varsOfHost(name);
  throw new OrchError(
    'PATTERN_NO_MATCH',
    `there is no host ${name}.${didYouMean(name, all.hosts.keys())}`,
  );
}

/** Whether a layer belongs to a host itself and to no group it is in. */
function isOwn({ hosts, groups }: Inventory, name: string): (layer: Layer) => boolean {
  const of = ['all', ...(hosts.get(name)?.groups ?? [])];
  const shared = new Set(of.flatMap((group) => groups.get(group)?.layers ?? []));
  return (layer) => !shared.has(layer);
}
