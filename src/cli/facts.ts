import { globPattern } from '../lib/glob.ts';
import { oneLine } from '../lib/visible.ts';
import type { Value } from '../model/value.ts';
import { answersOf, type AskFlags } from './answers.ts';
import type { Io } from './io.ts';

/** The flags of `orch facts`. */
export interface FactsFlags extends AskFlags {
  readonly json?: boolean;
}

type Facts = Readonly<Record<string, unknown>>;

/** `orch facts PATTERN [FILTER...]`: what hosts are, as a table or as JSON. */
export async function facts(
  pattern: string,
  filters: readonly string[],
  flags: FactsFlags,
  io: Io,
): Promise<number> {
  // A path into a fact (`default_ipv4.address`) asks for the whole fact; what is shown of it is chosen here.
  const filter = filters.map((one) => one.split('.')[0] ?? '');
  const { exit, data } = await answersOf(
    { pattern, module: 'setup', args: filters.length > 0 ? { filter } : {} },
    flags,
    io,
  );
  const hosts = [...data].map(([host, found]): readonly [string, Facts] => [
    host,
    (found['ansible_facts'] ?? {}) as Facts,
  ]);
  for (const filter of filters) {
    const without = hosts.filter(([, found]) => !has(found, filter)).map(([host]) => host);
    if (without.length > 0)
      io.err(`warning: no fact "${filter}" of ${without.join(', ')}; --json shows all there are\n`);
  }
  if (flags.json === true) io.out(`${JSON.stringify(Object.fromEntries(hosts), undefined, 2)}\n`);
  else io.out(table(filters.length > 0 ? pathRows(hosts, filters) : hostRows(hosts)));
  return exit;
}

/** Whether a filter, a glob or a path, leaves something of what a host told. */
function has(all: Facts, filter: string): boolean {
  const [head = '', ...path] = filter.split('.');
  const pattern = globPattern(head);
  return Object.entries(all).some(
    ([name, value]) =>
      (pattern.test(name) || pattern.test(name.replace(/^ansible_/, ''))) &&
      within(value, path) !== undefined,
  );
}

/** A line for each host: what one wants to know first. */
const hostRows = (hosts: readonly (readonly [string, Facts])[]): readonly (readonly string[])[] => [
  ['host', 'system', 'kernel', 'machine', 'cpus', 'memory', 'default route', 'addresses'],
  ...hosts.map(([host, all]) => {
    const at = (path: string): string => textOf(within(all, path.split('.')));
    const megabytes = Number(at('ansible_memtotal_mb'));
    return [
      ...[host, `${at('ansible_distribution')} ${at('ansible_distribution_version')}`],
      ...[at('ansible_kernel'), at('ansible_architecture'), at('ansible_processor_vcpus')],
      megabytes >= 0 ? `${(megabytes / 1024).toFixed(1)} GiB` : '',
      at('ansible_default_ipv4.interface') || 'none',
      listOf(within(all, ['ansible_all_ipv4_addresses'])),
    ];
  }),
];

const listOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value);

/** A line for each value that a filter leaves: host, path, value. */
function pathRows(
  hosts: readonly (readonly [string, Facts])[],
  filters: readonly string[],
): readonly (readonly string[])[] {
  const paths = filters
    .filter((filter) => filter.includes('.'))
    .map((filter) => filter.replace(/^ansible_/, ''));
  // Facts that only a path asked for are shown as far as the path leads.
  const heads = new Set(paths.map((path) => path.split('.')[0] ?? ''));
  const shown = (path: string): boolean =>
    !heads.has(path.split('.')[0] ?? '') ||
    paths.some((one) => path === one || path.startsWith(`${one}.`));
  return hosts.flatMap(([host, all]) =>
    Object.entries(all)
      .flatMap(([name, value]) => leaves(name.replace(/^ansible_/, ''), value as Value))
      .filter(([path]) => shown(path))
      .map(([path, value]) => [host, path, value]),
  );
}

/** Values with the path that leads to them; lists of plain values stay on one line. */
function leaves(path: string, value: Value): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[path, textOf(value)]];
  if (Array.isArray(value)) {
    const items = value as readonly Value[];
    return items.every((item) => typeof item !== 'object')
      ? [[path, items.map(textOf).join(', ')]]
      : items.flatMap((item, i) => leaves(`${path}.${i}`, item));
  }
  return Object.entries(value).flatMap(([key, item]) => leaves(`${path}.${key}`, item as Value));
}

function within(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return within((value as Facts)[key], rest);
}

const textOf = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

/** Columns as wide as they need to be, two spaces between; nothing that a host says leaves its line. */
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = (cells[0] ?? []).map((_, i) =>
    Math.max(...cells.map((row) => (row[i] ?? '').length)),
  );
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
