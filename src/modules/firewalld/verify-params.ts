import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { persistParam, portItem } from './zone-params.ts';

const names = (description: string) =>
  ({ type: 'array', items: { type: 'string' }, description }) as const;

/** Arguments of `firewalld_verify`. */
export const verifyParams = {
  type: 'object',
  description:
    'Says what of firewalld is not as it should be, and how to mend it; changes nothing. Judges by what is open, not by what is listed.',
  required: ['zones'],
  additionalProperties: false,
  properties: {
    zones: {
      type: 'array',
      description: 'The zones and what each must have. What else they have is told, not faulted.',
      items: {
        type: 'object',
        required: ['zone'],
        additionalProperties: false,
        properties: {
          zone: { type: 'string', description: 'The zone.' },
          interfaces: names('Interfaces that must be in it.'),
          sources: names('Sources that must be in it, by themselves or inside a larger one.'),
          services: names('Services that must be open: listed, or all their ports open otherwise.'),
          ports: {
            type: 'array',
            items: portItem,
            description: 'Ports that must be open, whatever opens them; rows of a table will do.',
          },
          closed: {
            type: 'array',
            items: portItem,
            description:
              'Ports that the zone must not list (those also in `ports` may be). What services and rich rules open is not looked at.',
          },
          target: {
            enum: ['default', 'ACCEPT', 'DROP', '%%REJECT%%', 'REJECT'],
            description:
              'The target it must have. Left out: any but ACCEPT, which opens everything (of the zone trusted, that too).',
          },
          forward: { type: 'boolean', description: 'Whether it must forward inside the zone.' },
        },
      },
    },
    persist: {
      ...persistParam,
      description:
        'Which configurations are judged: what runs, what comes after a reboot, or both.',
    },
    pod_networks: {
      type: 'array',
      items: { type: 'string' },
      default: ['10.42.0.0/16'],
      description: 'Networks of pods: a zone that has one as a source must forward.',
    },
  },
} as const satisfies ParamsSchema;

/** Arguments of `firewalld_verify`, checked and with defaults. */
export type VerifyParams = FromSchema<typeof verifyParams>;
/** What one zone must have. */
export type VerifyZone = VerifyParams['zones'][number];
