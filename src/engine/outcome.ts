import type { OrchError } from '../lib/errors.ts';
import type { Change } from '../model/change.ts';
import type { Fault, Outcome } from '../model/event.ts';
import type { Disruption, Result } from '../model/module.ts';

const EMPTY = { changes: [], disruption: 'none', notes: [], warnings: [], findings: [] } as const;

/** A task that had nothing to do. */
export const ok = (
  result?: Partial<Result> | Pick<Outcome, 'data'>,
  more: Partial<Outcome> = {},
): Outcome => ({
  ...EMPTY,
  kind: 'ok',
  ...result,
  ...more,
});

/** A task that changed its host, or would. */
export const changed = (
  changes: readonly Change[],
  disruption: Disruption,
  result?: Partial<Result>,
): Outcome => ({
  ...EMPTY,
  kind: 'changed',
  ...result,
  changes,
  disruption,
});

/** A task whose condition does not hold. */
export const skipped = (message: string): Outcome => ({ ...EMPTY, kind: 'skipped', message });

/** A loop that had nothing to run over. */
export const noItems = (): Outcome => ({
  ...skipped('the loop has no items'),
  data: { skipped: true, skipped_reason: 'No items in the list', results: [] },
});

/** A task whose effect cannot be foreseen. */
export const unknown = (message: string): Outcome => ({ ...EMPTY, kind: 'unknown', message });

/** A task that failed. */
export const failed = (error: OrchError, more: Partial<Outcome> = {}): Outcome => ({
  ...EMPTY,
  kind: 'failed',
  message: error.message,
  fault: fault(error),
  ...more,
});

/** A task whose host could not be reached, or was lost while at work. */
export const unreachable = (error: OrchError): Outcome => ({
  ...EMPTY,
  kind: 'unreachable',
  message: error.message,
  fault: fault(error),
});

/** An error as events carry it. */
export const fault = (error: OrchError): Fault => ({
  code: error.code,
  message: error.message,
  hint: error.hint,
  ...(error.source ? { source: error.source } : {}),
  ...(error.stderr ? { stderr: error.stderr } : {}),
});
