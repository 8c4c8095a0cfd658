import type { Outcome } from '../model/event.ts';
import type { TaskReport } from './track.ts';

/** Hosts on which a task (or one item of its loop) ended in the very same way. */
export interface Group {
  /** The item of a loop. */
  readonly item: string | undefined;
  readonly hosts: readonly string[];
  readonly outcome: Outcome;
}

const RANK = ['skipped', 'ok', 'changed', 'unknown', 'unreachable', 'failed'] as const;

/** What tells outcomes apart, besides how they ended; what is not shown does not. */
export interface Shown {
  /** The data that register sees. */
  readonly data: boolean;
  /** What changed. */
  readonly changes: boolean;
  readonly notes: boolean;
}

const CHANGES: Shown = { data: false, changes: true, notes: true };

/** Same outcomes shown once: by item, then by kind (worst last), odd ones out before the many. */
export function groupsOf(report: TaskReport, shown = CHANGES): readonly Group[] {
  const groups = new Map<string, { item: string | undefined; hosts: string[]; outcome: Outcome }>();
  const items = new Map<string | undefined, number>();
  for (const [host, whole] of report.outcomes) {
    for (const { label, outcome } of parts(whole)) {
      items.set(label, items.get(label) ?? items.size);
      const key = JSON.stringify([label ?? null, sameness(outcome, shown)]);
      const group = groups.get(key);
      if (group) group.hosts.push(host);
      else groups.set(key, { item: label, hosts: [host], outcome });
    }
  }
  return [...groups.values()].sort(
    (a, b) =>
      (items.get(a.item) ?? 0) - (items.get(b.item) ?? 0) ||
      RANK.indexOf(a.outcome.kind) - RANK.indexOf(b.outcome.kind) ||
      a.hosts.length - b.hosts.length,
  );
}

/** A loop's items; the whole task where there is no loop, or where its end is not that of any item. */
function parts(whole: Outcome): readonly { label: string | undefined; outcome: Outcome }[] {
  const items = whole.items ?? [];
  if (items.length === 0) return [{ label: undefined, outcome: whole }];
  const told = items.some(({ outcome }) => outcome.kind === whole.kind);
  const bad = whole.kind === 'failed' || whole.kind === 'unreachable';
  return bad && !told ? [...items, { label: undefined, outcome: whole }] : items;
}

function sameness(outcome: Outcome, shown: Shown): unknown {
  const { data, changes, notes, items: _items, ...rest } = outcome;
  return [
    rest,
    shown.data ? data : undefined,
    shown.changes ? changes : undefined,
    shown.notes ? notes : undefined,
  ];
}
