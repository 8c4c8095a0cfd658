import type { ErrorCode } from '../lib/error-table.ts';
import type { HostTotals } from '../model/event.ts';
import type { Host } from '../model/inventory.ts';
import type { Role } from '../model/play.ts';
import { Kept } from './kept.ts';
import type { Guard } from './safeguard/guard.ts';
import { NOTHING } from './totals.ts';

/** What is known of one host during a run; it lasts from play to play. */
export interface HostRun {
  host: Host;
  /** Facts, include_vars, registered results and set_fact variables. */
  kept: Kept;
  totals: HostTotals;
  /** It takes no further part: a task failed or the host was lost. */
  out: boolean;
  /** It could not be reached, or was lost. */
  lost: boolean;
  /** It left this play, failed or ended: `ansible_play_hosts` does not name it. */
  gone: boolean;
  /** Lost once already, so that `rescue` and `always` may try to reach it just once more. */
  again: 'may' | 'tried' | undefined;
  /** Ids of handlers that owe a run in this play. */
  readonly notified: Set<string>;
  /** Roles of which a task ran in this play, by the key that equal uses share: each with the use that ran. */
  readonly ran: Map<string, Role>;
  /** In this play something was changed on it. */
  changed: boolean;
  /** Failures that nothing rescued: they decide the exit code. */
  faults: ErrorCode[];
  /** The safeguard it is under. */
  guard: Guard | undefined;
}

/** A host at the start of a run. */
export const newHostRun = (host: Host): HostRun => ({
  host,
  kept: new Kept(),
  totals: NOTHING,
  out: false,
  lost: false,
  gone: false,
  again: undefined,
  notified: new Set(),
  ran: new Map(),
  changed: false,
  faults: [],
  guard: undefined,
});
