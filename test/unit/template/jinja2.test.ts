import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Value } from '../../../src/model/value.ts';
import { OrchError } from '../../../src/lib/errors.ts';
import { asJson, scalar, scopeOf, values } from './support.ts';

interface Case {
  readonly text: string;
  readonly value?: Value;
  readonly error?: string;
}

const truth = JSON.parse(
  readFileSync(new URL('../../fixtures/template/jinja2-truth.json', import.meta.url), 'utf8'),
) as {
  readonly vars: Readonly<Record<string, Value>>;
  readonly expressions: readonly Case[];
  readonly templates: readonly Case[];
};

/** Where orch differs from Jinja2 and ansible-core 2.14 on purpose, and what it gives instead. */
const DIFFERENT: ReadonlyMap<string, Value | { readonly error: true }> = new Map<
  string,
  Value | { readonly error: true }
>([
  // Nothing of the host language can be reached, and a function is no value.
  ['zone.items', { error: true }],
  ["d['keys']", { error: true }],
  ["'abc'.upper", { error: true }],
  ['s.__class__', { error: true }],
  ['l.__len__', { error: true }],
  ['[].__class__.__base__', { error: true }],
  // As the text that Ansible makes of it in the end.
  ['x if false', ''],
  // Views are lists.
  ["'' ~ d.items()", "[('b', 1), ('a', 2)]"],
  ["'' ~ range(3)", '[0, 1, 2]'],
  // Ansible keeps the type of a lone variable, also before a line break.
  ['{{ x }}\n', 5],
]);

const PORTS = { now: () => new Date(0) };

function outcome(work: () => Value): Case {
  try {
    return { text: '', value: asJson(work()) };
  } catch (error) {
    if (!(error instanceof OrchError)) throw error;
    return { text: '', error: error.message };
  }
}

function compare({ text, value, error }: Case, work: () => Value): void {
  const got = outcome(work);
  const wanted = DIFFERENT.get(text);
  const fails = wanted === undefined ? error !== undefined : isError(wanted);
  if (fails) expect(got.error, `${text} gives ${JSON.stringify(got.value)}`).to.be.a('string');
  else expect(got, text).to.deep.equal({ text: '', value: wanted === undefined ? value : wanted });
}

const isError = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'error');

describe('templates and real Jinja2 with ansible-core 2.14', () => {
  const scope = scopeOf([values(truth.vars)], PORTS);
  for (const test of truth.expressions) {
    it(`agree on ${test.text}`, () => {
      compare(test, () => scope.expression(test.text, scalar(test.text)));
    });
  }
  for (const test of truth.templates) {
    it(`agree on the template ${JSON.stringify(test.text)}`, () => {
      compare(test, () => scope.resolve(scalar(test.text)));
    });
  }
});
