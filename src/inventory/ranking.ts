import { isIpAddress } from './address.ts';
import type { GroupNode } from './data.ts';

/** Groups, strongest first: deeper ones, then those of a higher priority, then later names. */
export const ranked = (groups: Iterable<GroupNode>): readonly GroupNode[] =>
  [...groups].sort(
    (a, b) => b.depth - a.depth || b.priority - a.priority || (a.name < b.name ? 1 : -1),
  );

/** A host's name up to the first dot; an IP address has no shorter name. */
export const shortName = (name: string): string =>
  isIpAddress(name) ? name : (name.split('.')[0] ?? name);
