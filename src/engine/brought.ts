import type { Brought } from '../model/module.ts';
import type { Part } from '../model/transport.ts';
import type { RunInput } from './input.ts';

/** Slowest line that a deadline still allows for, in bytes a millisecond. */
const SLOWEST = 32;

/** What is sent beside a script, one after the other, and the time that takes; a deadline is longer by as much. */
export function sending(
  all: readonly (Brought | undefined)[],
  input: Pick<RunInput, 'bytesOf'>,
  deadline?: number,
): Pick<Part, 'input' | 'deadline'> {
  const brought = all.flatMap((one) => one ?? []);
  const size = brought.reduce((sum, one) => sum + one.size, 0);
  if (brought.length === 0) return deadline === undefined ? {} : { deadline };
  return {
    input: { size, open: () => inTurn(brought, input) },
    ...(deadline === undefined ? {} : { deadline: deadline + Math.ceil(size / SLOWEST) }),
  };
}

async function* inTurn(
  all: readonly Brought[],
  input: Pick<RunInput, 'bytesOf'>,
): AsyncIterable<Uint8Array> {
  for (const { from } of all) {
    if ('file' in from) yield* input.bytesOf(from.file);
    else yield from.bytes;
  }
}
