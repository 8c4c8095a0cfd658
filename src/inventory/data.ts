import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Given, Layer } from '../model/scope.ts';
import type { Entry } from '../model/tree.ts';
import type { Statement } from './statement.ts';

/** A group while inventories are put together. */
export interface GroupNode {
  readonly name: string;
  readonly source: Source;
  readonly parents: Set<GroupNode>;
  readonly children: Set<GroupNode>;
  /** Hosts of the group itself, in the order they came. */
  readonly hosts: Set<HostNode>;
  /** Variables written in inventories, strongest first. */
  layers: Layer[];
  priority: number;
  /** How far below `all` it is; where there are several ways, the longest. */
  depth: number;
}

/** A host while inventories are put together. */
export interface HostNode {
  readonly name: string;
  readonly source: Source;
  /** All its groups, those above its own too. */
  readonly groups: Set<GroupNode>;
  layers: Layer[];
}

/** Hosts and groups of all inventories, later ones adding to earlier ones, with the rules of Ansible's InventoryData. */
export class InventoryData {
  readonly groups = new Map<string, GroupNode>();
  readonly hosts = new Map<string, HostNode>();

  constructor() {
    this.addGroup('all', NOWHERE);
    this.addGroup('ungrouped', NOWHERE);
    this.addChild('all', 'ungrouped', NOWHERE);
  }

  /** Takes over what one file says. Throws OrchError where groups would be below themselves. */
  apply(file: string, statements: readonly Statement[]): void {
    for (const said of statements) {
      if (said.kind === 'group') this.addGroup(said.name, said.source);
      else if (said.kind === 'child') this.addChild(said.parent, said.name, said.source);
      else if (said.kind === 'vars') this.setGroupVars(file, said.group, said.vars);
      else {
        const vars = layerOf(`host ${said.written} (${file})`, said.vars);
        for (const name of said.names) {
          const host = this.addHost(name, said.source, said.group, said.port);
          if (vars.vars.size > 0) host.layers.unshift(vars);
        }
      }
    }
  }

  /** The group of this name, made when there is none. */
  addGroup(name: string, source: Source): GroupNode {
    const found = this.groups.get(name);
    if (found) return found;
    const made: GroupNode = {
      ...{ name, source, layers: [], priority: 1, depth: 0 },
      ...{ parents: new Set(), children: new Set(), hosts: new Set() },
    };
    this.groups.set(name, made);
    return made;
  }

  /** The host of this name, made when there is none, and put into a group. */
  addHost(name: string, source: Source, group?: string, port?: number): HostNode {
    let host = this.hosts.get(name);
    if (!host) {
      host = { name, source, groups: new Set(), layers: [] };
      if (port !== undefined) {
        const vars = new Map<string, Given>([
          ['ansible_port', { tree: { kind: 'scalar', value: port, source } }],
        ]);
        host.layers.push({ name: `host ${name} (${source.file})`, vars });
      }
      this.hosts.set(name, host);
    }
    if (group !== undefined) join(this.addGroup(group, source), host);
    return host;
  }

  /** Puts a group below another, or a host into it where there is no group of that name. */
  addChild(parent: string, name: string, source: Source): void {
    const above = this.addGroup(parent, source);
    const group = this.groups.get(name);
    const host = this.hosts.get(name);
    if (!group && host) {
      join(above, host);
      return;
    }
    const below = group ?? this.addGroup(name, source);
    if (above.children.has(below)) return;
    const over = ancestors(above).add(above);
    if (over.has(below)) throw circle(above, below, source);
    above.children.add(below);
    below.depth = Math.max(above.depth + 1, below.depth);
    deepen(below);
    below.parents.add(above);
    for (const member of membersOf(below)) for (const one of over) member.groups.add(one);
  }

  /** Variables of a group, stronger than those it has. `ansible_group_priority` ranks it and is no variable. */
  setGroupVars(file: string, name: string, entries: readonly Entry[]): void {
    const group = this.groups.get(name);
    if (!group) return;
    const [priority] = entries.filter(({ key }) => key === PRIORITY).slice(-1);
    if (priority) group.priority = priorityOf(priority);
    const vars = entries.filter(({ key }) => key !== PRIORITY);
    if (vars.length > 0) group.layers.unshift(layerOf(`group ${name} (${file})`, vars));
  }

  /** Groups without a parent belong to `all`, hosts without a group to `ungrouped`. Call it when all is read. */
  settle(): void {
    for (const group of this.groups.values()) {
      if (group.name !== 'all' && group.parents.size === 0) {
        this.addChild('all', group.name, NOWHERE);
      }
    }
    const all = this.addGroup('all', NOWHERE);
    const ungrouped = this.addGroup('ungrouped', NOWHERE);
    for (const host of this.hosts.values()) {
      const others = [...host.groups].some((group) => group !== all && group !== ungrouped);
      if (!host.groups.has(ungrouped) && !others) join(ungrouped, host);
      else if (others && ungrouped.hosts.delete(host)) host.groups.delete(ungrouped);
    }
  }
}

const PRIORITY = 'ansible_group_priority';
const NOWHERE: Source = { file: '', line: 1, column: 1 };

/** A layer of variables a file wrote; of a name given twice the last one counts. */
export const layerOf = (name: string, entries: readonly Entry[]): Layer => ({
  name,
  vars: new Map(entries.map(({ key, value }) => [key, { tree: value }])),
});

/** All groups above a group. */
export function ancestors(group: GroupNode): Set<GroupNode> {
  const found = new Set(group.parents);
  for (const one of found) for (const parent of one.parents) found.add(parent);
  return found;
}

/** Hosts of a group: its own, then those of its children, generation by generation, each once. */
export function membersOf(group: GroupNode): ReadonlySet<HostNode> {
  const groups = new Set([group]);
  for (const one of groups) for (const child of one.children) groups.add(child);
  const found = new Set<HostNode>();
  for (const one of groups) for (const host of one.hosts) found.add(host);
  return found;
}

function join(group: GroupNode, host: HostNode): void {
  if (group.hosts.has(host)) return;
  group.hosts.add(host);
  for (const above of ancestors(group)) host.groups.add(above);
  host.groups.add(group);
}

/** The children of a group that moved down move down with it. */
function deepen(group: GroupNode): void {
  let level: ReadonlySet<GroupNode> = group.children;
  for (let depth = group.depth + 1; level.size > 0; depth++) {
    const next = new Set<GroupNode>();
    for (const one of level) {
      if (one.depth >= depth) continue;
      one.depth = depth;
      for (const child of one.children) next.add(child);
    }
    level = next;
  }
}

function priorityOf({ value }: Entry): number {
  const given = value.kind === 'scalar' ? value.value : Number.NaN;
  const number =
    typeof given === 'boolean' ? Number(given) : Math.trunc(Number(given ?? Number.NaN));
  if (Number.isFinite(number)) return number;
  throw new OrchError('INVENTORY_INVALID', `${PRIORITY} must be a whole number.`, {
    source: value.source,
    hint: 'Write a number: the group with the higher one wins among groups of one depth.',
  });
}

/** The way from a group down to itself, for the reader. */
function circle(above: GroupNode, below: GroupNode, source: Source): OrchError {
  const path = (from: GroupNode): readonly string[] | undefined => {
    if (from === above) return [from.name];
    for (const child of from.children) {
      const rest = path(child);
      if (rest) return [from.name, ...rest];
    }
    return undefined;
  };
  // The walk begins at the group that was written first.
  const [first, ...rest] = path(below) ?? [below.name];
  const way = [...rest, first, ...rest.slice(0, 1)].join(' → ');
  return new OrchError(
    'INVENTORY_INVALID',
    `Group "${rest[0] ?? below.name}" is below itself: ${way}.`,
    {
      source: source.file === '' ? above.source : source,
      hint: 'Remove one of these groups from the children of the other.',
    },
  );
}
