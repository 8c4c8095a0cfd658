import {
  type AddressSet,
  joinAddresses,
  noAddresses,
  NOWHERE,
  sharedAddresses,
  withoutAddresses,
  ANYWHERE,
} from '../lib/address-set.ts';
import { joinPorts, noPorts, type PortSet, sharedPorts, withoutPorts } from '../lib/port-set.ts';
import type { Cell, Exposure, ExposureChange, Exposures } from '../model/exposure.ts';
import { type Row, type Rows, tellRows } from './exposure.ts';

/** A rule of a policy with its values, on one host. */
export interface Ruled {
  readonly ports: PortSet;
  readonly onlyFrom?: AddressSet;
  readonly from?: AddressSet;
  readonly notFrom?: AddressSet;
  /** Names, or `eth+` for all that begin so; left out: all. */
  readonly interfaces?: readonly string[];
}

/**
 * Where a rule does not hold: `opened` what is reachable and must not be, `closed` what must be and is not, `unsure` where
 * that cannot be told. Nothing where it holds.
 */
export const breachesOf = (ruled: Ruled, { now, later }: Exposures): readonly ExposureChange[] =>
  tellRows(rowsIn(ruled, now), rowsIn(ruled, later));

/** The same of a change: only what was not so before it. What could be told before and no longer can is not new. */
export const newBreachesOf = (
  ruled: Ruled,
  before: Exposures,
  after: Exposures,
): readonly ExposureChange[] =>
  tellRows(
    newRows(rowsIn(ruled, after.now), rowsIn(ruled, before.now)),
    newRows(rowsIn(ruled, after.later), rowsIn(ruled, before.later)),
  );

const newRows = (after: Rows, before: Rows): Rows =>
  new Map(
    [...after].map(([device, rows]) => {
      const known = [...before].flatMap(([name, were]) => (isMeant([name], device) ? were : []));
      return [device, rows.flatMap((row) => without(row, known))] as const;
    }),
  );

/** What of a row none of those before it has. */
const without = (row: Row, known: readonly Row[]): readonly Row[] =>
  known
    .filter(({ kind }) => kind === row.kind || row.kind === 'unsure')
    .reduce<readonly Row[]>(
      (left, { ports, from }) =>
        left
          .flatMap((one): readonly Row[] => [
            { ...one, ports: withoutPorts(one.ports, ports) },
            {
              ...one,
              ports: sharedPorts(one.ports, ports),
              from: withoutAddresses(one.from, from),
            },
          ])
          .filter((one) => !noPorts(one.ports) && !noAddresses(one.from)),
      [row],
    );

function rowsIn(ruled: Ruled, exposure: Exposure): Rows {
  const devices = [...exposure].filter(([name]) => isMeant(ruled.interfaces, name));
  const rows = new Map<string, Row[]>();
  const add = (device: string, found: readonly Row[]): void => {
    const kept = found.filter(({ ports, from }) => !noPorts(ports) && !noAddresses(from));
    if (kept.length > 0) rows.set(device, [...(rows.get(device) ?? []), ...kept]);
  };
  for (const [device, cells] of devices)
    for (const cell of cells) add(device, openRows(ruled, cell));
  const { from, ports } = ruled;
  if (!from) return rows;
  if (ruled.interfaces) {
    const absent = ruled.interfaces.filter(
      (name) => ![...exposure.keys()].some((one) => isMeant([name], one)),
    );
    for (const device of absent) add(device, [{ kind: 'closed', ports, from }]);
    for (const [device, cells] of devices) add(device, shutRows(ports, from, [cells]));
  } else {
    const shut = shutRows(
      ports,
      from,
      devices.map(([, cells]) => cells),
    );
    add('any interface', shut);
  }
  return rows;
}

/** What a cell lets in although the rule says no. */
function openRows({ ports, onlyFrom, notFrom }: Ruled, cell: Cell): readonly Row[] {
  const others = onlyFrom ? withoutAddresses(ANYWHERE, onlyFrom) : NOWHERE;
  const from = sharedAddresses(cell.from, joinAddresses(others, notFrom ?? NOWHERE));
  return [
    { kind: 'opened', ports: sharedPorts(ports, cell.open), from },
    ...cell.unsure.map(({ ports: perhaps, why }): Row => ({
      ...{ kind: 'unsure', why, ports: sharedPorts(ports, perhaps), from },
    })),
  ];
}

interface Box {
  readonly ports: PortSet;
  readonly from: AddressSet;
}

/** What gets in by none of the interfaces although the rule wants it. */
function shutRows(
  ports: PortSet,
  from: AddressSet,
  interfaces: readonly (readonly Cell[])[],
): readonly Row[] {
  const left = (lets: (cell: Cell) => PortSet): readonly Box[] =>
    interfaces.reduce<readonly Box[]>(
      (boxes, cells) =>
        boxes
          .flatMap((box) =>
            cells.map((cell): Box => ({
              ports: withoutPorts(box.ports, lets(cell)),
              from: sharedAddresses(box.from, cell.from),
            })),
          )
          .filter((box) => !noPorts(box.ports) && !noAddresses(box.from)),
      [{ ports, from }],
    );
  const may = (cell: Cell): PortSet =>
    cell.unsure.reduce((all, { ports: perhaps }) => joinPorts(all, perhaps), cell.open);
  const shut = left(may);
  const doubtful = left(({ open }) => open).flatMap((box) =>
    interfaces.flat().flatMap(({ from: some, unsure }) =>
      unsure.map(({ ports: perhaps, why }): Row => ({
        ...{ kind: 'unsure', why },
        ports: sharedPorts(box.ports, perhaps),
        from: sharedAddresses(box.from, some),
      })),
    ),
  );
  return [...shut.map((box): Row => ({ kind: 'closed', ...box })), ...doubtful];
}

const isMeant = (names: readonly string[] | undefined, device: string): boolean =>
  names === undefined ||
  names.some((name) =>
    name.endsWith('+')
      ? device.startsWith(name.slice(0, -1))
      : device === name || (device.endsWith('+') && name.startsWith(device.slice(0, -1))),
  );
