import type { Input, Part } from '../model/transport.ts';
import type { RunInput } from './input.ts';

/** Milliseconds between two words about the same transfer; a shorter one is not worth any. */
const PACE = 2_000;

/** Parts of a trip whose transfers are told of while they take place. */
export function metered(
  parts: readonly Part[],
  host: string,
  input: Pick<RunInput, 'emit' | 'now'>,
): readonly Part[] {
  return parts.map((part) => {
    if (!part.input && !part.output) return part;
    return {
      ...part,
      ...(part.input ? { input: counted(part.input, host, input) } : {}),
      ...(part.output ? { output: counting(part.output, host, input) } : {}),
    };
  });
}

function counted(source: Input, host: string, input: Pick<RunInput, 'emit' | 'now'>): Input {
  return {
    size: source.size,
    open: async function* () {
      const meter = meterOf('sent', host, input, source.size);
      for await (const chunk of source.open()) {
        yield chunk;
        meter(chunk.length);
      }
    },
  };
}

function counting(
  output: NonNullable<Part['output']>,
  host: string,
  input: Pick<RunInput, 'emit' | 'now'>,
): NonNullable<Part['output']> {
  const meter = meterOf('received', host, input);
  return (chunk) => {
    meter(chunk.length);
    return output(chunk);
  };
}

/** Hears how many bytes went by, and tells the sum from time to time. */
function meterOf(
  direction: 'sent' | 'received',
  host: string,
  { emit, now }: Pick<RunInput, 'emit' | 'now'>,
  size?: number,
): (bytes: number) => void {
  let sum = 0;
  let last: number | undefined;
  return (bytes) => {
    sum += bytes;
    last ??= now();
    if (now() - last < PACE) return;
    last = now();
    emit({
      type: 'transfer',
      host,
      direction,
      bytes: sum,
      ...(size === undefined ? {} : { size }),
    });
  };
}
