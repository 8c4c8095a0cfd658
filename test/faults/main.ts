import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CONTROL } from './control-node.ts';
import { type Case, ROOT } from './harness.ts';
import { HOST } from './host.ts';
import { LAB } from './lab.ts';
import { LINE } from './line.ts';
import { SECRETS } from './secrets.ts';
import { SUDO } from './sudo.ts';
import { SUITES } from './suites.ts';

// npm run test:faults [-- [--times N] [--write] [F01 F05 ...]]: injects each fault N times (5) and prints a table;
// --write keeps it in docs/reliability.md. Exit code 1 when one was not survived.

const args = process.argv.slice(2);
const at = args.indexOf('--times');
const times = at < 0 ? 5 : Number(args.splice(at, 2)[1]);
const write = args.includes('--write');
const wanted = args.filter((arg) => arg.startsWith('F'));

const LIMIT = 180_000;

interface Row {
  readonly of: Case;
  readonly survived: number;
  readonly tried: number;
  readonly words: string;
}

const all = [...CONTROL, ...LINE, ...HOST, ...SECRETS, ...SUDO, ...LAB, ...SUITES].sort((a, b) =>
  a.id.localeCompare(b.id),
);
const cases = all.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const rows: Row[] = [];
for (const one of cases) {
  const row = await tried(one);
  rows.push(row);
  console.log(line(row));
}
const survived = rows.filter((row) => row.tried > 0 && row.survived === row.tried).length;
const possible = rows.filter((row) => row.tried > 0).length;
console.log(
  `\n${survived} of ${possible} faults survived, each tried ${times} times (suites once)`,
);
if (write) keep();
process.exit(survived === possible ? 0 : 1);

async function tried(one: Case): Promise<Row> {
  const why = one.impossible?.();
  if (why !== undefined)
    return { of: one, survived: 0, tried: 0, words: `not possible here: ${why}` };
  const said: string[] = [];
  let good = 0;
  const tries = one.once ? 1 : times;
  for (let i = 0; i < tries; i++) {
    try {
      said.push(await Promise.race([one.run(), tooLong(one.limit)]));
      good += 1;
    } catch (error) {
      said.unshift(`NOT: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const words = good === tries ? [...new Set(said)].slice(0, 5).join('; ') : (said[0] ?? '');
  return { of: one, survived: good, tried: tries, words };
}

/** No fault may hang the suite. */
function tooLong(limit = LIMIT): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no end within ${limit / 1000} s`)), limit).unref();
  });
}

function line({ of: { id, fault }, survived, tried, words }: Row): string {
  return `${id.padEnd(5)} ${`${survived}/${tried}`.padEnd(5)} ${fault}: ${words}`;
}

/** Puts the table between its marks in docs/reliability.md. */
function keep(): void {
  const file = join(ROOT, 'docs/reliability.md');
  const text = readFileSync(file, 'utf8');
  const fresh = new Map(
    rows.map(({ of: { id, fault, bar }, survived, tried, words }) => [
      id,
      `| ${id} | ${fault} | ${bar} | ${tried > 0 ? `${survived}/${tried}` : '-'} | ${words.split('\n')[0]?.replaceAll('|', '/') ?? ''} |`,
    ]),
  );
  // Rows of faults that were not tried this time stay as they were printed last.
  const before = new Map(
    text.split('\n').flatMap((line) => {
      const id = /^\| (F\d+[a-z]?) \|/.exec(line)?.[1];
      return id === undefined ? [] : [[id, line] as const];
    }),
  );
  const table = [
    '| # | fault | survives when | survived | seen |',
    '| --- | --- | --- | --- | --- |',
    ...all.map(({ id }) => fresh.get(id) ?? before.get(id)).filter((line) => line !== undefined),
  ].join('\n');
  const [start, end] = ['<!-- faults -->', '<!-- /faults -->'];
  const [head = ''] = text.split(start);
  const [, tail = ''] = text.split(end);
  writeFileSync(file, `${head}${start}\n\n${table}\n\n${end}${tail}`);
}
