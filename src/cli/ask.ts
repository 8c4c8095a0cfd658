import { Writable } from 'node:stream';
import type { Question, RunInput } from '../engine/input.ts';

/** Asks at the terminal orch was started from; nothing where standard input is none. */
export const askAt = (err: (text: string) => void): RunInput['ask'] | undefined =>
  atTerminal() ? (question) => answerTo(question, process.stdin, err) : undefined;

/** Whether standard input is a terminal. Its stream, which takes Node 2 ms to make, is not touched. */
export const atTerminal = (): boolean => process.getBuiltinModule('node:tty').isatty(0);

async function answerTo(
  { text, echo, timeout }: Question,
  input: NodeJS.ReadStream,
  err: (text: string) => void,
): Promise<string | undefined> {
  const { createInterface } = process.getBuiltinModule('node:readline');
  const quiet = new Writable({ write: (_, __, done) => done() });
  const lines = createInterface({ input, output: echo ? process.stderr : quiet, terminal: true });
  const giveUp = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  err(echo ? '' : text);
  try {
    return await new Promise<string | undefined>((resolve) => {
      giveUp?.addEventListener('abort', () => resolve(undefined));
      lines.once('close', () => resolve(undefined));
      lines.question(echo ? `${text} ` : '', resolve);
    });
  } finally {
    lines.close();
    if (!echo) err('\n');
  }
}

/** Sleeps that an interruption ends. */
export const sleeper =
  (stop: AbortSignal): RunInput['sleep'] =>
  (ms) =>
    new Promise((resolve) => {
      if (stop.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        stop.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      stop.addEventListener('abort', end, { once: true });
    });
