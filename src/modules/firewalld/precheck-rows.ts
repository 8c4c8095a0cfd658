import { readPortItems } from './port-items.ts';
import { formatPort, type Port } from './ports.ts';
import type { PrecheckParams } from './precheck-params.ts';

/** A node that knocks here; without an address, any node on the internal interface. */
export interface Peer {
  readonly address: string | undefined;
  readonly roles: readonly string[] | undefined;
}

/** The peers given; one without an address when there are none. */
export function peersOf({ peers }: PrecheckParams): readonly Peer[] {
  if (peers.length === 0) return [{ address: undefined, roles: undefined }];
  return peers.map((peer) =>
    typeof peer === 'string'
      ? { address: peer, roles: undefined }
      : { address: peer.address, roles: peer.roles },
  );
}

/** The ports that a peer needs of this host, each once, in the order of the table. */
export function needed({ rows, roles }: PrecheckParams, peer: Peer): readonly Port[] {
  const here = withNode(roles);
  const there = peer.roles && withNode(peer.roles);
  const items = rows.filter((row) => {
    if (typeof row !== 'object') return true;
    if (row['optional'] === true) return false;
    return isFor(row['to'], here) && (!there || isFor(row['from'], there));
  });
  const { ports } = readPortItems(items, '/rows');
  return [...new Map(ports.map((port) => [formatPort(port), port])).values()];
}

/** A set of roles in which servers and agents are nodes. */
export const withNode = (roles: readonly string[]): ReadonlySet<string> =>
  new Set(roles.some((role) => role !== 'external') ? [...roles, 'node'] : roles);

/** Whether the `from` or `to` of a row names one of the roles; a row that says nothing is for all. */
export function isFor(role: unknown, roles: ReadonlySet<string>): boolean {
  if (role === undefined || role === null) return true;
  const named: readonly unknown[] = Array.isArray(role) ? role : [role];
  return named.some((name) => typeof name === 'string' && roles.has(name));
}
