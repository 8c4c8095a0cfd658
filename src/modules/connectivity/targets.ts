import { isFor, withNode } from '../firewalld/precheck-rows.ts';
import { readPortItems } from '../firewalld/port-items.ts';
import { formatPort, type Port } from '../firewalld/ports.ts';

/** A row of a port table with the ports that are tried of it. */
export interface Class {
  /** What the row is for, in the table's words; its ports where it does not say. */
  readonly why: string;
  /** As written: `10000-30000/tcp`. */
  readonly ports: string;
  /** Single ports that are tried: `10000/tcp`. */
  readonly tried: readonly string[];
  /** How many ports the row has. */
  readonly of: number;
}

/**
 * The ports of all classes, each once, in the order to knock: the first of each class, then the second of each. A host
 * says few refusals at a time; so each class has one of its own soon.
 */
export function inTurns(classes: readonly Class[]): readonly string[] {
  const longest = Math.max(0, ...classes.map(({ tried }) => tried.length));
  const turns = Array.from({ length: longest }, (_, turn) =>
    classes.flatMap(({ tried }) => tried.slice(turn, turn + 1)),
  );
  return [...new Set(turns.flat())];
}

type Row = string | number | Readonly<Record<string, unknown>>;

/** The rows that count from a host with some roles to one with others (left out: any), each with the ports to try. */
export function classesOf(
  rows: readonly Row[],
  from: readonly string[] | undefined,
  to: readonly string[] | undefined,
  samples: number,
): readonly Class[] {
  const here = from && withNode(from);
  const there = to && withNode(to);
  return rows.flatMap((row): readonly Class[] => {
    if (typeof row === 'object') {
      if (row['optional'] === true) return [];
      if (here && !isFor(row['from'], here)) return [];
      if (there && !isFor(row['to'], there)) return [];
    }
    const { ports } = readPortItems([row], '/rows');
    const text = ports.map(formatPort).join(', ');
    if (text === '') return [];
    const why = typeof row === 'object' && typeof row['why'] === 'string' ? row['why'] : text;
    const tried = [...new Set(ports.flatMap((port) => sampled(port, samples)))];
    const of = ports.reduce((sum, { low, high }) => sum + high - low + 1, 0);
    return [{ why, ports: text, tried, of }];
  });
}

/** The ports to try of a range: all of a short one, else both ends, the middle and some others, always the same. */
export function sampled({ low, high, proto }: Port, samples: number): readonly string[] {
  const length = high - low + 1;
  const numbers = new Set<number>();
  if (length <= samples + 3) for (let n = low; n <= high; n++) numbers.add(n);
  else {
    numbers.add(low);
    numbers.add(low + Math.floor(length / 2));
    numbers.add(high);
    // Steps of the golden ratio spread any number of samples evenly, and need no chance.
    for (let i = 1; numbers.size < samples + 3 && i < 1_000; i++)
      numbers.add(low + Math.floor(((i * 0.6180339887498949) % 1) * length));
  }
  return [...numbers].sort((a, b) => a - b).map((n) => `${n}/${proto}`);
}
