import type { FromSchema } from 'json-schema-to-ts';
import { OrchError } from '../../lib/errors.ts';
import { lines, raw, sh, type Shell } from '../../lib/shell.ts';
import { type ParamsSchema, Refusal, type Resource, type StateModule } from '../../model/module.ts';
import { sections } from '../system/text-file.ts';

const params = {
  type: 'object',
  description: 'A key by which rpm knows packages as genuine.',
  properties: {
    key: {
      type: 'string',
      pattern: "^(/[^\\n']+|(https?|ftp)://[^\\s']+|(0x)?[0-9A-Fa-f]{8,40})$",
      'x-says': 'a path on the host, an address or the id of a key',
      description:
        'The key: a file on the host, an address, which is loaded to look at it, or with state: absent its id.',
    },
    state: { enum: ['present', 'absent'], default: 'present', description: 'Whether rpm has it.' },
    validate_certs: {
      type: 'boolean',
      default: true,
      description: 'false: the address may show any certificate.',
    },
    fingerprint: {
      type: 'string',
      pattern: '^[0-9A-Fa-f ]{40,60}$',
      'x-says': 'a fingerprint',
      description: 'What the key must be; any other is refused. Needs gpg on the host.',
    },
  },
  required: ['key'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of rpm_key, defaults filled in. */
export type RpmKeyParams = FromSchema<typeof params>;

/** Whether rpm has what a task names, all of it. */
export interface RpmKeysState {
  readonly keys: Readonly<Record<string, boolean>>;
}

/** What informs about keys but is not managed. */
export interface RpmKeysFacts {
  /** Ids that what a task names comes to. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly fingerprints: Readonly<Record<string, readonly string[]>>;
  readonly trouble: Readonly<Record<string, string>>;
  readonly asked: readonly RpmKeyScope[];
}

/** What a task is about. */
export interface RpmKeyScope {
  readonly key: string;
  readonly insecure: boolean;
  readonly fingerprints: boolean;
}

const isId = (key: string): boolean => /^(0x)?[0-9A-Fa-f]+$/.test(key);

/** Brings the key to `$f`, which is taken away by `done_`. */
const brought = ({ key, insecure }: RpmKeyScope): Shell =>
  key.startsWith('/')
    ? sh`t=; f=${key}; [ -r "$f" ] || { echo ' failed there is no such file'; f=; }`
    : sh`t=$(mktemp) && f=$t; e=$(curl -fsSL --retry 2 ${insecure ? ['-k'] : []} -o "$t" -- ${key} 2>&1) || { echo " failed $e"; f=; }`;

/** A database of its own tells which ids a file has: rpm itself reads it, and nothing else is needed. */
const asked = (scope: RpmKeyScope): Shell =>
  isId(scope.key)
    ? sh`echo ${` id ${scope.key.replace(/^0x/, '').toLowerCase().slice(-8)}`}`
    : lines([
        brought(scope),
        raw(`if [ -n "$f" ]; then d=$(mktemp -d) && rpm --dbpath "$d" --import "$f" 2>/dev/null
  rpm --dbpath "$d" -q gpg-pubkey --qf ' id %{VERSION}\\n' 2>/dev/null | while IFS= read -r l; do case $l in ' id '*) echo "$l" ;; esac; done; rm -rf "$d"`),
        raw(
          scope.fingerprints
            ? `  gpg --batch --with-colons --show-keys "$f" 2>/dev/null | while IFS=: read -r a b c d e f g h i j k; do [ "$a" != fpr ] || echo " fpr \${j%%:*}"; done`
            : '  :',
        ),
        raw('fi; [ -z "$t" ] || rm -f "$t"'),
      ]);

const rpmKeys: Resource<RpmKeyScope, RpmKeysState, RpmKeysFacts> = {
  name: 'rpm_keys',
  key: () => 'rpm_keys',
  observe: (scopes) => ({
    script: lines([
      raw(`command -v rpm >/dev/null 2>&1 || exit 127
echo '=have'; rpm -q gpg-pubkey --qf ' %{VERSION}\\n' 2>/dev/null`),
      ...scopes.map((scope, i) => sh`echo ${`=${i}`}\n${asked(scope)}`),
      raw("echo '=end'"),
    ]),
    parse({ stdout, stderr, exit }) {
      if (exit === 127)
        throw new OrchError('TOOL_MISSING', 'the host has no rpm', {
          hint: 'Keys of apt are for deb822_repository, or get_url to /etc/apt/keyrings.',
        });
      const found = sections(stdout.toString('utf8'));
      if (exit !== 0 || !found.has('end')) {
        throw new OrchError('REPLY_UNREADABLE', 'the host did not tell the keys of rpm', {
          stderr: stderr.toString('utf8').slice(0, 2000),
        });
      }
      const have = new Set((found.get('have') ?? []).map((row) => row.trim().toLowerCase()));
      const told = scopes.map((scope, i) => {
        const rows = (found.get(String(i)) ?? []).map((row) => row.trim());
        const of = (word: string): readonly string[] =>
          rows.filter((row) => row.startsWith(`${word} `)).map((row) => row.slice(word.length + 1));
        return {
          key: scope.key,
          ids: of('id').map((id) => id.toLowerCase()),
          fpr: of('fpr'),
          failed: of('failed')[0] ?? '',
        };
      });
      return {
        state: {
          keys: Object.fromEntries(
            told.map(({ key, ids }) => [key, ids.length > 0 && ids.every((id) => have.has(id))]),
          ),
        },
        facts: {
          ids: Object.fromEntries(told.map(({ key, ids }) => [key, ids])),
          fingerprints: Object.fromEntries(told.map(({ key, fpr }) => [key, fpr])),
          trouble: Object.fromEntries(told.map(({ key, failed }) => [key, failed])),
          asked: scopes,
        },
      };
    },
  }),
  plan: ({ state, facts }, desired) => ({
    steps: facts.asked
      .filter(({ key }, i) => facts.asked.findIndex((other) => other.key === key) === i)
      .flatMap((scope) => {
        const { key } = scope;
        if (state.keys[key] === desired.keys[key]) return [];
        const packages = (facts.ids[key] ?? []).map((id) => `gpg-pubkey-${id}`);
        const remove = sh`rpm -e --allmatches ${packages}`;
        const add = sh`{ ${brought(scope)}\n} >&2; [ -n "$f" ] && rpm --import "$f"; r=$?; [ -z "$t" ] || rm -f "$t"; exit $r`;
        return [
          desired.keys[key] === true
            ? {
                name: `key ${key}`,
                do: add,
                inverse: remove,
                stage: 'persistent' as const,
                disruption: 'none' as const,
              }
            : {
                name: `no key ${key}`,
                do: remove,
                stage: 'persistent' as const,
                disruption: 'none' as const,
              },
        ];
      }),
  }),
  footprints: ({ key }) => ({
    reads: ['package:/', ...(key.startsWith('/') ? [`file:${key}`] : [])],
    writes: ['package:/'],
  }),
};

/** A key of rpm. */
export const rpmKey: StateModule<RpmKeyParams, RpmKeyScope, RpmKeysState, RpmKeysFacts> = {
  kind: 'state',
  name: 'rpm_key',
  params,
  example: `- name: Packages of EPEL are known as genuine
  rpm_key:
    key: https://dl.fedoraproject.org/pub/epel/RPM-GPG-KEY-EPEL-9
`,
  resource: rpmKeys,
  scope: ({ key, validate_certs: secure, fingerprint }) => ({
    key,
    insecure: !secure,
    fingerprints: fingerprint !== undefined,
  }),
  desired({ state, facts }, { key, state: wanted, fingerprint }) {
    const trouble = facts.trouble[key] ?? '';
    if (trouble !== '' || (facts.ids[key] ?? []).length === 0)
      return new Refusal(`${key} gives no key${trouble === '' ? '' : `: ${trouble}`}`, {
        code: 'NOT_ON_HOST',
        pointer: '/key',
        hint: 'The host needs curl and a way out; or bring the key with copy and give its path.',
      });
    const asked = fingerprint?.replaceAll(' ', '').toUpperCase();
    if (asked !== undefined && !(facts.fingerprints[key] ?? []).includes(asked))
      return new Refusal(
        `The specified fingerprint, '${asked}', does not match the key fingerprints in ${key}`,
        { pointer: '/fingerprint' },
      );
    return { keys: { ...state.keys, [key]: wanted === 'present' } };
  },
};
