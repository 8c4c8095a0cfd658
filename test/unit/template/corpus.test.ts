import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { OrchError } from '../../../src/lib/errors.ts';
import type { Value } from '../../../src/model/value.ts';
import { asJson, scalar, scopeOf, values, written } from './support.ts';
import { ports } from './world.ts';

interface Case {
  readonly kind: 'expression' | 'template' | 'chain' | 'file';
  readonly area: string;
  readonly text: string;
  readonly vars?: Readonly<Record<string, Value>>;
  readonly value?: Value;
  readonly shown?: string;
  readonly error?: string;
}

type Answer = { readonly value: Value } | { readonly error: string };

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/template/${name}`, import.meta.url), 'utf8');
const truth = JSON.parse(fixture('corpus-truth.json')) as readonly Case[];
const { vars } = JSON.parse(fixture('cases.json')) as { vars: Readonly<Record<string, Value>> };
const tree = [{ name: 'a', kids: [{ name: 'b', kids: [{ name: 'c' }] }, { name: 'd' }] }];
const all = { ...vars, tree };

/** Where orch differs from ansible-core 2.14 on purpose; docs/compatibility says why each is better for a user. */
const DIFFERENT: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  // Infinity and NaN are numbers; Ansible fails to compile them.
  ['1.5e300 * 1e10', { value: 'inf' }],
  ["'inf' | float", { value: 'inf' }],
  ["'nan' | float", { value: 'nan' }],
  ["'NaN' | from_json", { value: 'nan' }],
  // A key of a map is text outside of templates.
  ["{(1, 2): 'tuple'}", { value: { '(1, 2)': 'tuple' } }],
  // Nobody configures hosts with lorem ipsum.
  ['lipsum is defined', { value: false }],
  // Views and ranges are lists.
  ['range(3) | type_debug', { value: 'list' }],
  ['{}.keys() | type_debug', { value: 'list' }],
  // Dates in data are the text they were written as, as in playbooks.
  ["'a: 2020-01-02' | from_yaml | string", { value: "{'a': '2020-01-02'}" }],
  // Keys are text; `on` is not taken for true.
  ["'on: off' | from_yaml", { value: { on: false } }],
  // What is merged in comes last: order only.
  ["'<<: {a: 1}\\nb: 2' | from_yaml", { value: { a: 1, b: 2 } }],
  // A name with its collection works for Jinja's own filters and tests too.
  ["'a' | ansible.builtin.upper", { value: 'A' }],
  ['1 is ansible.builtin.defined', { value: true }],
  // Questions have answers.
  ["'nope' is filter", { value: false }],
  ["'nope' is test", { value: false }],
  ["{'results': []} is changed", { value: false }],
  // What works in Jinja2 works: `do`, a quoted quote, super().
  ['{% do l %}x', { value: 'x' }],
  ['{% do [1].append(2) %}x', { value: 'x' }],
  ["{{ 'it\\'s' }}", { value: "it's" }],
  ['extends.j2', { value: '<head>\nmine\nbody of hello world: base body 5\n</head>\n' }],
]);

function answer(work: () => Value): Answer {
  try {
    return { value: plain(work()) };
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    return { error: error.message };
  }
}

/** As the recorder writes what JSON has no number for. */
function plain(given: Value): Value {
  const value = asJson(given);
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

function ask({ kind, text, vars: own }: Case): Value {
  if (kind === 'expression') return scopeOf([values(all)], ports).expression(text, scalar(text));
  if (kind === 'chain') return scopeOf([written(own ?? {})], ports).resolve(scalar(text));
  const scope = scopeOf([written(all)], ports);
  if (kind === 'template') return scope.resolve(scalar(text));
  return scope.text(fixture(`corpus/files/${text}`), { file: text, line: 1, column: 1 });
}

function check(test: Case): void {
  const got = answer(() => ask(test));
  const other = DIFFERENT.get(test.text);
  if (other) expect(got, test.text).to.deep.equal(other);
  else if (test.error !== undefined) expect(got, test.text).to.have.property('error');
  else expect(got, test.text).to.deep.equal({ value: test.value });
  if (test.shown === undefined || other || test.shown === test.value) return;
  // The printed form tells 5 from 5.0, a tuple from a list, and the order of keys.
  const text = `(${test.text}) | string`;
  expect(
    answer(() => ask({ ...test, text })),
    text,
  ).to.deep.equal({ value: test.shown });
}

for (const area of new Set(truth.map((test) => test.area))) {
  describe(`templates agree with ansible-core 2.14: ${area}`, () => {
    for (const test of truth.filter((t) => t.area === area)) {
      it(JSON.stringify(test.text).slice(1, -1), () => {
        check(test);
        // Hashes of passwords are meant to take their time.
      }).timeout(test.text.includes('password_hash') ? 60_000 : 5000);
    }
  });
}

describe('what differs on purpose', () => {
  it('is little, and all of it is in the corpus', () => {
    const texts = new Set(truth.map(({ text }) => text));
    expect([...DIFFERENT.keys()].filter((text) => !texts.has(text))).to.deep.equal([]);
    expect(DIFFERENT.size).to.be.below(25);
    expect(truth.length).to.be.above(1700);
  });
});
