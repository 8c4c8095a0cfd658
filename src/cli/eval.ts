import { readFileSync } from 'node:fs';
import { OrchError, OrchErrors } from '../lib/errors.ts';
import { redact } from '../lib/redact.ts';
import type { Host, Inventory } from '../model/inventory.ts';
import type { Given, Layer, Scope } from '../model/scope.ts';
import type { ScalarTree, Tree } from '../model/tree.ts';
import { jsonText } from '../model/json-text.ts';
import { Float, isMap, Unknown, type Value } from '../model/value.ts';
import { createEvaluator } from '../template/evaluator.ts';
import { finish } from '../template/finish.ts';
import { readJson } from '../template/json-read.ts';
import type { InventoryFlags } from './flags.ts';
import type { Io } from './io.ts';
import { knownWithoutPlay } from './known-without-play.ts';
import { templatePorts } from './template-ports.ts';
import { loadInventoryFor } from './wiring.ts';
import { openWorld } from './world.ts';

/** What `orch eval` is given besides the expression. */
export interface EvalFlags extends InventoryFlags {
  /** Read a list of {expr, vars} from standard input, print a list of {value} or {error}. */
  readonly json?: boolean;
}

const PLACE = { file: '<expression>', line: 1, column: 1 };

/** Evaluates one expression as a host would see it, or with --json a list of them. */
export async function evaluate(
  expression: string | undefined,
  flags: EvalFlags,
  io: Io,
): Promise<number> {
  const world = await openWorld(flags);
  // Without hosts to look at, an expression needs no inventory.
  const alone = flags.inventory.length === 0 && flags.limit === undefined;
  const found = alone ? { ...flags, inventory: ['localhost,'] } : flags;
  const { inventory, chosen, extraVars } = loadInventoryFor(found, world);
  const host = flags.limit === undefined ? undefined : only(inventory, chosen);
  const evaluator = createEvaluator(templatePorts(io, inventory));
  const layers = [knownWithoutPlay(inventory, host, evaluator), extraVars, ...(host?.layers ?? [])];
  if (flags.json) {
    const cases = readCases(readFileSync(0, 'utf8'));
    const answers = cases.map(({ expr, vars }) =>
      answer(() => valueOf(expr, evaluator.scope([layerOf(vars), ...layers]))),
    );
    io.out(`${jsonText(redact(answers, world.secrets))}\n`);
    return 0;
  }
  if (expression === undefined) {
    throw new OrchError('USAGE', 'eval needs an expression', {
      hint: "Write it in quotes: orch eval 'groups.servers | length' -i prod",
    });
  }
  const value = valueOf(expression, evaluator.scope(layers));
  const shown = value instanceof Unknown ? `unknown: ${value.why}` : redact(value, world.secrets);
  io.out(`${typeof shown === 'string' ? shown : jsonText(shown, 2)}\n`);
  return 0;
}

/** The value of an expression; of a template when it has braces. */
function valueOf(text: string, scope: Scope): Value {
  const tree: ScalarTree = { kind: 'scalar', value: text, source: PLACE };
  return /\{\{|\{%/.test(text) ? scope.resolve(tree) : scope.expression(text, tree);
}

interface Case {
  readonly expr: string;
  readonly vars: unknown;
}

function readCases(text: string): readonly Case[] {
  const wrong = (cause?: unknown): OrchError =>
    new OrchError('USAGE', 'standard input is no list of expressions', {
      hint: 'Give [{"expr": "1 + 1", "vars": {}}, ...].',
      cause,
    });
  let list: unknown;
  try {
    list = finish(readJson(text));
  } catch (cause) {
    throw wrong(cause);
  }
  if (!Array.isArray(list)) throw wrong();
  return (list as readonly unknown[]).map((item) => {
    const { expr, vars = {} } = (item ?? {}) as Partial<Case>;
    if (typeof expr !== 'string') throw wrong();
    return { expr, vars };
  });
}

type Answer = { readonly value: Value } | { readonly error: string };

function answer(work: () => Value): Answer {
  try {
    const value = work();
    return value instanceof Unknown ? { error: `unknown: ${value.why}` } : { value };
  } catch (error) {
    if (error instanceof OrchError) return { error: error.message };
    if (error instanceof OrchErrors) return { error: error.message };
    throw error;
  }
}

/** Variables as a playbook would give them: text in them may hold templates. */
function layerOf(vars: unknown): Layer {
  const entries = typeof vars === 'object' && vars !== null ? Object.entries(vars) : [];
  return {
    name: 'vars of the expression',
    vars: new Map(entries.map(([name, value]): [string, Given] => [name, { tree: treeOf(value) }])),
  };
}

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf), source: PLACE };
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, item]) => ({
      key,
      keySource: PLACE,
      value: treeOf(item),
    }));
    return { kind: 'map', entries, source: PLACE };
  }
  if (value instanceof Float) return { kind: 'scalar', value: value.n, source: PLACE, float: true };
  return { kind: 'scalar', value: value as ScalarTree['value'], source: PLACE };
}

function only(inventory: Inventory, chosen: ReadonlySet<string>): Host | undefined {
  const [name, ...more] = chosen;
  if (more.length > 0) {
    throw new OrchError('USAGE', `eval looks at one host, not at ${chosen.size}`, {
      hint: `Name one: -l ${name ?? 'HOST'}.`,
    });
  }
  return name === undefined ? undefined : (inventory.hosts.get(name) ?? inventory.implicit(name));
}
