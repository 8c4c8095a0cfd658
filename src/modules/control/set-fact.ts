import { OrchError } from '../../lib/errors.ts';
import type { ControlModule, ControlResult, ParamsSchema } from '../../model/module.ts';
import type { Scope } from '../../model/scope.ts';
import { entry, type Entry } from '../../model/tree.ts';
import { opened, type Value } from '../../model/value.ts';
import { isOmitted, withoutOmitted } from './args.ts';

const params = {
  type: 'object',
  description:
    'Gives the host variables that last until the end of the run: every key is the name of one. Runs in orch, not on the host.',
  properties: {
    cacheable: {
      type: 'boolean',
      default: false,
      description:
        'Whether the variables are facts of the host as well, in `ansible_facts`; orch keeps none between runs.',
    },
  },
  additionalProperties: false,
  'x-any-keys': true,
} as const satisfies ParamsSchema;

/** Sets variables of the host. */
export const setFact: ControlModule = {
  kind: 'control',
  name: 'set_fact',
  foreseeable: true,
  params,
  example: `- set_fact:
    internal_cidr: "{{ internal_address }}/24"
    is_first: "{{ inventory_hostname == groups.servers[0] }}"
`,
  run(args, scope): ControlResult {
    const given = args.entries.filter(({ key }) => key !== 'cacheable');
    if (given.length === 0) {
      throw new OrchError('ARGUMENT_MISSING', 'set_fact sets no variable', {
        source: args.source,
        hint: 'Write at least one `name: value` below it.',
      });
    }
    const facts = Object.fromEntries(
      given
        .map((e): readonly [string, Value] => [nameOf(e, scope), scope.resolve(e.value)])
        .filter(([, value]) => !isOmitted(value, scope))
        .map(([name, value]) => [name, asBoolean(withoutOmitted(value, scope))]),
    );
    const cacheable = entry(args, 'cacheable');
    const kept = cacheable !== undefined && asBoolean(scope.resolve(cacheable.value)) === true;
    return { data: { ansible_facts: facts }, facts, ...(kept ? { cacheable: true } : {}) };
  },
};

function nameOf({ key, keySource }: Entry, scope: Scope): string {
  const name = opened(scope.resolve({ kind: 'scalar', value: key, source: keySource }));
  if (typeof name === 'string' && /^[A-Za-z_]\w*$/.test(name)) return name;
  throw new OrchError(
    'ARGUMENT_INVALID',
    `set_fact cannot set ${JSON.stringify(name)}: that is no name for a variable`,
    {
      source: keySource,
      hint: 'Names start with a letter or underscore and hold letters, digits and underscores.',
    },
  );
}

/** Ansible turns these four words into booleans here, whatever the template gave. */
function asBoolean(value: Value): Value {
  if (typeof value !== 'string' || !/^(true|false|yes|no)$/i.test(value)) return value;
  return /^(true|yes)$/i.test(value);
}
