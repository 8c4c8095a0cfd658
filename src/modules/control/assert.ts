import type { ControlModule, ControlResult, ParamsSchema } from '../../model/module.ts';
import type { Scope } from '../../model/scope.ts';
import { type MapTree, type Tree, entry, isTemplate } from '../../model/tree.ts';
import { Unknown, type Value, firstUnknown } from '../../model/value.ts';
import { showMessage, showValue } from './texts.ts';

const message = (description: string) =>
  ({
    description,
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  }) as const;

const params = {
  type: 'object',
  description: 'Fails the host unless all conditions hold. Runs in orch, not on the host.',
  properties: {
    that: {
      description: 'A condition without braces, or a list of them that must all hold.',
      anyOf: [
        { type: ['string', 'boolean'] },
        { type: 'array', items: { type: ['string', 'boolean'] } },
      ],
    },
    fail_msg: message('What to say when one does not hold.'),
    msg: message('The same as fail_msg.'),
    success_msg: message('What to say when all hold.'),
    quiet: { type: 'boolean', default: false, description: 'Say nothing when all hold.' },
  },
  required: ['that'],
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Fails unless all conditions hold. */
export const assert: ControlModule = {
  kind: 'control',
  name: 'assert',
  params,
  example: `- assert:
    that:
      - internal_interface != external_interface
    fail_msg: The two interfaces must differ.
`,
  run(args, scope): ControlResult {
    const that = entry(args, 'that')?.value;
    let unknown: Unknown | undefined;
    for (const condition of that ? conditions(that, scope) : []) {
      const holds = condition instanceof Unknown ? condition : scope.condition(condition);
      if (holds === false) return failed(args, scope, condition as Tree);
      if (holds instanceof Unknown) unknown ??= holds;
    }
    if (unknown) return { data: {}, unknown: unknown.why };
    const msg = textOf(args, scope, 'success_msg') ?? 'All assertions passed';
    const quiet = entry(args, 'quiet');
    const isQuiet = quiet !== undefined && scope.resolve(quiet.value) === true;
    return { data: { msg }, ...(isQuiet ? {} : { message: showMessage(msg) }) };
  },
};

/**
 * The conditions one by one. A list that comes out of a template is taken apart here: as a single
 * condition any list that is not empty would be true.
 */
function conditions(that: Tree, scope: Scope): readonly (Tree | Unknown)[] {
  if (that.kind === 'list') return that.items.flatMap((item) => conditions(item, scope));
  if (!isTemplate(that)) return [that];
  const value = scope.resolve(that);
  if (!Array.isArray(value)) return [that];
  return (value as readonly Value[]).map((item): Tree | Unknown => {
    if (item instanceof Unknown) return item;
    const leaf = typeof item === 'boolean' ? item : showValue(item);
    return { kind: 'scalar', value: leaf, source: that.source };
  });
}

function failed(args: MapTree, scope: Scope, condition: Tree): ControlResult {
  const assertion = condition.kind === 'scalar' ? condition.value : 'that';
  const said = textOf(args, scope, 'fail_msg') ?? textOf(args, scope, 'msg');
  const msg = said ?? 'Assertion failed';
  return {
    failed: said === undefined ? `Assertion failed: ${String(assertion)}` : showMessage(said),
    data: { msg, assertion, evaluated_to: false },
  };
}

function textOf(args: MapTree, scope: Scope, key: string): Value | undefined {
  const given = entry(args, key);
  if (!given) return undefined;
  const value = scope.resolve(given.value);
  return firstUnknown(value) ? `${key} is not known: ${firstUnknown(value)?.why ?? ''}` : value;
}
