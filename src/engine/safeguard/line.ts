import type { Identity, Part, Reply } from '../../model/transport.ts';

/** The line to a host, as a safeguard uses it. */
export interface Line {
  /** One trip; it is made even when the run was interrupted: what was changed has to be decided. */
  trip(parts: readonly Part[], identity: Identity): Promise<readonly Reply[]>;
  /** Opens a new connection (TCP, key exchange, login) and goes on over it; rejects, and keeps the old one, when there is none. */
  renew(): Promise<void>;
  /** Gives the connection up without waiting for it. */
  drop(): void;
}

/** Time, as the engine is given it. */
export interface Clock {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Resolves after so many milliseconds, interrupted or not; at once when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}
