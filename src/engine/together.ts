import type { Outcome } from '../model/event.ts';
import * as outcome from './outcome.ts';
import type { Planned } from './planned.ts';
import { hasChanged } from './result.ts';

const WORST = ['failed', 'unreachable', 'unknown', 'changed', 'ok'] as const;

/** One outcome of a loop's items; a single task's is its own. */
export function together(
  { task, parts }: Pick<Planned, 'task' | 'parts'>,
  ends: readonly Outcome[],
): Outcome {
  const [only] = ends;
  if (!task.loop || parts.some((part) => part.label === undefined))
    return only ?? outcome.skipped('the loop has no items');
  const kind = WORST.find((k) => ends.some((o) => o.kind === k)) ?? 'skipped';
  const fault = ends.find((o) => o.kind === kind)?.fault;
  const first = ends.find((o) => o.kind === kind);
  return {
    kind,
    changes: ends.flatMap((o) => o.changes),
    disruption: ends.find((o) => o.disruption !== 'none')?.disruption ?? 'none',
    notes: ends.flatMap((o) => o.notes),
    warnings: ends.flatMap((o) => o.warnings),
    findings: ends.flatMap((o) => o.findings),
    ...(first?.message === undefined ? {} : { message: first.message }),
    ...(fault ? { fault } : {}),
    ...(only?.delegatedTo === undefined ? {} : { delegatedTo: only.delegatedTo }),
    ...(kind === 'failed' && ends.some(hasChanged) ? { changedToo: true as const } : {}),
    ...(ends.every((o) => o.kind !== 'failed' || o.ignored) && kind === 'failed'
      ? { ignored: true as const }
      : {}),
    items: ends.map((o, i) => ({ label: parts[i]?.label ?? '', outcome: o })),
  };
}
