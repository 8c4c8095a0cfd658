import { OrchError } from '../lib/errors.ts';
import type { Input } from '../model/transport.ts';
import type { Pipe } from './pipe.ts';

/** Writes an input to a shell that waits for it, no faster than it is taken. Rejects when the source is not as long as it said. */
export async function feed(
  pipe: Pipe,
  input: Input,
  label: string,
  count: (bytes: number) => void,
): Promise<void> {
  let left = input.size;
  for await (const chunk of input.open()) {
    left -= chunk.length;
    if (left < 0) break;
    count(chunk.length);
    if (!pipe.stdin.write(chunk)) await room(pipe);
    if (pipe.stdin.destroyed) return; // told by `closed`
  }
  if (left === 0) return;
  throw new OrchError(
    'TRANSFER_FAILED',
    `${label}: what was to be sent is ${left < 0 ? 'more' : 'less'} than the ${input.size} bytes it was said to be`,
    { hint: 'Something changes the file here while it is read; run again.' },
  );
}

/** Waits until a pipe takes more, or is gone. */
function room({ stdin, closed }: Pipe): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stdin.off('drain', done).off('close', done);
      resolve();
    };
    stdin.on('drain', done).on('close', done);
    void closed.then(done);
  });
}
