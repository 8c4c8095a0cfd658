import type { Shell } from '../lib/shell.ts';
import type { Seen } from './module.ts';
import type { Reply } from './transport.ts';

/** A question to a host; it changes nothing. */
export interface Probe<State, Facts> {
  readonly script: Shell;
  /** Bytes that the answer may have; left out: 8 MB. */
  readonly room?: number;
  /** Reads the answer. Throws an OrchError (REPLY_UNREADABLE, TOOL_MISSING or one that says what is down) and nothing else. */
  parse(reply: Reply): Seen<State, Facts>;
}
