import { OrchError } from '../../lib/errors.ts';
import type { ControlModule, ControlResult, ParamsSchema, Problem } from '../../model/module.ts';
import type { Scope } from '../../model/scope.ts';
import { type ScalarTree, type Tree, entry, isTemplate } from '../../model/tree.ts';
import { type Value, firstUnknown, isMap } from '../../model/value.ts';
import { isOmitted } from './args.ts';
import { eager, showValue } from './texts.ts';

const params = {
  type: 'object',
  description: 'Prints a message or a variable. Runs in orch, not on the host.',
  properties: {
    msg: { description: 'What to print; a value of any type.', default: 'Hello world!' },
    var: { description: 'Name of a variable, or an expression without braces, to print.' },
    verbosity: {
      type: 'integer',
      minimum: 0,
      default: 0,
      description: 'Print only with at least so many -v.',
    },
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Prints a message or a variable. */
export const debug: ControlModule = {
  kind: 'control',
  name: 'debug',
  params,
  example: `- debug:
    msg: "{{ inventory_hostname }} answers at {{ ansible_host }}"
- debug:
    var: groups
`,
  problems(given): readonly Problem[] {
    const both = isMap(given) && 'msg' in (given as object) && 'var' in (given as object);
    return both ? [{ pointer: '/var', message: 'debug takes msg or var, not both' }] : [];
  },
  run(args, scope): ControlResult {
    const verbosity = entry(args, 'verbosity');
    const enough = Number(scope.get('ansible_verbosity') ?? 0);
    if (verbosity && Number(scope.resolve(verbosity.value)) > enough) {
      const reason = 'Verbosity threshold not met.';
      return { message: reason, data: { skipped_reason: reason, skipped: true } };
    }
    const variable = entry(args, 'var');
    if (variable) return show(variable.value, scope);
    const msg = entry(args, 'msg');
    const value = msg ? scope.resolve(msg.value) : params.properties.msg.default;
    const said = isOmitted(value, scope) ? params.properties.msg.default : value;
    return printed('msg', said, showValue);
  },
};

function show(tree: Tree, scope: Scope): ControlResult {
  const named = isTemplate(tree) ? nameGiven(tree, scope) : tree;
  const name = named.kind === 'scalar' ? String(named.value) : 'var';
  return printed(name, valueOf(named, scope), (value) => `${name}: ${showValue(value)}`);
}

const NAME = /^[A-Za-z_]\w*(?:\.\w+|\[\d+\]|\['[^']*'\])*$/;

/**
 * A template in var gives the name of the variable to print. Only a name: the text may be what a host said, and that is
 * never run. Anything else is printed itself.
 */
function nameGiven(tree: Tree, scope: Scope): Tree {
  try {
    const value = scope.resolve(tree);
    const named = typeof value === 'string' && NAME.test(value);
    return named ? { kind: 'scalar', value, source: tree.source } : tree;
  } catch (error) {
    if (error instanceof OrchError && error.code === 'VARIABLE_UNDEFINED') return tree;
    throw error;
  }
}

/** As Ansible has it: what a template of it gives; a mistake is told as one of the expression. */
function templated(tree: ScalarTree, text: string, scope: Scope): Value {
  try {
    return scope.resolve({ ...tree, value: `{{ ${text} }}` });
  } catch {
    return scope.expression(text, tree);
  }
}

/** An undefined variable is an answer here, not an error: looking for it is what debug is for. */
function valueOf(tree: Tree, scope: Scope): Value {
  try {
    if (tree.kind !== 'scalar' || typeof tree.value !== 'string' || isTemplate(tree)) {
      return scope.resolve(tree);
    }
    return templated(tree, tree.value, scope);
  } catch (error) {
    if (error instanceof OrchError && error.code === 'VARIABLE_UNDEFINED')
      return 'VARIABLE IS NOT DEFINED!';
    throw error;
  }
}

function printed(key: string, value: Value, say: (value: Value) => string): ControlResult {
  const unknown = firstUnknown(value);
  if (unknown) return { data: {}, unknown: unknown.why };
  return { message: say(value), data: { [key]: eager(value) } };
}
