import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh } from '../../lib/shell.ts';
import type { InspectModule, ParamsSchema, Resource } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';

const DATABASES = [
  ...['ahosts', 'aliases', 'ethers', 'group', 'gshadow', 'hosts', 'initgroups', 'netgroup'],
  ...['networks', 'passwd', 'protocols', 'rpc', 'services', 'shadow'],
] as const;

const params = {
  type: 'object',
  description:
    'Asks a database of the host (users, groups, hosts, services) by getent, and gives the fact and variable `getent_DATABASE`: the fields behind each name.',
  properties: {
    database: { enum: DATABASES, description: 'Which one: passwd, group, hosts, services.' },
    key: { type: 'string', description: 'One entry alone; left out: all there are.' },
    service: {
      type: 'string',
      pattern: '^[A-Za-z0-9_.-]+$',
      'x-says': 'the name of a source',
      description: 'Only this source of nsswitch.conf, such as files.',
    },
    split: {
      type: 'string',
      minLength: 1,
      description: 'What stands between fields; left out: a colon or blanks, as the database has.',
    },
    fail_key: {
      type: 'boolean',
      default: true,
      description: 'An entry that is not there fails the task; with false it is null.',
    },
  },
  required: ['database'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of getent, defaults filled in. */
export type GetentParams = FromSchema<typeof params>;

type Asked = Pick<GetentParams, 'database' | 'key' | 'service'>;

/** What getent said, and how it ended. */
interface Told {
  readonly exit: number;
  readonly text: string;
}

const database: Resource<Asked, null, Told> = {
  name: 'getent',
  key: ({ database: name, key = '', service = '' }) => `getent:${name}:${service}:${key}`,
  observe: ([{ database: name, key = '', service } = { database: 'passwd' as const }]) => ({
    script: lines([
      raw('command -v getent >/dev/null 2>&1 || exit 127'),
      sh`getent ${service === undefined ? [] : ['-s', service]} -- ${name} ${key === '' ? [] : [key]}; echo "=$?"`,
    ]),
    parse({ stdout, stderr, exit }) {
      if (exit === 127)
        throw new OrchError('TOOL_MISSING', 'the host has no getent', {
          hint: 'It comes with the C library: package libc-bin, glibc-common or musl-utils.',
        });
      const [, text = '', code] = /^([\s\S]*?)=(\d+)\n$/.exec(stdout.toString('utf8')) ?? [];
      if (exit !== 0 || code === undefined) {
        throw new OrchError('REPLY_UNREADABLE', 'getent did not tell what it found', {
          stderr: stderr.toString('utf8').slice(0, 2000),
        });
      }
      return { state: null, facts: { exit: Number(code), text } };
    },
  }),
  plan: () => ({ steps: [] }),
  footprints: () => ({ reads: ['account:/', 'file:/etc'], writes: [] }),
};

const COLONS: ReadonlySet<string> = new Set(['passwd', 'shadow', 'group', 'gshadow']);

/** Names and the fields behind them; where a name comes several times, a list of them. */
function entriesOf(text: string, { database: name, split }: GetentParams): Value {
  const between = split ?? (COLONS.has(name) ? ':' : undefined);
  const found = new Map<string, string[][]>();
  for (const line of text.split('\n').slice(0, -1)) {
    const [first = '', ...fields] =
      between === undefined ? line.trim().split(/\s+/) : line.split(between);
    found.set(first, [...(found.get(first) ?? []), fields]);
  }
  return Object.fromEntries(
    [...found].map(([first, all]): [string, Value] => [
      first,
      all.length === 1 ? (all[0] ?? []) : all,
    ]),
  );
}

const WRONG: ReadonlyMap<number, string> = new Map([
  [1, 'Missing arguments, or database unknown.'],
  [2, 'One or more supplied key could not be found in the database.'],
  [3, 'Enumeration not supported on this database.'],
]);

/** What a database of the host says. */
export const getent: InspectModule<GetentParams, Asked, null, Told> = {
  kind: 'inspect',
  name: 'getent',
  params,
  example: `- name: Where is the home of the operators?
  getent:
    database: passwd
    key: root
- debug:
    msg: "{{ getent_passwd.root[4] }}"
`,
  resource: database,
  scope: ({ database: name, key, service }) => ({
    database: name,
    ...(key === undefined ? {} : { key }),
    ...(service === undefined ? {} : { service }),
  }),
  gives: ['ansible_facts', ...DATABASES.map((name) => `getent_${name}`)],
  inspect({ facts: { exit, text } }, given) {
    const { database: name, key = '' } = given;
    const quiet = { findings: [], notes: [], warnings: [], data: {} };
    const fact = `getent_${name}`;
    if (exit === 0) return { ...quiet, named: { [fact]: entriesOf(text, given) } };
    const message = WRONG.get(exit) ?? 'Unexpected failure!';
    if (exit === 2 && !given.fail_key)
      return { ...quiet, data: { msg: message }, named: { [fact]: { [key]: null } } };
    return {
      ...quiet,
      findings: [{ message, cure: 'fail_key: false takes an entry that is missing for null.' }],
    };
  },
};
