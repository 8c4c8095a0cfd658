import { becomeError, type Become } from './become.ts';
import type { Line, Pipe } from './pipe.ts';
import { GREETING_LIMIT, interrupted, torn } from './shell-errors.ts';

/** A shell that is being asked for, and who hears it. */
interface Asking {
  readonly line: Line;
  readonly pipe: Pipe;
  readonly signal: AbortSignal | undefined;
  readonly listen: (
    sink: ((stream: 'stdout' | 'stderr', chunk: Buffer) => void) | undefined,
  ) => void;
}

/**
 * Waits for the shell of another user, and answers the question for a password, once: a second one says that it was
 * wrong. Rejects with BECOME_FAILED, LINE_BROKEN or INTERRUPTED.
 */
export function elevate(become: Become, token: string, asking: Asking): Promise<void> {
  const { line, pipe, signal, listen } = asking;
  return new Promise((resolve, reject) => {
    const said = { stdout: '', stderr: '' };
    let answered = 0;
    let over = false;
    const finish = (error?: Error): void => {
      if (over) return; // the shell may end long after it was there
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      listen(undefined);
      if (error) reject(error);
      else resolve();
    };
    const refuse = (text = said.stderr + said.stdout): void =>
      finish(becomeError(become, line, text));
    const onAbort = (): void => finish(interrupted(line));
    const timer = setTimeout(
      () => refuse(`${said.stderr}\nno shell and no known question within 60 s`),
      GREETING_LIMIT,
    );
    const questions = (): number =>
      become.method === 'su'
        ? /[:：]\s*$/.test(said.stderr + said.stdout)
          ? answered + 1
          : answered
        : said.stderr.split(`ask-${token}:`).length - 1;
    listen((stream, chunk) => {
      said[stream] = (said[stream] + chunk.toString('latin1')).slice(-8192);
      if (said.stdout.includes(`here-${token}\n`)) {
        finish();
        return;
      }
      if (questions() <= answered) return;
      answered += 1;
      if (!become.password) refuse('a password is required');
      else if (answered > 1) refuse('Sorry, try again.');
      else {
        pipe.stdin.write(`${become.password.reveal()}\n`);
        if (become.method === 'su') said.stdout = said.stderr = '';
      }
    });
    signal?.addEventListener('abort', onAbort);
    void pipe.closed.then(() => {
      if (line.broken)
        finish(
          torn(line, { code: undefined, signal: undefined }, { at: -1, count: 0, sent: false }),
        );
      else refuse();
    });
  });
}
