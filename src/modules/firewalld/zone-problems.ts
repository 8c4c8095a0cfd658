import type { Problem } from '../../model/module.ts';
import { Unknown } from '../../model/value.ts';
import { readPortItems } from './port-items.ts';
import { isFault, parsePort } from './ports.ts';
import { richFault } from './rich-fault.ts';
import { canonicalSource } from './sources.ts';
import { aliasPersist } from './zone-edit.ts';
import { LIST_KEYS, type ListKey, SINGULAR } from './zone-intent.ts';
import type { ZoneParams } from './zone-params.ts';

/** Arguments before or after templating: any scalar may still be unknown. */
type Loose = Partial<Record<keyof ZoneParams, unknown>>;

/** What the schema cannot say about the arguments of firewalld_zone. */
export function zoneProblems(params: unknown): readonly Problem[] {
  const given = params as Loose;
  const removed = (given.remove ?? {}) as Partial<Record<ListKey, unknown>>;
  return [
    ...zoneNameProblems(given.zone, '/zone'),
    ...LIST_KEYS.flatMap((key) => [
      ...entryProblems(key, given[key], `/${key}`),
      ...entryProblems(key, given[SINGULAR[key]], `/${SINGULAR[key]}`),
      ...entryProblems(key, removed[key], `/remove/${key}`),
    ]),
    ...contradictions(given),
  ];
}

/** Whether firewalld takes the name of a zone. */
export function zoneNameProblems(name: unknown, pointer: string): readonly Problem[] {
  if (typeof name !== 'string') return [];
  if (name.length > 17) {
    return [
      {
        pointer,
        message: `zone name "${name}" has ${name.length} characters, firewalld allows 17`,
        hint: 'choose a shorter name',
      },
    ];
  }
  return /^[A-Za-z0-9_-]+$/.test(name)
    ? []
    : [
        {
          pointer,
          message: `"${name}" is no zone name`,
          hint: 'use letters, digits, _ and - only: a dot or slash makes a file that erases all zones at the next reload',
        },
      ];
}

/** What is wrong with the entries of one list. */
function entryProblems(key: ListKey, value: unknown, pointer: string): readonly Problem[] {
  if (value === undefined || value instanceof Unknown) return [];
  if (key === 'ports') return readPortItems(value, pointer).problems;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((entry, i) => {
    if (typeof entry !== 'string') return [];
    const fault = CHECKS[key](entry);
    return fault ? [{ pointer: Array.isArray(value) ? `${pointer}/${i}` : pointer, ...fault }] : [];
  });
}

interface Fault {
  readonly message: string;
  readonly hint: string;
}

const faultOf = (read: string | Fault): Fault | undefined =>
  typeof read === 'string' ? undefined : read;

/** A sentence and a cure for an entry that cannot be right. */
const CHECKS: Readonly<Record<Exclude<ListKey, 'ports'>, (entry: string) => Fault | undefined>> = {
  interfaces: interfaceFault,
  sources: (entry) => faultOf(canonicalSource(entry)),
  services: (entry) =>
    /^[A-Za-z0-9_.-]+$/.test(entry)
      ? undefined
      : {
          message: `"${entry}" is no service name`,
          hint: entry.includes('/') ? 'ports go under ports:' : 'see firewall-cmd --get-services',
        },
  protocols: protocolFault,
  rich_rules: richFault,
};

/** Why firewalld or the kernel would not take the name of an interface. */
export function interfaceFault(name: string): Fault | undefined {
  if (name.length > 15) {
    return {
      message: `interface name "${name}" has ${name.length} characters, Linux allows 15`,
      hint: 'see `ip link` for the names of the host',
    };
  }
  if (name.includes('*')) {
    return {
      message: `"${name}" is no interface name`,
      hint: `firewalld's wildcard is a + at the end: write ${name.replaceAll('*', '')}+`,
    };
  }
  return /^[^\s/!"'\\+]+\+?$/.test(name) && name !== '.' && name !== '..'
    ? undefined
    : {
        message: `"${name}" is no interface name`,
        hint: 'see `ip link` for the names of the host',
      };
}

function protocolFault(entry: string): Fault | undefined {
  const port = parsePort(entry);
  if (!isFault(port)) {
    const kind = port.low === port.high ? 'port' : 'port range';
    return {
      message: `"${entry}" is a ${kind}, not a protocol: put it under ports:`,
      hint: 'protocols are names such as gre or esp',
    };
  }
  if (entry.includes('/') || /^\d+-\d+$/.test(entry)) {
    return {
      message: `"${entry}" is no protocol`,
      hint: 'ports go under ports:, as 2379-2380/tcp; protocols are names such as gre or esp',
    };
  }
  return /^[A-Za-z0-9.-]+$/.test(entry)
    ? undefined
    : { message: `"${entry}" is no protocol`, hint: 'see /etc/protocols for the names' };
}

/** What `state: disabled` turns back, besides the entries that are named. */
const SWITCHES = ['masquerade', 'forward', 'icmp_block_inversion', 'target'] as const;

/** Arguments that cannot go together. */
function contradictions(given: Loose): readonly Problem[] {
  const lists = LIST_KEYS.filter(
    (key) => given[key] !== undefined || given[SINGULAR[key]] !== undefined,
  );
  const { state, persist, permanent, immediate } = given;
  const deletes = state === 'absent';
  const alias = aliasPersist(permanent, immediate);
  const both = persist === undefined || persist === 'both' || typeof persist !== 'string';
  const table: readonly (readonly [boolean, string, string, string])[] = [
    [
      deletes && (lists.length > 0 || given.remove !== undefined),
      '/state',
      'state: absent deletes the whole zone, yet entries are named',
      'to take entries away, name them under remove: and leave state out',
    ],
    [
      deletes && given.default === true,
      '/default',
      'a deleted zone cannot be the default zone',
      'leave default: out',
    ],
    [
      deletes && persist === 'runtime',
      '/persist',
      'a zone cannot be deleted in the runtime configuration alone',
      'leave persist: out',
    ],
    [
      given.zone === undefined && (deletes || given.default !== undefined),
      deletes ? '/state' : '/default',
      `${deletes ? 'state: absent' : 'default'} without a zone`,
      'name it: zone: NAME',
    ],
    [
      state === 'disabled' &&
        lists.length === 0 &&
        SWITCHES.every((key) => given[key] === undefined),
      '/state',
      'state: disabled names no entries',
      'to delete the zone, write state: absent',
    ],
    [
      given.target !== undefined && persist === 'runtime',
      '/target',
      'target cannot be set in the runtime configuration alone',
      'leave persist: out',
    ],
    [
      !both && alias !== undefined && persist !== alias,
      '/persist',
      `persist: ${both ? '' : persist} contradicts permanent: and immediate:`,
      'leave permanent: and immediate: out',
    ],
    [
      permanent === false && immediate === false,
      '/permanent',
      'neither permanent nor immediate: nothing would be done',
      'leave both out',
    ],
  ];
  return [
    ...table.flatMap(([wrong, pointer, message, hint]) =>
      wrong ? [{ pointer, message, hint }] : [],
    ),
    ...exclusiveProblems(given.exclusive, lists),
  ];
}

function exclusiveProblems(exclusive: unknown, lists: readonly ListKey[]): readonly Problem[] {
  if (!Array.isArray(exclusive)) return [];
  const given: readonly string[] = lists;
  return exclusive.flatMap((key: unknown, i) =>
    typeof key === 'string' && !given.includes(key)
      ? [
          {
            pointer: `/exclusive/${i}`,
            message: `exclusive names ${key}, but no ${key} are given`,
            hint: `give ${key}: []`,
          },
        ]
      : [],
  );
}
