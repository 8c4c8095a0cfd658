import { OrchError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import type { Inventory } from '../model/inventory.ts';
import { isMap, type Value } from '../model/value.ts';
import type { Rollout } from './rolling.ts';
import { show } from './show.ts';

/** `canary` and `max_unavailable` as they are finished, and where they stand. */
export interface Said {
  readonly canary?: Value | undefined;
  readonly maxUnavailable?: Value | undefined;
  readonly source?: Source | undefined;
}

/**
 * Reads `canary` and `max_unavailable` of a play or a task that `total` hosts have; nothing when it has neither. Throws
 * PLAYBOOK_INVALID.
 */
export function rolloutOf(
  total: number,
  { canary, maxUnavailable: most, source }: Said,
  groups: Inventory['groups'] = new Map(),
): Rollout | undefined {
  const none = canary === undefined || canary === false;
  if (none && most === undefined) return undefined;
  const first = none ? 0 : sizeOf(canary, total, 'canary', source);
  return { canary: Math.min(first, total), ...windowOf(most, total, groups, source) };
}

function windowOf(
  most: Value | undefined,
  total: number,
  groups: Inventory['groups'],
  source: Source | undefined,
): Pick<Rollout, 'window' | 'quorum'> {
  if (most === undefined) return { window: undefined };
  if (!isMap(most)) {
    const window =
      most === 'quorum' ? minority(total) : sizeOf(most, total, 'max_unavailable', source);
    return { window: Math.max(1, window) };
  }
  const { quorum, hosts } = most as Readonly<Record<string, Value>>;
  const group = groups.get(show(quorum ?? ''));
  if (!group)
    throw new OrchError(
      'PLAYBOOK_INVALID',
      `max_unavailable names the group ${JSON.stringify(quorum)}, and the inventory has none of that name`,
      { ...(source ? { source } : {}), hint: 'See orch inventory --graph.' },
    );
  return {
    window:
      hosts === undefined
        ? undefined
        : Math.max(1, sizeOf(hosts, total, 'hosts of max_unavailable', source)),
    quorum: { members: new Set(group.hosts), most: Math.max(1, minority(group.hosts.length)) },
  };
}

/** The most that leaves a majority. */
const minority = (total: number): number => Math.floor((total - 1) / 2);

function sizeOf(size: Value, total: number, word: string, source: Source | undefined): number {
  const text = typeof size === 'number' || typeof size === 'string' ? String(size) : '';
  const [, number, percent] = /^(\d+)(%)?$/.exec(text) ?? [];
  if (number !== undefined)
    return percent ? Math.max(1, Math.floor((Number(number) / 100) * total)) : Number(number);
  throw new OrchError(
    'PLAYBOOK_INVALID',
    `${word} must be a number of hosts or a share such as 30%${word === 'max_unavailable' ? ', or quorum' : ''}, is ${JSON.stringify(size)}`,
    source ? { source } : {},
  );
}
