import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { portItem } from '../firewalld/zone-params.ts';

/** The rows of a port table, as all modules take them. */
export const rowsParam = {
  type: 'array',
  items: portItem,
  description:
    'The ports: rows of a table `{ports: 8472/udp, from: node, to: node, why: VXLAN}`, or plain ports.',
} as const;

/** The roles of a host. */
export const rolesParam = {
  type: 'array',
  items: { enum: ['server', 'agent', 'node', 'external'] },
  default: ['node'],
  description: 'The roles of this host. Every server and agent is also a node.',
} as const;

/** How many ports of a range are tried. */
export const samplesParam = {
  type: 'integer',
  minimum: 0,
  maximum: 64,
  default: 5,
  description:
    'Of a range that is longer: its first, middle and last port, and this many others, the same ones in every run.',
} as const;

/** Arguments of `connectivity`. */
export const connectivityParams = {
  type: 'object',
  description:
    'Knocks on the ports of other nodes from this one, and says what came of it. It needs no listener: a refused connection passed the firewall. Changes nothing; needs python3 or bash on this host.',
  required: ['rows', 'peers'],
  additionalProperties: false,
  properties: {
    rows: {
      ...rowsParam,
      description: `${rowsParam.description} A row counts when \`from\` is a role of this host and \`to\` one of the peer; rows with \`optional: true\` do not count.`,
    },
    roles: rolesParam,
    peers: {
      type: 'array',
      description: 'The nodes to knock at.',
      items: {
        type: 'object',
        required: ['address'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', description: 'How the node is called in what is reported.' },
          address: { type: 'string', description: 'The address to knock at.' },
          roles: {
            type: 'array',
            items: { type: 'string' },
            description: 'What the node is, in the words of `to`; left out: any.',
          },
          listener: {
            type: 'object',
            additionalProperties: true,
            description:
              'What `connectivity_listener` registered on that node: a port that answers with its nonce is proven, and one that refuses is stopped by a firewall.',
          },
        },
      },
    },
    expect: {
      enum: ['open', 'closed'],
      default: 'open',
      description:
        'What is a finding: a port that the firewall does not let through (open), or one that it does (closed).',
    },
    network: {
      type: 'string',
      description: 'A word for the network that is tried, for reports: internal, external.',
    },
    samples: samplesParam,
    timeout: {
      type: 'number',
      minimum: 0.2,
      maximum: 30,
      default: 2.5,
      description:
        'Seconds to wait for an answer. Hosts answer only about one refusal a second: less than 2.5 takes a rejected port for a silent one.',
    },
  },
} as const satisfies ParamsSchema;

/** Arguments of `connectivity`, checked and with defaults. */
export type ConnectivityParams = FromSchema<typeof connectivityParams>;

/** Arguments of `connectivity_listener`. */
export const listenerParams = {
  type: 'object',
  description:
    'Listens for a short while on the ports of a table that nobody else uses, and answers with a nonce, so that `connectivity` on other nodes can prove that it got through. Ends by itself. Needs python3 on this host; without it says so and listens on nothing.',
  required: ['rows'],
  additionalProperties: false,
  properties: {
    rows: {
      ...rowsParam,
      description: `${rowsParam.description} A row counts when \`to\` is a role of this host.`,
    },
    roles: rolesParam,
    samples: { ...samplesParam, description: 'As in `connectivity`; must be the same there.' },
    seconds: {
      type: 'integer',
      minimum: 1,
      maximum: 120,
      default: 20,
      description: 'How long it listens.',
    },
  },
} as const satisfies ParamsSchema;

/** Arguments of `connectivity_listener`, checked and with defaults. */
export type ListenerParams = FromSchema<typeof listenerParams>;
