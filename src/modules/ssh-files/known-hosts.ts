import type { FromSchema } from 'json-schema-to-ts';
import {
  type ParamsSchema,
  type Problem,
  Refusal,
  type Seen,
  type StateModule,
} from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import {
  fileData,
  folderInTheWay,
  keysFile,
  pathOf,
  type KeysFacts,
  type KeysScope,
  type KeysState,
} from './resource.ts';

const params = {
  type: 'object',
  description:
    'The host key by which a user of the target knows another machine: a line of known_hosts.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[^\\s,#|]+$',
      'x-says': 'a host name or address',
      description: 'Name of the other machine; with another port than 22: [name]:2222.',
      'x-aliases': ['host'],
    },
    key: {
      type: 'string',
      pattern: '^[^\\n]*\\n?$',
      'x-says': 'one line',
      description:
        'Its line: NAME TYPE KEY, as ssh-keyscan prints it. Needed unless state: absent.',
    },
    user: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$',
      'x-says': 'the name of a user',
      default: 'root',
      description: 'Whose file it is.',
    },
    path: {
      type: 'string',
      pattern: '^/',
      'x-says': 'an absolute path',
      description: 'Another file than ~/.ssh/known_hosts, such as /etc/ssh/ssh_known_hosts.',
    },
    state: {
      enum: ['present', 'absent'],
      default: 'present',
      description: 'absent: no line for that name.',
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of known_hosts, defaults filled in. */
export type KnownHostsParams = FromSchema<typeof params>;

/** The host key of another machine. */
export const knownHosts: StateModule<KnownHostsParams, KeysScope, KeysState, KeysFacts> = {
  kind: 'state',
  name: 'known_hosts',
  params,
  example: `- name: Backups know the machine they go to
  known_hosts:
    name: backup.example.com
    key: backup.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHs3uTXVvQkLnPVbZ0Bp2yPjK8z4r4l3mB4wJ3T8dG6N
`,
  resource: keysFile,
  scope: ({ user, path }) => ({ user, path: path ?? '.ssh/known_hosts' }),
  problems,
  desired,
  result: (before, after, { name, key }) => {
    const path = pathOf(after.state, after.facts);
    return {
      data: {
        ...fileData(after),
        ...{ name, key: key ?? null, hash_host: false },
        diff: {
          before_header: before.text === null ? '/dev/null' : path,
          before: before.text ?? '',
          after_header: after.state.text === null ? '/dev/null' : path,
          after: after.state.text ?? '',
        },
      },
      notes: [],
      warnings: [],
    };
  },
  told: fileData,
};

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given) || given['state'] === 'absent') return [];
  const { key, name } = given;
  if (key === undefined) {
    return given['state'] === undefined || given['state'] === 'present'
      ? [
          {
            pointer: '',
            message: 'key is missing',
            hint: 'Give the line that ssh-keyscan prints, after checking its fingerprint.',
          },
        ]
      : [];
  }
  if (typeof key !== 'string' || typeof name !== 'string') return [];
  const line = readLine(key);
  if (!line)
    return [
      { pointer: '/key', message: 'key is no line of known_hosts', hint: 'Write NAME TYPE KEY.' },
    ];
  if (!line.names.includes(name))
    return [{ pointer: '/key', message: `key is for ${line.names.join(', ')}, not for ${name}` }];
  return [];
}

interface Line {
  readonly marker: string;
  readonly names: readonly string[];
  readonly type: string;
  readonly key: string;
  readonly comment: string;
}

function readLine(text: string): Line | undefined {
  const words = text.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? (words.shift() ?? '') : '';
  const [names = '', type = '', key = '', ...comment] = words;
  if (
    names === '' ||
    names.startsWith('#') ||
    !/^[a-z0-9@.-]+$/.test(type) ||
    !/^AAAA[A-Za-z0-9+/]+={0,3}$/.test(key)
  )
    return undefined;
  return { marker, names: names.split(','), type, key, comment: comment.join(' ') };
}

function desired(
  { state, facts }: Seen<KeysState, KeysFacts>,
  wanted: KnownHostsParams,
): KeysState | Refusal {
  if (!facts.known) return new Refusal(`the host has no user ${wanted.user}`, { pointer: '/user' });
  const refused = folderInTheWay(state, facts);
  if (refused) return refused;
  const mine = wanted.state === 'present' ? readLine(wanted.key ?? '') : undefined;
  const rows = (state.text ?? '').split('\n');
  const isMine = (row: string): boolean => {
    const is = readLine(row);
    return (
      is?.marker === '' &&
      is.names.includes(wanted.name) &&
      is.type === mine?.type &&
      is.key === mine.key
    );
  };
  const first = rows.findIndex(isMine);
  const kept = rows.flatMap((row, i) => {
    const is = readLine(row);
    if (!is || is.marker !== '' || !is.names.includes(wanted.name)) return [row];
    // Another type of key beside it is no contradiction; another key of the same type is.
    if ((mine && is.type !== mine.type) || i === first) return [row];
    const others = is.names.filter((name) => name !== wanted.name);
    return others.length === 0 ? [] : [row.replace(is.names.join(','), others.join(','))];
  });
  const body = kept.join('\n');
  if (!mine || first >= 0) return { ...state, text: state.text === null ? null : body };
  const start = body === '' || body.endsWith('\n') ? body : `${body}\n`;
  const line = `${wanted.name} ${mine.type} ${mine.key} ${mine.comment}`.trimEnd();
  const text = `${start}${line}\n`;
  return { ...state, text, mode: state.mode ?? '644', folderMode: state.folderMode ?? '700' };
}
