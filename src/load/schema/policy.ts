import { head } from './published.ts';
import type { Schema } from './words.ts';

const words = (description: string): Schema => ({
  description,
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
  ],
  'x-says': 'a text or a list of texts',
});

const FROM = 'Addresses, networks, `any`, or a template such as "{{ node_subnets }}".';

/** One rule of a policy. */
export const policyRuleSchema: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'ports'],
  properties: {
    name: {
      type: 'string',
      minLength: 1,
      description: 'What the rule is for; said where it does not hold.',
    },
    hosts: words('Pattern of the hosts the rule is about; all when left out.'),
    ports: words('Ports such as 22/tcp, 2379-2380/tcp; udp for all of it, gre, all.'),
    reachable_only_from: words(`From nowhere else may they be reachable. ${FROM}`),
    reachable_from: words(`From all of these they must be reachable. ${FROM}`),
    not_reachable_from: words(`From none of these may they be reachable. ${FROM}`),
    interfaces: words(
      'Interfaces packets come in by, eth+ for all that begin so; all but lo when left out.',
    ),
    severity: {
      enum: ['error', 'warn'],
      default: 'error',
      description: 'error: the change is refused; warn: it is told and made.',
    },
  },
};

/** A policy, as `schemas/policy.schema.json`. */
export const policySchema: Schema = {
  ...head('policy', 'A policy of orch: who may, and who must, reach what of hosts'),
  type: ['array', 'null'],
  description: 'Rules, each of which must hold.',
  items: policyRuleSchema,
};
