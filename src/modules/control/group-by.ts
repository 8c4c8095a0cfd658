import { OrchError } from '../../lib/errors.ts';
import type { ControlModule, ControlResult, ParamsSchema } from '../../model/module.ts';
import { firstUnknown } from '../../model/value.ts';
import { textArg, valueArg, wordsArg } from './args.ts';

const params = {
  type: 'object',
  description:
    'Puts the host into a group, which later tasks and plays may name. Blanks become dashes.',
  properties: {
    key: { type: 'string', description: 'Name of the group.' },
    parents: {
      description: 'Groups that the group is in; all when left out.',
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    },
  },
  required: ['key'],
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Puts the host into a group. */
export const groupBy: ControlModule = {
  kind: 'control',
  name: 'group_by',
  params,
  example: `- group_by:
    key: "site_{{ site }}"
`,
  run(args, scope): ControlResult {
    const unknown = firstUnknown(valueArg(args, 'key', scope));
    if (unknown) return { data: {}, unknown: unknown.why };
    const key = textArg(args, 'key', scope);
    if (key === undefined || key === '') {
      throw new OrchError('ARGUMENT_MISSING', 'group_by names no group', { source: args.source });
    }
    const plain = (name: string): string => name.replaceAll(' ', '-');
    const parents = wordsArg(args, 'parents', scope).map(plain);
    return { data: {}, effect: { kind: 'group_by', group: plain(key), parents } };
  },
};
