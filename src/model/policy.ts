import type { Source } from '../lib/source.ts';
import type { Inventory } from './inventory.ts';
import type { Tree } from './tree.ts';

/** What must hold of who reaches what of hosts, as it was written: values may be templates. */
export interface PolicyRule {
  readonly name: string;
  readonly source: Source;
  /** Pattern of the hosts it is about. */
  readonly hosts: string | readonly string[];
  readonly hostsSource: Source;
  readonly ports: Tree;
  /** From nowhere else. */
  readonly onlyFrom?: Tree;
  /** From all of these. */
  readonly from?: Tree;
  /** From none of these. */
  readonly notFrom?: Tree;
  /** By which interfaces; left out: by any but lo. */
  readonly interfaces?: Tree;
  readonly severity: 'error' | 'warn';
}

/** The rules of a run. */
export interface Policy {
  readonly rules: readonly PolicyRule[];
  /** Rules that are about a host. */
  rulesOf(host: string, inventory: Inventory): readonly PolicyRule[];
}
