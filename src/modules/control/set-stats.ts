import { OrchError } from '../../lib/errors.ts';
import type { ControlModule, ControlResult, ParamsSchema } from '../../model/module.ts';
import { firstUnknown } from '../../model/value.ts';
import { mapArg, truthArg, valueArg } from './args.ts';
import { eager } from './texts.ts';

const params = {
  type: 'object',
  description: 'Keeps values for the end of the run, where reports show them.',
  properties: {
    data: { description: 'A map of names and values.', type: ['object', 'string'] },
    per_host: { type: 'boolean', default: false, description: 'Keep them for each host apart.' },
    aggregate: {
      type: 'boolean',
      default: true,
      description: 'Add to a value that is there already, instead of replacing it.',
    },
  },
  required: ['data'],
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Keeps values for the end of the run. */
export const setStats: ControlModule = {
  kind: 'control',
  name: 'set_stats',
  params,
  example: `- set_stats:
    data:
      nodes_changed: 1
`,
  run(args, scope): ControlResult {
    const unknown = firstUnknown(valueArg(args, 'data', scope));
    if (unknown) return { data: {}, unknown: unknown.why };
    const given = mapArg(args, 'data', scope);
    const bad = Object.keys(given).find((name) => !/^[A-Za-z_]\w*$/.test(name));
    if (bad !== undefined) {
      throw new OrchError(
        'ARGUMENT_INVALID',
        `set_stats cannot keep ${JSON.stringify(bad)}: that is no name`,
        {
          source: args.source,
        },
      );
    }
    const data = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, eager(value)]),
    );
    return {
      data: {},
      effect: {
        kind: 'set_stats',
        data,
        perHost: truthArg(args, 'per_host', scope, false),
        aggregate: truthArg(args, 'aggregate', scope, true),
      },
    };
  },
};
