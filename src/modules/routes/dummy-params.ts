import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema, Problem } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { inSubnet, notGlobalUnicast, parseIpv4, parseIpv4Cidr } from './ipv4.ts';

/** What a user writes of dummy_route. */
export const params = {
  type: 'object',
  description:
    'A default route through a link that leads nowhere, for K3s on hosts without a default route: K3s needs one to ' +
    'start and to route service addresses. Whoever owns networking on the host brings it back after a reboot. ' +
    'Always give K3s node-ip and flannel-iface too (module k3s_flags): otherwise every node takes the dummy address for its own.',
  properties: {
    state: {
      enum: ['if_needed', 'present', 'absent'],
      default: 'if_needed',
      description:
        'if_needed: there while the host has no usable IPv4 default route, gone as soon as it has one.',
    },
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$',
      default: 'dummy0',
      description: 'Name of the link, at most 15 characters.',
    },
    address: {
      type: 'string',
      default: '203.0.113.254/31',
      description: 'IPv4 address of the link, with prefix length; must be global unicast.',
    },
    gateway: {
      type: 'string',
      default: '203.0.113.255',
      description: 'IPv4 gateway of the route; in the subnet of the address.',
    },
    metric: {
      type: 'integer',
      minimum: 1,
      maximum: 4294967295,
      default: 1000,
      description:
        'Must be higher than that of every real default route, so that the real one wins.',
    },
    link: {
      enum: ['dummy', 'bridge'],
      default: 'dummy',
      description:
        'Kind of the link. A bridge without ports serves as well where the kernel has no dummy links.',
    },
    persist: {
      enum: ['auto', 'networkmanager', 'networkd', 'ifupdown', 'systemd', 'none'],
      default: 'auto',
      description:
        'Who brings it back after a reboot. auto: NetworkManager or systemd-networkd where they run, else ifupdown where ' +
        '/etc/network/interfaces reads interfaces.d, else a systemd unit. none: a reboot forgets it.',
    },
    require_k3s_flags: {
      type: 'boolean',
      default: true,
      description:
        'Refuse to make the route where K3s is installed and its configuration lacks node-ip or flannel-iface.',
    },
    allow_lockout: {
      type: 'boolean',
      default: false,
      description:
        'Let a change pass after which replies to the SSH connection in use, or to management_sources, would leave by the link, or the address it came to would be gone. false: such a task fails, in check too, and nothing of it is written. true: it is done with a warning.',
    },
    force: {
      type: 'boolean',
      default: false,
      description: 'Remove the route even if K3s runs and has no other default route.',
    },
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Arguments of dummy_route, defaults filled in. */
export type DummyRouteParams = FromSchema<typeof params>;
/** What the schema cannot say: the gateway fits the address, and K3s would take the address for its own. */
export function problems(given: unknown): readonly Problem[] {
  const { address: a, gateway: g } = {
    ...DEFAULTS,
    ...(isMap(given) ? (given as object) : {}),
  };
  const found: Problem[] = [];
  const address = typeof a === 'string' ? parseIpv4Cidr(a) : undefined;
  if (typeof a === 'string') {
    const why = address ? notGlobalUnicast(address.address) : undefined;
    if (!address) {
      found.push({
        pointer: '/address',
        message: `address "${a}" is no IPv4 address with prefix length`,
        hint: 'Write it like 203.0.113.254/31.',
      });
    } else if (why !== undefined) {
      found.push({
        pointer: '/address',
        message: `address ${a} is ${why}: K3s takes only global unicast addresses for its own (k3s issue 7865)`,
        hint: 'Use one that is never routed, such as 203.0.113.254/31 (TEST-NET-3).',
      });
    }
  }
  if (typeof g !== 'string') return found;
  const gateway = parseIpv4(g);
  if (gateway === undefined) {
    return [...found, { pointer: '/gateway', message: `gateway "${g}" is no IPv4 address` }];
  }
  if (!address || typeof a !== 'string') return found;
  if (gateway === address.address) {
    found.push({ pointer: '/gateway', message: `gateway ${g} is the address of the link itself` });
  } else if (!inSubnet(gateway, address)) {
    found.push({
      pointer: '/gateway',
      message: `gateway ${g} is not in the subnet of address ${a}: the kernel would not take the route`,
      hint: 'A /31 has two addresses: with 203.0.113.254/31 the gateway is 203.0.113.255.',
    });
  }
  return found;
}

const DEFAULTS: Readonly<Record<'address' | 'gateway', unknown>> = {
  address: params.properties.address.default,
  gateway: params.properties.gateway.default,
};
