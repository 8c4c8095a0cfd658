import { setMaxListeners } from 'node:events';
import type { Stream } from './stream.ts';

/** What Ctrl-C does to a run. */
export interface Signals {
  /** Aborted by the first one: trips in hand are finished. */
  readonly stop: AbortSignal;
  /** Aborted by the second one: what runs on hosts is ended. */
  readonly cut: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Milliseconds between a SIGTERM or SIGHUP and the cut: nobody is there to ask twice, and who sent it kills soon. */
const GRACE = 5_000;

/**
 * Listens to Ctrl-C: first finish what is in hand, then cut it, then just go. SIGTERM and SIGHUP come once, so the
 * second step follows by itself.
 */
export function listenToSignals(stream: Stream): Signals {
  const stop = new AbortController();
  const cut = new AbortController();
  // Every trip listens, and there may be many at a time: Node takes more than ten for a mistake, and says so.
  setMaxListeners(0, stop.signal, cut.signal);
  let grace: NodeJS.Timeout | undefined;
  const heard = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT')
      grace ??= setTimeout(() => cut.signal.aborted || heard('SIGINT'), GRACE);
    if (!stop.signal.aborted) {
      stop.abort();
      stream.emit({
        type: 'warned',
        message: 'interrupted: finishing the work in hand, starting none; once more to cut it off',
      });
    } else if (!cut.signal.aborted) {
      cut.abort();
      stream.emit({
        type: 'warned',
        message: 'cutting the lines: what hosts were doing may or may not have been done',
      });
    } else process.exit(130);
  };
  for (const name of NAMES) process.on(name, heard);
  return {
    stop: stop.signal,
    cut: cut.signal,
    release: () => {
      clearTimeout(grace);
      for (const name of NAMES) process.off(name, heard);
    },
  };
}
