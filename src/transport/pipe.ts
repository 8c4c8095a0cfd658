import type { Readable, Writable } from 'node:stream';

/** Milliseconds between a program's end and the end of its streams: a daemon it started may hold them for ever. */
export const DRAIN_LIMIT = 300;

/** How a program on a host ended; all undefined when the line went away under it. */
export interface Ending {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** A running program on a host with its three streams. */
export interface Pipe {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles once, after the last byte of both streams; never rejects. */
  readonly closed: Promise<Ending>;
  /** Lets go of it at once; what runs on the host is not ended by this. */
  destroy(): void;
}

/** A way to start programs on one host. */
export interface Line {
  /** Host in the reader's words: `web1 (10.0.0.11:22)`. */
  readonly label: string;
  /** Who programs run as. */
  readonly user: string;
  readonly handshakes: number;
  /** Closing it may overtake what was written to a program last. */
  readonly overtakes?: true;
  /** Why the line is gone; nothing while it stands. */
  readonly broken: string | undefined;
  /** Starts a command through the login shell. Rejects with OrchError LINE_BROKEN. */
  open(command: string): Promise<Pipe>;
  /** Closes it. What was written last still arrives. */
  close(): Promise<void>;
}
