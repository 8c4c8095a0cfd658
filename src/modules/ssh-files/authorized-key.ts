import type { FromSchema } from 'json-schema-to-ts';
import {
  type ParamsSchema,
  type Problem,
  Refusal,
  type Result,
  type Seen,
  type StateModule,
} from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { type KeyLine, readKey, writeKey } from './key-lines.ts';
import {
  fileData,
  folderInTheWay,
  keysFile,
  type KeysFacts,
  type KeysScope,
  type KeysState,
} from './resource.ts';

const params = {
  type: 'object',
  description:
    'Public keys by which a user may log in. The file is read and written as that user: links in its home lead nowhere else.',
  properties: {
    user: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$',
      'x-says': 'the name of a user',
      description: 'Whose keys they are.',
    },
    key: { type: 'string', description: 'One key or more, a line each, as in a .pub file.' },
    state: {
      enum: ['present', 'absent'],
      default: 'present',
      description: 'Whether the keys are there.',
    },
    exclusive: {
      type: 'boolean',
      default: false,
      description: 'The keys given are all there are: others go.',
    },
    key_options: {
      type: 'string',
      pattern: '^[^\\n]*$',
      'x-says': 'one line',
      description: 'Options put before each key, such as from="10.0.0.0/8".',
    },
    comment: {
      type: 'string',
      pattern: '^[^\\n]*$',
      'x-says': 'one line',
      description: 'Comment put behind each key instead of its own.',
    },
    path: {
      type: 'string',
      pattern: '^/',
      'x-says': 'an absolute path',
      description: 'Another file than ~/.ssh/authorized_keys.',
    },
    manage_dir: {
      type: 'boolean',
      default: true,
      description: 'Make the folder, and see to its mode 700; not where path is given.',
    },
  },
  required: ['user', 'key'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of authorized_key, defaults filled in. */
export type AuthorizedKeyParams = FromSchema<typeof params>;

/** Public keys by which a user may log in. */
export const authorizedKey: StateModule<AuthorizedKeyParams, KeysScope, KeysState, KeysFacts> = {
  kind: 'state',
  name: 'authorized_key',
  params,
  example: `- name: The operator may log in
  authorized_key:
    user: ops
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHs3uTXVvQkLnPVbZ0Bp2yPjK8z4r4l3mB4wJ3T8dG6N ops@laptop
`,
  resource: keysFile,
  scope: ({ user, path }) => ({ user, path: path ?? '.ssh/authorized_keys' }),
  problems,
  desired,
  result: (_before, after, given) => {
    const { path: keyfile } = fileData(after);
    const { user, key, exclusive, manage_dir, path = null, comment = null } = given;
    return {
      data: {
        ...about(after, given),
        ...{ user, key, exclusive, manage_dir, path, comment, keyfile: keyfile ?? null },
        ...{ key_options: given.key_options ?? null, follow: false, validate_certs: true },
        keys: keysIn(after.state.text ?? '').length,
      },
      notes: [],
      warnings: [],
    };
  },
  told: about,
};

/** What it says of the file; as in Ansible the state is that of the key where no path is given. */
function about(
  after: Seen<KeysState, KeysFacts>,
  { path, state }: AuthorizedKeyParams,
): Result['data'] {
  const { path: _, ...data } = fileData(after);
  return path === undefined ? { ...data, state } : data;
}

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given) || typeof given['key'] !== 'string') return [];
  const { key } = given;
  if (/^https?:\/\//.test(key.trim())) {
    return [
      {
        pointer: '/key',
        message:
          'key is an address: a key that came from somewhere else at each run would not be foreseen',
        hint: "Keep the keys in a file: key: \"{{ lookup('file', 'ops.pub') }}\".",
      },
    ];
  }
  const bad = key.split('\n').find((line) => !/^\s*(#.*)?$/.test(line) && !readKey(line));
  if (bad !== undefined)
    return [
      {
        pointer: '/key',
        message: `"${bad.slice(0, 40)}" is no public key`,
        hint: 'A key begins with its type: ssh-ed25519 AAAA...',
      },
    ];
  if (keysIn(key).length === 0 && given['exclusive'] !== true)
    return [{ pointer: '/key', message: 'key holds no key' }];
  return [];
}

const keysIn = (text: string): readonly KeyLine[] =>
  text.split('\n').flatMap((line) => readKey(line) ?? []);

function desired(
  { state, facts }: Seen<KeysState, KeysFacts>,
  wanted: AuthorizedKeyParams,
): KeysState | Refusal {
  if (!facts.known) {
    if (wanted.state === 'absent') return state;
    return new Refusal(`the host has no user ${wanted.user}`, {
      code: 'NOT_ON_HOST',
      pointer: '/user',
      hint: 'Make it first, with the module user.',
    });
  }
  const refused = folderInTheWay(state, facts);
  if (refused) return refused;
  const keys = keysIn(wanted.key).map((one) => ({
    ...one,
    options: wanted.key_options ?? one.options,
    comment: wanted.comment ?? one.comment,
  }));
  if (wanted.state === 'absent') {
    const text = without(state.text, keys);
    return { ...state, text };
  }
  const text = withKeys(state.text ?? '', keys, wanted.exclusive);
  const manages = wanted.manage_dir && wanted.path === undefined;
  return {
    ...state,
    text,
    mode: manages ? '600' : (state.mode ?? '600'),
    folderMode: manages ? '700' : state.folderMode,
  };
}

function withKeys(text: string, keys: readonly KeyLine[], exclusive: boolean): string {
  const rows = text.split('\n');
  const seen = new Set<string>();
  const kept = rows.flatMap((row) => {
    const is = readKey(row);
    if (!is) return [row];
    const mine = keys.find(({ key }) => key === is.key);
    if (!mine) return exclusive ? [] : [row];
    // The same key twice is one too many.
    if (seen.has(is.key)) return [];
    seen.add(is.key);
    const same =
      mine.options === is.options && (mine.comment === '' || mine.comment === is.comment);
    return [
      same ? row : writeKey({ ...mine, comment: mine.comment === '' ? is.comment : mine.comment }),
    ];
  });
  const added = keys.filter(
    ({ key }, i) => !seen.has(key) && keys.findIndex((k) => k.key === key) === i,
  );
  const body = kept.join('\n');
  const start = body === '' || body.endsWith('\n') ? body : `${body}\n`;
  return added.length === 0 ? body : `${start}${added.map(writeKey).join('\n')}\n`;
}

function without(text: string | null, keys: readonly KeyLine[]): string | null {
  if (text === null) return null;
  const gone = new Set(keys.map(({ key }) => key));
  return text
    .split('\n')
    .filter((row) => !gone.has(readKey(row)?.key ?? ''))
    .join('\n');
}
