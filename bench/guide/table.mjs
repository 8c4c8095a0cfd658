/** rows.tsv as a Markdown table: per round the ratio to orch (orch itself to the floor), their median and range. */
import { readFileSync } from 'node:fs';

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/** guide/state/contender -> round -> the medians of that round: wall, cpu, mib, processes */
const rounds = new Map();
const rows = readFileSync(process.argv[2], 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t'));
for (const [round, guide, state, contender, ...numbers] of rows) {
  const key = `${guide}\t${state}\t${contender}`;
  if (!rounds.has(key)) rounds.set(key, new Map());
  const all = rounds.get(key);
  all.set(round, [...(all.get(round) ?? []), numbers.map(Number)]);
}
for (const all of rounds.values())
  for (const [round, runs] of all)
    all.set(
      round,
      [0, 1, 2, 3].map((i) => median(runs.map((run) => run[i]))),
    );

const ratio = (of, to, what) => {
  const list = [...of.keys()]
    .filter((r) => to.has(r))
    .map((r) => of.get(r)[what] / to.get(r)[what]);
  const show = (n) => n.toFixed(n < 10 ? 2 : 1);
  return `${show(median(list))} (${show(Math.min(...list))}-${show(Math.max(...list))})`;
};

console.log(
  '| guide | hosts are | ratio | wall | control CPU | peak memory | median wall s | CPU s | MiB | processes on a host |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const state of ['converged', 'changing']) {
  for (const guide of ['segregated', 'shared']) {
    const of = (name) => rounds.get(`${guide}\t${state}\t${name}`);
    const names = [...rounds.keys()]
      .filter((key) => key.startsWith(`${guide}\t${state}\t`))
      .map((key) => key.split('\t')[2]);
    const line = (label, a, b) => {
      const [wall, cpu, mib, processes] = [0, 1, 2, 3].map((i) =>
        median([...a.values()].map((run) => run[i])),
      );
      const ratios = b ? [0, 1, 2].map((i) => ratio(a, b, i)) : ['', '', ''];
      const plain = [wall.toFixed(2), cpu.toFixed(2), mib.toFixed(0), processes.toFixed(0)];
      console.log(`| ${[guide, state, label, ...ratios, ...plain].join(' | ')} |`);
    };
    if (of('orch') && of('floor')) line('**orch/floor**', of('orch'), of('floor'));
    if (of('floor')) line('floor', of('floor'));
    for (const name of names.filter((n) => n !== 'orch' && n !== 'floor'))
      line(of('orch') ? `${name}/orch` : name, of(name), of('orch'));
  }
}
