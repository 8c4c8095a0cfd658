import type { Source } from '../lib/source.ts';
import type { Layer } from './scope.ts';

/** A machine that plays run on. */
export interface Host {
  readonly name: string;
  /** All groups it is in, through children too, sorted by name; never `all`. What `group_names` shows. */
  readonly groups: readonly string[];
  /** Its variables, strongest layer first: host, then groups by depth, then all. */
  readonly layers: readonly Layer[];
  /** How many of the layers are of the host itself; the others are inherited from groups. */
  readonly own: number;
  /** The inventory that named it first; empty for a host that needs no inventory. */
  readonly file: string;
  readonly source: Source;
}

/** A group of hosts. */
export interface Group {
  readonly name: string;
  readonly children: readonly string[];
  /** Hosts in the group itself, in inventory order. */
  readonly own: readonly string[];
  /** Hosts in it, through children too: its own first, then those of its children, generation by generation. */
  readonly hosts: readonly string[];
  /** What is said of the group itself, strongest first: group_vars files, then inventories. */
  readonly layers: readonly Layer[];
  /** `ansible_group_priority`; 1 where nothing is said. */
  readonly priority: number;
  readonly source: Source;
}

/** All hosts and groups of the inventories given, in the order written. */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
  /** The files read, for messages. */
  readonly files: readonly string[];
  /** The host that `localhost` (or `127.0.0.1`, `::1`) is where no inventory has it. */
  implicit(name: string): Host | undefined;
  /** Files in host_vars/ of a host, strongest first: also of one that was not there when the inventory was read. */
  hostFiles(name: string): readonly Layer[];
  /** What a host of these groups, strongest first, inherits: also from files of groups that were not there. */
  inherited(groups: readonly string[]): readonly Layer[];
}
