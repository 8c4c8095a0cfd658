import { portsText } from '../lib/port-set.ts';
import { oneLine } from '../lib/visible.ts';
import type { ExposureChange } from '../model/exposure.ts';
import { banner } from './banner.ts';
import { hostSet } from './hosts.ts';
import type { Ledger } from './ledger.ts';
import type { Colors } from './paint.ts';

/** A change of who reaches what, with the hosts that have it. */
export interface ExposureRow {
  readonly change: ExposureChange;
  readonly hosts: readonly string[];
}

/** What changed of who reaches what: same changes of many hosts once, what opens first. */
export function exposureRows({ exposures }: Ledger): readonly ExposureRow[] {
  const rows = new Map<string, { change: ExposureChange; hosts: string[] }>();
  for (const { host, changes } of exposures) {
    for (const change of changes) {
      const key = JSON.stringify(change);
      const row = rows.get(key);
      if (row) row.hosts.push(host);
      else rows.set(key, { change, hosts: [host] });
    }
  }
  const rank = ({ change }: ExposureRow): number => KINDS.indexOf(change.kind);
  return [...rows.values()].sort((a, b) => rank(a) - rank(b));
}

const KINDS: readonly ExposureChange['kind'][] = ['opened', 'unsure', 'closed'];

const SAYS = {
  opened: 'newly reachable from',
  unsure: 'cannot be told any more whether reachable from',
  closed: 'no longer reachable from',
} as const;

/** `newly reachable from any: 6379/tcp on eth0 of node1, node2` */
export function exposureSentence({ change, hosts }: ExposureRow): string {
  const { kind, from, interfaces, when, why } = change;
  const until =
    when === undefined
      ? ''
      : when === 'until-reload'
        ? ', until the next reload or reboot'
        : ', after the next reload or reboot';
  const reason = why === undefined ? '' : ` (${why})`;
  return `${SAYS[kind]} ${from}: ${portsText(change)} on ${interfaces.join(', ')} of ${hostSet(hosts)}${until}${reason}`;
}

/** The same as a part of the recap; nothing where nothing changes. */
export function exposureLines(ledger: Ledger, colors: Colors): readonly string[] {
  const rows = exposureRows(ledger);
  if (rows.length === 0) return [];
  const paint = {
    opened: colors.changed,
    unsure: colors.warning,
    closed: colors.ok,
  } as const;
  return [
    '',
    banner('EXPOSURE'),
    ...rows.map((row) => paint[row.change.kind](oneLine(exposureSentence(row)))),
  ];
}
