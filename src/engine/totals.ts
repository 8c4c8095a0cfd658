import { ERRORS, type ErrorCode } from '../lib/error-table.ts';
import type { HostTotals, Outcome } from '../model/event.ts';
import { hasChanged } from './result.ts';

/** A host to which nothing has happened yet. */
export const NOTHING: HostTotals = {
  ok: 0,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  unknown: 0,
};

/**
 * Adds the end of one task, counted as Ansible counts: a changed task is ok too, an ignored failure or loss is ok,
 * and one that a block rescues (`rescued`) is not failed.
 */
export function count(totals: HostTotals, outcome: Outcome, rescued = false): HostTotals {
  const plus = (...names: readonly (keyof HostTotals)[]): HostTotals => ({
    ...totals,
    ...Object.fromEntries(names.map((name) => [name, totals[name] + 1])),
  });
  const changed = hasChanged(outcome) ? (['changed'] as const) : [];
  switch (outcome.kind) {
    case 'ok':
    case 'changed':
      return plus('ok', ...changed);
    case 'failed':
      if (outcome.ignored) return plus('ok', 'ignored', ...changed);
      return plus(rescued ? 'rescued' : 'failed');
    case 'skipped':
      return plus('skipped');
    case 'unknown':
      return plus('skipped', 'unknown');
    case 'unreachable':
      if (outcome.ignored) return plus('ok', 'ignored');
      return plus(rescued ? 'rescued' : 'unreachable');
  }
}

/** What decides how orch exits. */
export interface Verdict {
  readonly interrupted: boolean;
  readonly faults: readonly ErrorCode[];
  readonly totals: readonly HostTotals[];
  /** Some host failed, or was lost, for good: nothing rescued or ignored it. */
  readonly failed: boolean;
  readonly lost: boolean;
  readonly check: boolean;
  readonly detailed: boolean;
  readonly strict: boolean;
}

/** The exit code of a run: the first that applies of 1, 130, 5, 12, 14, 15, 11, 2, 4, 13, 10, 0. */
export function exitCode({
  interrupted,
  faults,
  totals,
  failed,
  lost,
  check,
  detailed,
  strict,
}: Verdict): number {
  const codes = new Set<number>(
    faults.map((code) => (ERRORS[code].exit === 5 ? 2 : ERRORS[code].exit)),
  );
  if (failed) codes.add(2);
  if (lost) codes.add(4);
  if (interrupted) codes.add(130);
  const unknown = totals.some((t) => t.unknown > 0);
  if (strict && unknown) codes.add(13);
  if (check && detailed && (unknown || totals.some((t) => t.changed > 0))) codes.add(10);
  return [1, 130, 5, 12, 14, 15, 11, 2, 4, 13, 10].find((code) => codes.has(code)) ?? 0;
}
