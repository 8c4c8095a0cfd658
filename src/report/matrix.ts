import { isMap, type Value } from '../model/value.ts';
import type { Ledger } from './ledger.ts';

/** What one host found out about another, for one class of ports. */
export interface Cell {
  readonly from: string;
  readonly to: string;
  /** What the class is for: "kubelet". */
  readonly why: string;
  /** Its ports as written. */
  readonly ports: string;
  /** What came of the worst of them: `refused`, `rejected`, `proven`. */
  readonly result: string;
  readonly verdict: 'through' | 'stopped' | 'unclear';
  /** How many ports were tried, and of how many. */
  readonly tried: number;
  readonly of: number;
}

/** Who reached whom in one task: any result whose data holds `matrix: {title, expect, cells}`. */
export interface Matrix {
  readonly task: string;
  readonly title: string;
  readonly expect: 'open' | 'closed';
  readonly hosts: readonly string[];
  readonly cells: readonly Cell[];
}

/** The matrices of a run, in the order of its tasks. */
export const matricesOf = (ledger: Ledger): readonly Matrix[] =>
  ledger.plays.flatMap((play) =>
    play.tasks.flatMap(({ task, outcomes }): readonly Matrix[] => {
      const found = [...outcomes].flatMap(([host, { data }]) => {
        const matrix = data?.['matrix'];
        return isMap(matrix) ? [{ host, matrix }] : [];
      });
      const [first] = found;
      if (!first) return [];
      const cells = found.flatMap(({ host, matrix }) => cellsOf(host, matrix['cells']));
      const hosts = [...new Set([...found.map(({ host }) => host), ...cells.map(({ to }) => to)])];
      const expect = first.matrix['expect'] === 'closed' ? 'closed' : 'open';
      return [{ task: task.name, title: textOf(first.matrix['title']), expect, hosts, cells }];
    }),
  );

/** Whether a cell is as it should be. */
export const isGood = ({ verdict }: Cell, { expect }: Pick<Matrix, 'expect'>): boolean =>
  verdict === (expect === 'open' ? 'through' : 'stopped');

/** The classes of a matrix in the order met. */
export const classesIn = ({ cells }: Matrix): readonly { why: string; ports: string }[] => [
  ...new Map(cells.map(({ why, ports }) => [`${why} ${ports}`, { why, ports }])).values(),
];

/** A matrix as lines of text: who (down) reaches whom (across), `7/7` classes as they should be. */
export function matrixLines(matrix: Matrix): readonly string[] {
  const { hosts, cells } = matrix;
  const rows = hosts.map((from) => [
    from,
    ...hosts.map((to) => {
      const mine = cells.filter((cell) => cell.from === from && cell.to === to);
      if (mine.length === 0) return '-';
      return `${mine.filter((cell) => isGood(cell, matrix)).length}/${mine.length}`;
    }),
  ]);
  const table = [['from \\ to', ...hosts], ...rows];
  const widths =
    table[0]?.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0))) ?? [];
  return [
    ...table.map((row) =>
      row
        .map((word, i) => word.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    ...remarks(matrix),
  ];
}

/** What the numbers do not say: of which ranges only some ports were tried, and where an answer says nothing. */
function remarks({ cells }: Matrix): readonly string[] {
  const sampled = cells
    .filter(({ tried, of }) => tried < of)
    .map(({ ports, tried, of }) => `${ports}: ${tried} of ${of} ports tried`);
  const classes = new Set(cells.map(({ ports }) => ports));
  const unclear = [...classes].flatMap((ports) => {
    const mine = cells.filter((cell) => cell.ports === ports);
    const count = mine.filter(({ verdict }) => verdict === 'unclear').length;
    return count === 0 ? [] : [`${ports}: says nothing for ${count} of ${mine.length} pairs`];
  });
  return [...new Set(sampled), ...unclear];
}

/** `internal: open` */
export const matrixTitle = ({ title, task, expect }: Matrix): string =>
  `${title === '' ? task : title}: ${expect === 'open' ? 'what must get through' : 'what must be closed'}`;

function cellsOf(from: string, value: Value | undefined): readonly Cell[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Value[]).flatMap((cell): readonly Cell[] => {
    if (!isMap(cell)) return [];
    const verdict = textOf(cell['verdict']);
    return [
      {
        from,
        to: textOf(cell['peer']),
        why: textOf(cell['why']),
        ports: textOf(cell['ports']),
        result: textOf(cell['result']),
        verdict: verdict === 'through' || verdict === 'stopped' ? verdict : 'unclear',
        tried: Number(cell['tried']),
        of: Number(cell['of']),
      },
    ];
  });
}

const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
