import type { ControlModule, ControlResult, ParamsSchema, Problem } from '../../model/module.ts';
import { entry, type MapTree } from '../../model/tree.ts';
import { isMap, type Value, type ValueMap } from '../../model/value.ts';
import type { Scope } from '../../model/scope.ts';
import { argumentFlaws, specFlaws, strangers } from './argument-spec.ts';
import { eager } from './texts.ts';

const params = {
  type: 'object',
  description:
    'Fails unless the variables that a specification names are of the types it names. A role with meta/argument_specs.yml begins with it. Runs in orch, not on the host.',
  properties: {
    argument_spec: {
      type: 'object',
      description: 'Options by name: {port: {type: int, required: true}}.',
    },
    provided_arguments: {
      type: 'object',
      description: 'Values that count before variables of the same names.',
    },
    validate_args_context: {
      type: 'object',
      description: 'What is checked; given back in the result.',
    },
  },
  required: ['argument_spec'],
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Checks variables against a specification of arguments. */
export const validateArgumentSpec: ControlModule = {
  kind: 'control',
  name: 'validate_argument_spec',
  params,
  example: `- name: The port must be a number
  validate_argument_spec:
    argument_spec:
      http_port: { type: int, required: true }
    provided_arguments: { http_port: 8080 }
`,
  problems(given): readonly Problem[] {
    const { argument_spec: spec, provided_arguments: provided } = (
      isMap(given) ? given : {}
    ) as Record<string, Value>;
    const wrong = isMap(spec) ? specFlaws(spec) : [];
    const values =
      isMap(spec) && isMap(provided)
        ? [...unknown(spec, provided), ...argumentFlaws(spec, provided, false)]
        : [];
    return [
      ...wrong.map((flaw) => ({ ...flaw, pointer: `/argument_spec${flaw.pointer}` })),
      ...values.map((flaw) => ({ ...flaw, pointer: `/provided_arguments${flaw.pointer}` })),
    ].map((flaw) => ({ ...flaw, hint: 'See meta/argument_specs.yml of the role.' }));
  },
  run(args, scope): ControlResult {
    const spec = valueOf(args, scope, 'argument_spec');
    const provided = valueOf(args, scope, 'provided_arguments');
    const context = valueOf(args, scope, 'validate_args_context') ?? {};
    if (!isMap(spec)) return { data: {}, failed: 'argument_spec must be a map' };
    const values: Record<string, Value> = {
      ...fromVariables(spec, scope),
      ...(isMap(provided) ? provided : {}),
    };
    const flaws = argumentFlaws(spec, values, true);
    const errors = [...(isMap(provided) ? unknown(spec, provided) : []), ...flaws].map(
      ({ message }) => message,
    );
    const data = { validate_args_context: context };
    if (errors.length === 0) return { data: { ...data, msg: 'The arg spec validation passed' } };
    const msg = `Validation of arguments failed:\n${errors.join('\n')}`;
    return { failed: msg, data: { ...data, msg, argument_errors: errors } };
  },
};

const unknown = (spec: ValueMap, provided: ValueMap): ReturnType<typeof strangers> =>
  strangers(spec, provided, 'the specification', '');

const valueOf = (args: MapTree, scope: Scope, key: string): Value | undefined => {
  const found = entry(args, key);
  return found && scope.resolve(found.value);
};

function fromVariables(spec: ValueMap, scope: Scope): ValueMap {
  const found = Object.keys(spec).flatMap((name): [string, Value][] => {
    const value = scope.get(name);
    return value === undefined ? [] : [[name, eager(value)]];
  });
  return Object.fromEntries(found);
}
