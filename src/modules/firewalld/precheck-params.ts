import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { portItem } from './zone-params.ts';

/** Arguments of `firewalld_precheck`. */
export const precheckParams = {
  type: 'object',
  description:
    'Says which ports that nodes need of each other are not open on this host, as the installer would and as packets would meet it. Changes nothing; a host without a running firewalld passes.',
  required: ['rows'],
  additionalProperties: false,
  properties: {
    rows: {
      type: 'array',
      items: portItem,
      description:
        'The ports needed: rows of a table `{ports: 8472/udp, from: node, to: node, why: VXLAN}`, or plain ports. A row counts when `to` is a role of this host; rows with `optional: true` do not count.',
    },
    roles: {
      type: 'array',
      items: { enum: ['server', 'agent', 'node', 'external'] },
      default: ['node'],
      description: 'The roles of this host. Every server and agent is also a node.',
    },
    internal_interface: {
      type: 'string',
      description:
        'The interface on which the other nodes arrive. Left out: the default zone counts.',
    },
    peers: {
      type: 'array',
      default: [],
      items: {
        anyOf: [
          { type: 'string' },
          {
            type: 'object',
            required: ['address'],
            additionalProperties: true,
            properties: {
              address: { type: 'string', description: 'Address of the node.' },
              roles: {
                type: 'array',
                items: { type: 'string' },
                description: 'What the node is, in the words of `from`; left out: any.',
              },
            },
          },
        ],
      },
      description:
        "Addresses of the other nodes, or `{address, roles}`: an address that is a source of a zone meets that zone and not the interface's. With roles, only rows `from` such a role count for it.",
    },
    layout: {
      enum: ['shared', 'segregated'],
      default: 'shared',
      description:
        'What is advised: open the ports in the zone (shared), or put the internal interface into trusted (segregated).',
    },
    installer_compat: {
      type: 'boolean',
      default: false,
      description:
        "true: what the installer would miss in the default zone is a finding too, not only a note. The installer looks at the default zone's running ports and services alone.",
    },
  },
} as const satisfies ParamsSchema;

/** Arguments of `firewalld_precheck`, checked and with defaults. */
export type PrecheckParams = FromSchema<typeof precheckParams>;
