import type { Layer, Scope } from '../../../src/model/scope.ts';
import type { ScalarTree, Tree } from '../../../src/model/tree.ts';
import { Float, isMap, type Value } from '../../../src/model/value.ts';
import { createEvaluator } from '../../../src/template/evaluator.ts';
import type { Ports } from '../../../src/template/runtime.ts';

const SOURCE = { file: 'play.yml', line: 3, column: 10 };

/** A scalar as it would be loaded from line 3, column 10 of play.yml. */
export const scalar = (value: ScalarTree['value'], more: Partial<ScalarTree> = {}): ScalarTree => ({
  kind: 'scalar',
  value,
  source: SOURCE,
  ...more,
});

/** A tree of plain data, all of it at the same place. */
export function tree(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(tree), source: SOURCE };
  if (typeof value === 'object' && value !== null) {
    return {
      kind: 'map',
      source: SOURCE,
      entries: Object.entries(value).map(([key, v]) => ({
        key,
        keySource: SOURCE,
        value: tree(v),
      })),
    };
  }
  return scalar(value as ScalarTree['value']);
}

/** A layer of finished values. */
export const values = (vars: Readonly<Record<string, Value>>): Layer => ({
  name: 'values',
  vars: new Map(Object.entries(vars).map(([name, value]) => [name, { value }])),
});

/** A layer of variables as a file has them: text in them is templated when read. */
export const written = (vars: Readonly<Record<string, unknown>>): Layer => ({
  name: 'vars',
  vars: new Map(Object.entries(vars).map(([name, value]) => [name, { tree: tree(value) }])),
});

export const scopeOf = (layers: readonly Layer[], ports?: Ports): Scope =>
  createEvaluator(ports).scope(layers);

/** A value as JSON has it, where 2.0 is 2. */
export function asJson(of: Value): Value {
  if (of instanceof Float) return of.n;
  if (Array.isArray(of)) return (of as readonly Value[]).map(asJson);
  if (!isMap(of)) return of;
  return Object.fromEntries(Object.entries(of).map(([key, item]) => [key, asJson(item)]));
}

/** The value of one expression over finished values. */
export const value = (expression: string, vars: Readonly<Record<string, Value>> = {}): Value =>
  scopeOf([values(vars)]).expression(expression, scalar(expression));

/** What a template prints. */
export const printed = (template: string, vars: Readonly<Record<string, Value>> = {}): Value =>
  scopeOf([values(vars)]).resolve(scalar(template));
