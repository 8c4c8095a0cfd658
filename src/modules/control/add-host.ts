import { OrchError } from '../../lib/errors.ts';
import type { ControlModule, ControlResult, ParamsSchema } from '../../model/module.ts';
import { type Value, firstUnknown } from '../../model/value.ts';
import { textArg, wordsArg } from './args.ts';

const NAMES = ['name', 'hostname', 'host'] as const;
const GROUPS = ['groups', 'groupname', 'group'] as const;

const words = (description: string) =>
  ({
    description,
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
  }) as const;

const params = {
  type: 'object',
  description:
    'Adds a host to the inventory of this run, once for all hosts; later plays may name it. Every other key is a variable of the new host.',
  properties: {
    name: { type: 'string', description: 'Name of the host; NAME:PORT sets ansible_port.' },
    hostname: { type: 'string', description: 'The same as name.' },
    host: { type: 'string', description: 'The same as name.' },
    groups: words('Groups it is in; they are made where there are none.'),
    groupname: words('The same as groups.'),
    group: words('The same as groups.'),
  },
  additionalProperties: false,
  'x-any-keys': true,
} as const satisfies ParamsSchema;

/** Adds a host. */
export const addHost: ControlModule = {
  kind: 'control',
  name: 'add_host',
  params,
  once: true,
  example: `- add_host:
    name: "{{ new_address }}"
    groups: [agents, fresh]
    internal_interface: eth1
`,
  run(args, scope): ControlResult {
    const named = NAMES.map((key) => textArg(args, key, scope)).find((text) => text !== undefined);
    if (named === undefined || named === '') {
      throw new OrchError('ARGUMENT_MISSING', 'add_host names no host', {
        source: args.source,
        hint: 'Give it a name.',
      });
    }
    const [, name = named, port] = /^([^:[\]]+):(\d+)$/.exec(named) ?? [];
    const known = new Set<string>([...NAMES, ...GROUPS]);
    const vars: Record<string, Value> = port === undefined ? {} : { ansible_port: Number(port) };
    for (const { key, value } of args.entries)
      if (!known.has(key)) vars[key] = scope.resolve(value);
    const unknown = firstUnknown(vars);
    if (unknown) return { data: {}, unknown: unknown.why };
    const groups = GROUPS.flatMap((key) => wordsArg(args, key, scope));
    return { data: {}, effect: { kind: 'add_host', name, groups, vars } };
  },
};
