import type { FromSchema } from 'json-schema-to-ts';
import { type ParamsSchema, type Problem, Refusal, type StateModule } from '../../model/module.ts';
import { isMap } from '../../model/value.ts';
import { modeText } from './apt-repository.ts';
import {
  aptSources,
  type AptSourcesFacts,
  type AptSourcesScope,
  type AptSourcesState,
  SOURCES,
} from './apt-sources.ts';
import { DEB822_FIELDS } from './deb822-fields.ts';

const params = {
  type: 'object',
  description:
    'An archive of packages for apt, as a .sources file. The next task of apt that needs its lists with update_cache loads them.',
  properties: {
    name: {
      type: 'string',
      pattern: '[A-Za-z0-9]',
      'x-says': 'a name',
      description: 'Its name; the file is called after it.',
    },
    state: {
      enum: ['present', 'absent'],
      default: 'present',
      description: 'absent: no such file; its key stays.',
    },
    mode: {
      type: ['string', 'integer'],
      description: 'Permissions of a file that is new, octal; 0644 when left out.',
    },
    ...DEB822_FIELDS,
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of deb822_repository, defaults filled in. */
export type Deb822Params = FromSchema<typeof params>;

/** Lower case, with dashes: what a file may be called. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
    .replaceAll(/[^a-z0-9-]+/g, '');

const fileOf = ({ name }: Deb822Params): string => `${SOURCES}/${slug(name)}.sources`;
const keyBase = ({ name }: Deb822Params): string => `/etc/apt/keyrings/${slug(name)}`;
const isUrl = (text: string | undefined): text is string => /^(https?|ftp):/.test(text ?? '');

/** An archive of packages for apt. */
export const deb822Repository: StateModule<
  Deb822Params,
  AptSourcesScope,
  AptSourcesState,
  AptSourcesFacts
> = {
  kind: 'state',
  name: 'deb822_repository',
  params,
  example: `- name: Packages of Docker
  deb822_repository:
    name: docker
    uris: https://download.docker.com/linux/debian
    suites: bookworm
    components: stable
    signed_by: https://download.docker.com/linux/debian/gpg
`,
  resource: aptSources,
  scope: (given) => ({
    files: [fileOf(given)],
    updates: false,
    ...(given.mode === undefined ? {} : { mode: modeText(given.mode) }),
    ...(isUrl(given.signed_by) && given.state === 'present'
      ? { key: { base: keyBase(given), url: given.signed_by } }
      : {}),
  }),
  problems,
  desired({ state, facts }, given) {
    const path = fileOf(given);
    if (given.state === 'absent') return { ...state, files: { ...state.files, [path]: null } };
    const base = keyBase(given);
    const key = facts.keys[base];
    if (!isUrl(given.signed_by))
      return { ...state, files: { ...state.files, [path]: textOf(given, given.signed_by) } };
    if (!key || key.trouble !== '')
      return new Refusal(`${given.signed_by} cannot be loaded on the host: ${key?.trouble ?? ''}`, {
        pointer: '/signed_by',
        hint: 'The host needs curl and a way out; or bring the key with copy and give its path.',
      });
    return {
      ...state,
      files: { ...state.files, [path]: textOf(given, `${base}.${key.ending}`) },
      keys: { ...state.keys, [base]: 'as given' },
    };
  },
  result: (_before, { facts }, given) => ({
    data: {
      repo: given.name,
      dest: fileOf(given),
      key_filename: facts.keys[keyBase(given)]
        ? `${keyBase(given)}.${facts.keys[keyBase(given)]?.ending ?? ''}`
        : null,
    },
    notes: [],
    warnings: [],
  }),
};

/** `by_hash` is By-Hash. */
const fieldName = (key: string): string =>
  key === 'uris'
    ? 'URIs'
    : key
        .split('_')
        .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
        .join('-');

const fieldText = (value: unknown): string =>
  typeof value === 'boolean'
    ? value
      ? 'yes'
      : 'no'
    : Array.isArray(value)
      ? value.map(String).join(' ')
      : String(value);

/** A key as part of the file: its lines behind a blank, empty ones as a dot. */
const asBlock = (key: string): string =>
  key.trim().includes('\n')
    ? `\n${key
        .trim()
        .split('\n')
        .map((line) => ` ${line.trim() === '' ? '.' : line}`)
        .join('\n')}`
    : ` ${key}`;

function textOf(given: Deb822Params, signedBy: string | undefined): string {
  const fields = Object.keys(DEB822_FIELDS)
    .sort()
    .flatMap((key) => {
      if (key === 'signed_by')
        return signedBy === undefined ? [] : [`Signed-By:${asBlock(signedBy)}`];
      const value: unknown = given[key as keyof Deb822Params];
      return value === undefined ? [] : [`${fieldName(key)}: ${fieldText(value)}`];
    });
  return `${[`X-Repolib-Name: ${given.name}`, ...fields].join('\n')}\n`;
}

function problems(given: unknown): readonly Problem[] {
  if (!isMap(given) || (given['state'] ?? 'present') !== 'present') return [];
  return ['uris', 'suites']
    .filter((key) => !(key in given))
    .map((key) => ({ pointer: '', message: `${key} is missing` }));
}
