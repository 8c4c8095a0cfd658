import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';

const names = (description: string) =>
  ({ type: 'array', description, items: { type: 'string' } }) as const;
const alias = (of: string) => ({ type: 'string', description: `One entry of \`${of}\`.` }) as const;

/** A port as users write it: text, a bare number (refused with a sentence), `{port, proto}`, or a table row `{ports, why, ...}`. */
export const portItem = {
  anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'object', additionalProperties: true }],
} as const;

/** `persist`, the same in all modules that write firewalld. */
export const persistParam = {
  enum: ['both', 'permanent', 'runtime'],
  default: 'both',
  description:
    'Which configurations are brought to the wanted state: what runs now, what comes after a reload or reboot, or both. Nothing is reloaded for it.',
} as const;

/** `offline`, the same in all modules that write firewalld. */
export const offlineParam = {
  anyOf: [{ enum: ['auto', 'never'] }, { type: 'boolean' }],
  default: 'auto',
  description:
    'When firewalld is not running: `auto` writes the permanent configuration with firewall-offline-cmd and says so, `never` fails. true means auto, false means never.',
} as const;

/** The words of ansible.posix for where a setting is written. */
export const posixParams = {
  permanent: {
    type: 'boolean',
    description:
      'As in ansible.posix; `persist` says it better. true without `immediate`: permanent only.',
  },
  immediate: {
    type: 'boolean',
    description:
      'As in ansible.posix; `persist` says it better. true without `permanent`: runtime only.',
  },
} as const;

/** Arguments of `firewalld_zone`. */
export const zoneParams = {
  type: 'object',
  description:
    'How a firewalld zone should be, in what runs and in what comes after a reboot, written without a reload. What is not named stays as it is.',
  additionalProperties: false,
  properties: {
    zone: {
      type: 'string',
      description:
        "The zone: at most 17 of the characters A-Z a-z 0-9 _ -. Made when it does not exist. Left out: the host's default zone.",
    },
    state: {
      enum: ['present', 'absent', 'enabled', 'disabled'],
      default: 'present',
      description:
        '`present`: the zone exists and has what is named. `absent`: the zone is deleted (only zones that firewalld does not ship). `enabled` is present; `disabled` takes the named entries away and turns masquerade, forward, icmp_block_inversion and target back, as in ansible.posix.',
    },
    interfaces: names(
      'Network interfaces the zone holds, by kernel name or with a `+` at the end (`vlan+`). They are taken from the zone that has them.',
    ),
    sources: names(
      'Networks, MAC addresses or `ipset:NAME` whose traffic the zone holds, whatever interface it comes from. Host bits are masked off; a network that overlaps another zone is refused.',
    ),
    services: names('firewalld services that are open in the zone. They must exist on the host.'),
    ports: {
      type: 'array',
      items: portItem,
      description:
        'Ports listed in the zone: `443/tcp`, `2379-2380/tcp`, `{port: 443, proto: tcp}` or rows of a table `{ports: 443/tcp, why: ...}`. A port inside a listed range counts as listed.',
    },
    protocols: names(
      'IP protocols let in whole: `gre`, `esp`, `vrrp`. Ports do not belong here; `tcp` would open every TCP port.',
    ),
    rich_rules: names('Rules in the rich language, in any spelling firewall-cmd takes.'),
    remove: {
      type: 'object',
      additionalProperties: false,
      description:
        'Entries that the zone must not have. Only what is named goes; entries that the task also wants stay. Ranges are cut where they hold a port to be removed.',
      properties: {
        interfaces: names('Interfaces to take out.'),
        sources: names('Sources to take out.'),
        services: names('Services to take out.'),
        ports: { type: 'array', items: portItem, description: 'Ports to take out.' },
        protocols: names('Protocols to take out.'),
        rich_rules: names('Rich rules to take out.'),
      },
    },
    target: {
      enum: ['default', 'ACCEPT', 'DROP', '%%REJECT%%', 'REJECT'],
      description:
        'What happens to packets that no rule of the zone names. A different target needs a reload of firewalld.',
    },
    forward: {
      type: 'boolean',
      description:
        'Whether packets may pass between interfaces and sources of the zone (firewalld 0.9.0 and later). Pods need it where their network is a source of the zone.',
    },
    masquerade: {
      type: 'boolean',
      description: 'Whether what leaves through the zone is masqueraded.',
    },
    icmp_block_inversion: {
      type: 'boolean',
      description: 'Whether the ICMP types that are not listed are the blocked ones.',
    },
    default: {
      type: 'boolean',
      description:
        'true: the zone is the default zone, at once in both configurations. false: it must not be the default zone.',
    },
    exclusive: {
      anyOf: [
        { type: 'boolean' },
        {
          type: 'array',
          items: {
            enum: ['interfaces', 'sources', 'services', 'ports', 'protocols', 'rich_rules'],
          },
        },
      ],
      default: false,
      description:
        'true: each list given is complete, other entries of that kind are removed. A list names the kinds for which that holds.',
    },
    move: {
      type: 'boolean',
      default: true,
      description:
        'Take interfaces and sources from the zone that has them. false: fail and name that zone.',
    },
    persist: persistParam,
    reload: {
      enum: ['never', 'if_needed'],
      default: 'if_needed',
      description:
        '`if_needed`: reload firewalld for a changed target, a new or a deleted zone, and for nothing else. `never`: fail where that would be needed.',
    },
    offline: offlineParam,
    check_interfaces: {
      type: 'boolean',
      default: true,
      description:
        'Refuse interfaces that the host does not have: firewalld would take a misspelt name.',
    },
    allow_lockout: {
      type: 'boolean',
      default: false,
      description:
        'Let a change pass after which firewalld would refuse a new SSH connection like the one orch came by (same client address, interface and port), now or after a reload or reboot. false: such a task fails, in check too, and nothing of it is written. true: it is done with a warning.',
    },
    interface: alias('interfaces'),
    source: alias('sources'),
    service: alias('services'),
    port: { ...portItem, description: 'One entry of `ports`.' },
    protocol: alias('protocols'),
    rich_rule: alias('rich_rules'),
    ...posixParams,
  },
} as const satisfies ParamsSchema;

/** Arguments of `firewalld_zone`, checked and with defaults. */
export type ZoneParams = FromSchema<typeof zoneParams>;

/** The same with the zone they are about. */
export type NamedZone = ZoneParams & { readonly zone: string };

/** Arguments without a zone are about the default zone of the host. */
export const inZone = (params: ZoneParams, defaultZone: string): NamedZone =>
  isNamed(params) ? params : { ...params, zone: defaultZone };

const isNamed = (params: ZoneParams): params is NamedZone => params.zone !== undefined;
