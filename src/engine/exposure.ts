import {
  type AddressSet,
  ANYWHERE,
  joinAddresses,
  noAddresses,
  sameAddresses,
  sharedAddresses,
  tellAddresses,
} from '../lib/address-set.ts';
import { grouped } from '../lib/grouped.ts';
import {
  joinPorts,
  noPorts,
  type PortSet,
  NO_PORTS,
  sharedPorts,
  tellPorts,
  withoutPorts,
} from '../lib/port-set.ts';
import type { Cell, Exposure, ExposureChange, Exposures } from '../model/exposure.ts';

/** What a change does to who reaches what, in words; nothing where it changes nothing. */
export const exposureChanges = (before: Exposures, after: Exposures): readonly ExposureChange[] =>
  tellRows(rowsBetween(before.now, after.now), rowsBetween(before.later, after.later));

/** Rows of interfaces in words, as they are now and as they will be after a reload or reboot: what is alike once. */
export function tellRows(rowsNow: Rows, rowsLater: Rows): readonly ExposureChange[] {
  const [now, later] = [changesOf(rowsNow), changesOf(rowsLater)];
  const keys = (list: readonly ExposureChange[]): ReadonlySet<string> =>
    new Set(list.map((change) => JSON.stringify(change)));
  const [inNow, inLater] = [keys(now), keys(later)];
  const only = (
    list: readonly ExposureChange[],
    other: ReadonlySet<string>,
    when: NonNullable<ExposureChange['when']>,
  ): ExposureChange[] =>
    list.filter((one) => !other.has(JSON.stringify(one))).map((one) => ({ ...one, when }));
  return [
    ...now.filter((change) => inLater.has(JSON.stringify(change))),
    ...only(now, inLater, 'until-reload'),
    ...only(later, inNow, 'after-reload'),
  ].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** What there is to say, by interface. */
export type Rows = ReadonlyMap<string, readonly Row[]>;

const ORDER: readonly ExposureChange['kind'][] = ['opened', 'unsure', 'closed'];

/** Ports and from where, with what becomes of them. */
export interface Row {
  readonly kind: ExposureChange['kind'];
  readonly why?: string;
  readonly ports: PortSet;
  readonly from: AddressSet;
}

const rowsBetween = (before: Exposure, after: Exposure): Rows =>
  new Map(
    [...new Set([...before.keys(), ...after.keys()])].sort().map((device) => {
      const rows = rowsOf(before.get(device), after.get(device));
      return [device, rows] as const;
    }),
  );

function changesOf(all: Rows): readonly ExposureChange[] {
  const found = new Map<string, ExposureChange & { interfaces: string[] }>();
  for (const [device, rows] of all) {
    for (const { kind, why, ports, from } of merged(rows)) {
      const told = { kind, ...tellPorts(ports), from: tellAddresses(from) };
      const change = { ...told, ...(why === undefined ? {} : { why }), interfaces: [device] };
      const key = JSON.stringify({ ...change, interfaces: [] });
      const twin = found.get(key);
      if (twin) twin.interfaces.push(device);
      else found.set(key, change);
    }
  }
  return [...found.values()];
}

function rowsOf(before: readonly Cell[] = CLOSED, after: readonly Cell[] = CLOSED): readonly Row[] {
  if (before === after) return [];
  const rows: Row[] = [];
  const add = (row: Row): void => {
    if (!noPorts(row.ports)) rows.push(row);
  };
  for (const was of before) {
    for (const is of after) {
      const from = sharedAddresses(was.from, is.from);
      if (noAddresses(from)) continue;
      add({ kind: 'opened', ports: withoutPorts(is.open, was.open), from });
      add({ kind: 'closed', ports: withoutPorts(may(was), may(is)), from });
      for (const { ports, why } of is.unsure)
        add({ kind: 'unsure', why, ports: withoutPorts(ports, unsureOf(was)), from });
    }
  }
  return rows;
}

/** Rows of one kind and reason together. */
const merged = (rows: readonly Row[]): readonly Row[] =>
  [...grouped(rows, ({ kind, why }) => `${kind} ${why ?? ''}`).values()].flatMap(byPorts);

/** An interface that was not there, or is not any more. */
const CLOSED: readonly Cell[] = [{ from: ANYWHERE, open: NO_PORTS, unsure: [] }];

const unsureOf = ({ unsure }: Cell): PortSet =>
  unsure.reduce((all, { ports }) => joinPorts(all, ports), NO_PORTS);

const may = (cell: Cell): PortSet => joinPorts(cell.open, unsureOf(cell));

/** Rows of one kind with each port in one of them only, so that it is told once from where. */
function byPorts(rows: readonly Row[]): readonly Row[] {
  let apart: readonly Row[] = [];
  for (const row of rows) {
    const next: Row[] = [];
    let { ports } = row;
    for (const one of apart) {
      const both = sharedPorts(one.ports, ports);
      next.push({ ...one, ports: withoutPorts(one.ports, both) });
      next.push({ ...one, ports: both, from: joinAddresses(one.from, row.from) });
      ports = withoutPorts(ports, both);
    }
    apart = [...next, { ...row, ports }].filter((one) => !noPorts(one.ports));
  }
  return apart.reduce<readonly Row[]>((merged, row) => {
    const twin = merged.find((one) => sameAddresses(one.from, row.from));
    if (!twin) return [...merged, row];
    const ports = joinPorts(twin.ports, row.ports);
    return merged.map((one) => (one === twin ? { ...one, ports } : one));
  }, []);
}
