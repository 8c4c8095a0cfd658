import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { offlineParam, persistParam, portItem, posixParams } from './zone-params.ts';

/** Arguments of `firewalld_port`. */
export const portParams = {
  type: 'object',
  description:
    'Opens or closes ports of a firewalld zone, by what is open and not by what is listed: a port inside a listed range, or of an enabled service, is open. Written to runtime and permanent without a reload.',
  additionalProperties: false,
  properties: {
    ports: {
      anyOf: [{ type: 'array', items: portItem }, { type: 'string' }, { type: 'integer' }],
      description:
        'The ports: `443/tcp`, `2379-2380/tcp`, `{port: 443, proto: tcp}`, or rows of a table `{ports: 443/tcp, why: HTTPS}` whose other keys are for people.',
    },
    port: { ...portItem, description: 'The same as `ports`, for one.' },
    zone: { type: 'string', description: "The zone; left out: the host's default zone." },
    state: {
      enum: ['open', 'closed', 'enabled', 'present', 'disabled', 'absent'],
      default: 'open',
      description: '`open` (also enabled, present) or `closed` (also disabled, absent).',
    },
    match: {
      enum: ['covered', 'exact'],
      default: 'covered',
      description:
        "`covered`: enough that something opens the port. `exact`: the port is in the zone's own list, even where a service or the target opens it.",
    },
    split: {
      type: 'boolean',
      default: false,
      description:
        'For closed: cut a listed range that only partly is to be closed. false: fail and name that range.',
    },
    services_count: {
      type: 'boolean',
      default: true,
      description:
        'A port of an enabled service counts as open (https = 443/tcp) and is not listed again.',
    },
    exclusive: {
      type: 'boolean',
      default: false,
      description:
        'For open: nothing else is listed in the zone; other ports are removed from its list.',
    },
    sources: {
      type: 'array',
      items: { type: 'string' },
      description:
        'Open only for these networks, MAC addresses or `ipset:NAME`: one rich rule for each source and port. With `state: closed` the rules go that open nothing but some of these ports to one of these. Left out: open for everyone.',
    },
    keep: {
      anyOf: [{ type: 'array', items: portItem }, { type: 'string' }, { type: 'integer' }],
      description:
        'For closed: ports of `ports` to leave as they are, such as those that another task opens.',
    },
    ignore_still_open: {
      type: 'boolean',
      default: false,
      description:
        'For closed: do not fail when a service, protocol, rich rule or the target keeps a port open.',
    },
    timeout: {
      anyOf: [{ type: 'string' }, { type: 'integer' }],
      description:
        'Refused: a port that closes by itself is no state that could be checked. The message gives the command to use.',
    },
    persist: persistParam,
    offline: offlineParam,
    allow_lockout: {
      type: 'boolean',
      default: false,
      description:
        'Let a change pass after which firewalld would refuse a new SSH connection like the one orch came by (same client address, interface and port), now or after a reload or reboot. false: such a task fails, in check too, and nothing of it is written. true: it is done with a warning.',
    },
    ...posixParams,
  },
} as const satisfies ParamsSchema;

/** Arguments of `firewalld_port`, checked and with defaults. */
export type PortParams = FromSchema<typeof portParams>;
