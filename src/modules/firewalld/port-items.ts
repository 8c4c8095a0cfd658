import type { Problem } from '../../model/module.ts';
import { Unknown } from '../../model/value.ts';
import { formatPort, isFault, parsePort, type Port } from './ports.ts';

/** Ports as a user wrote them, read. */
export interface PortItems {
  readonly ports: readonly Port[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/**
 * Reads port arguments: text, `{port, proto}`, or rows of a table `{ports, why, from, to, ...}` whose other
 * keys do not matter here. `pointer` leads to the list; values not yet known are skipped.
 */
export function readPortItems(items: unknown, pointer: string): PortItems {
  const list: readonly unknown[] = Array.isArray(items) ? items : [items];
  const texts = list.flatMap((item, i) =>
    textsOf(item, Array.isArray(items) ? `${pointer}/${i}` : pointer),
  );
  const ports: Port[] = [];
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const item of texts) {
    if ('message' in item) {
      problems.push(item);
      continue;
    }
    const port = parsePort(item.text);
    if (isFault(port)) {
      problems.push({ pointer: item.pointer, ...port });
      continue;
    }
    ports.push(port);
    if (/[A-Z]/.test(item.text)) {
      warnings.push(`"${item.text}" is read as ${formatPort(port)}: protocols are written small`);
    }
  }
  return { ports, problems, warnings };
}

type Text = { readonly pointer: string; readonly text: string } | Problem;

function textsOf(item: unknown, pointer: string): readonly Text[] {
  if (item === undefined || item instanceof Unknown) return [];
  if (typeof item === 'string' || typeof item === 'number') {
    return [{ pointer, text: String(item).trim() }];
  }
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return [problem(pointer, 'this is no port')];
  }
  const row = item as Readonly<Record<string, unknown>>;
  if (row['ports'] !== undefined) return tableRow(row['ports'], `${pointer}/ports`);
  const { port, proto } = row;
  if (port instanceof Unknown || proto instanceof Unknown) return [];
  if (typeof port !== 'string' && typeof port !== 'number') {
    return [problem(pointer, 'this row has neither ports: nor port:')];
  }
  if (typeof proto !== 'string') return [problem(pointer, `port ${port} has no proto:`)];
  return [{ pointer, text: `${port}/${proto}` }];
}

function tableRow(ports: unknown, pointer: string): readonly Text[] {
  if (!Array.isArray(ports)) return textsOf(ports, pointer);
  return ports.flatMap((port: unknown, i) => textsOf(port, `${pointer}/${i}`));
}

const problem = (pointer: string, message: string): Problem => ({
  pointer,
  message,
  hint: 'write 443/tcp, {port: 443, proto: tcp} or {ports: 443/tcp, why: HTTPS}',
});
