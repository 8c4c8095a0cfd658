import type { OrchError } from '../lib/errors.ts';
import type { Part } from '../model/transport.ts';
import type { Pipe } from './pipe.ts';
import { fault } from './trip-watch.ts';

/** Hands output to those who want it as it comes. */
export interface Taker {
  /** True when the bytes need not be kept. */
  take(stream: 'stdout' | 'stderr', part: number, bytes: Buffer): boolean;
  /** Settles when all that was handed over has been taken. Rejects with the error of who could not take it. */
  settled(): Promise<void>;
  /** Settles when somebody could not take it. */
  readonly failed: Promise<OrchError>;
}

/** The taker of a trip; nothing when no part has one. The host is held back while somebody is busy with what it said. */
export function taker(parts: readonly Part[], pipe: Pipe): Taker | undefined {
  if (!parts.some(({ output, tap }) => output ?? tap)) return undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let broken: OrchError | undefined;
  let tell: (error: OrchError) => void = () => undefined;
  const failed = new Promise<OrchError>((resolve) => (tell = resolve));
  const fail = (error: unknown): void => {
    broken ??= fault(error);
    tell(broken);
  };
  const held = (busy: Promise<void>): void => {
    if (waiting++ === 0) pipe.stdout.pause();
    queue = Promise.all([queue, busy.catch(fail)]).finally(() => {
      if (--waiting === 0) pipe.stdout.resume();
    });
  };
  return {
    take: (stream, i, bytes) => {
      const part = parts[i];
      part?.tap?.(stream, bytes);
      if (stream === 'stderr' || !part?.output) return false;
      try {
        const busy = part.output(bytes);
        if (busy) held(busy);
      } catch (error) {
        fail(error);
      }
      return true;
    },
    settled: async () => {
      await queue;
      if (broken) throw broken;
    },
    failed,
  };
}
