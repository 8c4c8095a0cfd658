import { normalize } from 'node:path';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import { attempt } from '../load/loading.ts';
import type { Files } from '../model/files.ts';
import type { Group, Host, Inventory } from '../model/inventory.ts';
import type { Evaluator, Layer } from '../model/scope.ts';
import { InventoryData, membersOf } from './data.ts';
import { findInventory } from './find.ts';
import { Inheritance } from './inherit.ts';
import { parseAddress } from './address.ts';
import { implicitHost } from './implicit.ts';
import type { Programs } from './script.ts';
import { readInventoryFile } from './sources.ts';

/** What loading an inventory needs from outside. */
export interface InventoryOptions {
  readonly files: Files;
  /** Directories of the playbooks: their group_vars/ and host_vars/ count too. */
  readonly playbookDirs?: readonly string[];
  /** Runs inventories that are programs. */
  readonly programs?: Programs;
  /** Evaluates the templates of `constructed` inventories. */
  readonly evaluator?: Evaluator;
  /** `-e`, for `use_extra_vars` of `constructed` inventories. */
  readonly extraVars?: Layer;
  /** An inventory without any host is fine. */
  readonly allowEmpty?: boolean;
}

/**
 * Loads and merges inventories, each named as `-i` names it (see findInventory); later ones add and win. Throws
 * OrchErrors with everything that is wrong; without `allowEmpty` an inventory without any host is an error.
 */
export function loadInventory(names: readonly string[], options: InventoryOptions): Inventory {
  const { files } = options;
  const loading = { files, errors: [] as OrchError[] };
  const data = new InventoryData();
  const dirs: string[] = [];
  const read: string[] = [];
  const empty: string[] = [];
  const inherit = new Inheritance(data, loading, playbookDirs(options), dirs);
  const more = {
    ...{ programs: options.programs, evaluator: options.evaluator, extraVars: options.extraVars },
    ...{ files, errors: loading.errors, filesOf: inherit.filesOf },
  };
  for (const name of names) {
    const found = attempt(loading, undefined, () => findInventory(name, files));
    if (found?.kind === 'hosts') {
      read.push(`-i ${name}`);
      addHosts(data, name, found.names);
    }
    if (found?.kind !== 'files') continue;
    dirs.push(normalize(found.dir));
    for (const file of found.files) {
      read.push(file);
      if (!readInventoryFile(file, data, more)) empty.push(file);
    }
  }
  if (loading.errors.length === 0) attempt(loading, undefined, () => data.settle());
  if (loading.errors.length > 0) throw new OrchErrors(loading.errors);
  if (data.hosts.size === 0 && options.allowEmpty !== true) throw noHosts(read, empty);
  const inventory = finish(data, inherit, read);
  if (loading.errors.length > 0) throw new OrchErrors(loading.errors);
  return inventory;
}

const playbookDirs = (options: InventoryOptions): readonly string[] => [
  ...new Set((options.playbookDirs ?? []).map((dir) => normalize(dir))),
];

function addHosts(data: InventoryData, given: string, names: readonly string[]): void {
  const source = { file: `-i ${given}`, line: 1, column: 1 };
  for (const name of names) {
    const address = parseAddress(name);
    const host = address && !address.host.includes('[') ? address.host : name;
    if (!data.hosts.has(host)) {
      const port = host === address?.host ? address.port : undefined;
      data.addHost(host, source, 'ungrouped', port);
    }
  }
}

function noHosts(read: readonly string[], empty: readonly string[]): OrchError {
  const [first] = read;
  if (first === undefined) {
    return new OrchError('INVENTORY_NOT_FOUND', 'No inventory was given.', {
      hint: 'Give one: -i prod, or -i host1,host2.',
    });
  }
  const source = { file: first, line: 1, column: 1 };
  if (empty.length === read.length) {
    return new OrchError('FILE_EMPTY', `The inventory ${first} is empty.`, {
      source,
      hint: 'Write `all: {hosts: {node1: {ansible_host: 10.0.0.1}}}`; see inventories/ for examples.',
    });
  }
  return new OrchError('INVENTORY_INVALID', `The inventory ${read.join(', ')} holds no host.`, {
    source,
    hint: 'Add hosts: `all: {hosts: {node1: {ansible_host: 10.0.0.1}}}`.',
  });
}

function finish(data: InventoryData, inherit: Inheritance, files: readonly string[]): Inventory {
  const groups = new Map<string, Group>();
  for (const node of data.groups.values()) {
    groups.set(node.name, {
      name: node.name,
      children: [...node.children].map(({ name }) => name),
      own: [...node.hosts].map(({ name }) => name),
      hosts: [...membersOf(node)].map(({ name }) => name),
      layers: inherit.ofGroup(node),
      priority: node.priority,
      source: node.source,
    });
  }
  const hosts = new Map<string, Host>();
  for (const node of data.hosts.values()) {
    const { groups: names, layers } = inherit.ofGroups(node.groups);
    const own = inherit.ofHost(node.name).concat(node.layers);
    hosts.set(node.name, {
      name: node.name,
      groups: names,
      layers: own.concat(layers),
      own: own.length,
      file: node.source.file.startsWith('-i ') ? node.source.file.slice(3) : node.source.file,
      source: node.source,
    });
  }
  const implicit = (name: string): Host | undefined => implicitHost(name, hosts, inherit);
  return {
    ...{ hosts, groups, files, implicit },
    hostFiles: (name) => inherit.lateHost(name),
    inherited: (names) => inherit.late(names),
  };
}
