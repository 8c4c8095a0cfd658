import type { Reporter } from '../model/event.ts';

/** A reporter together with its end: `finish` resolves when all it had to say is written. */
export interface Reporting {
  readonly report: Reporter;
  finish(): Promise<void>;
  /** It is a journal: it gets what is kept of hosts, too. */
  readonly keeps?: true;
}

/** Takes finished text, newlines included. */
export type Write = (text: string) => void;
