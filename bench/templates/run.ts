/**
 * What templates cost. Prints a table; see docs/performance.md.
 *
 *     npx tsx bench/templates/run.ts
 */
import type { Given, Layer } from '../../src/model/scope.ts';
import type { ScalarTree } from '../../src/model/tree.ts';
import type { LazyMap, Value } from '../../src/model/value.ts';
import { createEvaluator } from '../../src/template/evaluator.ts';

const scalar = (value: string): ScalarTree => ({
  kind: 'scalar',
  value,
  source: { file: 'bench.yml', line: 1, column: 1 },
});

const layer = (entries: readonly (readonly [string, Given])[]): Layer => ({
  name: 'bench',
  vars: new Map(entries),
});

/** The median of some runs, in microseconds for each of `count` expressions. */
function measure(count: number, work: () => void): number {
  for (let i = 0; i < 20; i++) work();
  const times = Array.from({ length: 101 }, () => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start) / 1000 / count;
  }).sort((a, b) => a - b);
  return times[50] ?? 0;
}

const evaluator = createEvaluator();
const rows: (readonly [string, string])[] = [];

// A template that reads a hundred variables, each through a filter.
const names = Array.from({ length: 100 }, (_, i) => `variable_${i}`);
const hundred = scalar(names.map((name) => `{{ ${name} | upper }}`).join(' '));
const vars = layer(names.map((name, i) => [name, { value: `value ${i}` }]));
const one = measure(100, () => evaluator.scope([vars]).resolve(hundred));
rows.push(['a template with 100 variables, for each expression', `${one.toFixed(2)} µs`]);

// The same, the variables being templates themselves.
const nested = layer(names.map((name, i) => [name, { tree: scalar(`{{ base }}/${i}`) }]));
const base = layer([['base', { value: '/opt' }]]);
const deep = measure(100, () => evaluator.scope([nested, base]).resolve(hundred));
rows.push(['... each variable a template itself', `${deep.toFixed(2)} µs`]);

const condition = scalar("variable_1 == 'value 1' and variable_2 is defined");
const scope = evaluator.scope([vars]);
rows.push([
  'a condition',
  `${measure(1000, () => {
    for (let i = 0; i < 1000; i++) scope.condition(condition);
  }).toFixed(2)} µs`,
]);

// Ten thousand hosts: reading one must not make the others.
let made = 0;
const hosts = Array.from({ length: 10_000 }, (_, i) => `host-${i}`);
const hostvars: LazyMap = {
  lazy: true,
  keys: () => hosts,
  get: (name): Value | undefined => {
    made++;
    return name.startsWith('host-') ? { address: `10.0.0.${name.length}` } : undefined;
  },
};
const everyone = evaluator.scope([layer([['hostvars', { value: hostvars }]])]);
const single = scalar("{{ hostvars['host-5000'].address }}");
rows.push([
  'one of 10,000 hostvars',
  `${measure(1000, () => {
    for (let i = 0; i < 1000; i++) everyone.resolve(single);
  }).toFixed(2)} µs`,
]);
made = 0;
everyone.resolve(single);
rows.push(['... hosts whose variables that makes', String(made)]);
const all = scalar("{{ hostvars.keys() | map('extract', hostvars, 'address') | join(',') }}");
rows.push([
  'an address of each of 10,000 hosts, for each host',
  `${measure(10_000, () => {
    everyone.resolve(all);
  }).toFixed(2)} µs`,
]);

console.log('| what | cost |\n|---|---|');
for (const [what, cost] of rows) console.log(`| ${what} | ${cost} |`);
