import { escapeHtml as text } from './escape-html.ts';
import { type Cell, classesIn, isGood, type Matrix } from './matrix.ts';

const SIDE = 22;
const GAP = 2;
/** Longest name that is shown whole beside the squares; titles of the squares have it whole. */
const LONGEST = 24;

const LEGEND =
  'Rows knock at columns. ✓ as it should be; ✕ not so; ? the answer says nothing; grey: not asked, no row of the table is for these two.';

/** A picture for each class of ports: who (down) reaches whom (across). Marks say what colours say. */
export function pictureOf(matrix: Matrix): string {
  const byClass = new Map<string, Map<string, Cell>>();
  for (const cell of matrix.cells) {
    const key = `${cell.why} ${cell.ports}`;
    const cells = byClass.get(key) ?? new Map<string, Cell>();
    cells.set(`${cell.from}\0${cell.to}`, cell);
    byClass.set(key, cells);
  }
  const figures = classesIn(matrix).map(({ why, ports }) => {
    const cells = byClass.get(`${why} ${ports}`) ?? new Map<string, Cell>();
    const [first] = cells.values();
    const sampled =
      first && first.tried < first.of ? `, sampled ${first.tried} of ${first.of}` : '';
    const caption = why === ports ? ports : `${ports}: ${why}`;
    return `<figure>${drawing(matrix, cells, caption)}<figcaption>${text(caption)}${text(sampled)}</figcaption></figure>`;
  });
  return `<p>${text(LEGEND)}</p>\n<div class="matrices">\n${figures.join('\n')}\n</div>`;
}

function drawing(matrix: Matrix, cells: ReadonlyMap<string, Cell>, title: string): string {
  const { hosts } = matrix;
  const label = 14 + 7 * Math.max(...hosts.map((host) => short(host).length));
  const size = hosts.length * (SIDE + GAP);
  const at = (i: number): number => label + i * (SIDE + GAP);
  const parts = hosts.flatMap((from, row) => [
    `<text x="${label - 6}" y="${at(row) + 15}" text-anchor="end">${text(short(from))}</text>`,
    `<text transform="translate(${at(row) + 15} ${label - 6}) rotate(-90)">${text(short(from))}</text>`,
    ...hosts.map((to, column) =>
      square(at(column), at(row), { from, to }, cells.get(`${from}\0${to}`), matrix),
    ),
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${label + size}" height="${label + size}" role="img" aria-label="${text(title)}">`,
    ...parts,
    '</svg>',
  ].join('');
}

const short = (host: string): string =>
  host.length > LONGEST ? `${host.slice(0, LONGEST - 1)}…` : host;

function square(
  x: number,
  y: number,
  pair: { readonly from: string; readonly to: string },
  cell: Cell | undefined,
  matrix: Matrix,
): string {
  const rect = (kind: string): string =>
    `<rect class="${kind}" x="${x}" y="${y}" width="${SIDE}" height="${SIDE}" rx="3"/>`;
  if (!cell) return rect('none');
  const [kind, mark] = isGood(cell, matrix)
    ? ['good', '✓']
    : cell.verdict === 'unclear'
      ? ['unclear', '?']
      : ['bad', '✕'];
  const title = `${pair.from} → ${pair.to}, ${cell.ports}: ${cell.result}`;
  return `<g><title>${text(title)}</title>${rect(kind)}<text class="mark" x="${x + SIDE / 2}" y="${y + 15}">${mark}</text></g>`;
}
