import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { type PackageModule, wishing } from './described.ts';
import type { Wish } from './desired.ts';
import { freshnessOf, LIST_PARAMS, namesOf, PACKAGE_PARAMS, stateOf, wordList } from './params.ts';

const params = {
  type: 'object',
  description: 'Packages of Alpine. What nothing needs any more always goes with what is removed.',
  properties: {
    ...PACKAGE_PARAMS,
    ...LIST_PARAMS,
    upgrade: {
      type: 'boolean',
      default: false,
      description: 'Brings all packages to their newest version.',
    },
    repository: wordList('Archives that are used besides those of the host, by their addresses.'),
    no_cache: {
      type: 'boolean',
      default: false,
      description: 'Nothing that is loaded is kept.',
    },
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of apk, defaults filled in. */
export type ApkParams = FromSchema<typeof params>;

function wishOf(given: ApkParams): Wish {
  const words = namesOf(given.repository).flatMap((one) => ['-X', one]);
  return {
    names: namesOf(given.name),
    state: stateOf(given.state),
    manager: 'apk',
    freshness: freshnessOf(given.update_cache, given.cache_valid_time),
    chores: given.upgrade ? ['upgrade'] : [],
    options: {
      ...{ purge: false, autoremove: false, recommends: null },
      ...(words.length === 0 ? {} : { words }),
      ...(given.no_cache ? { extra: ['--no-cache'] } : {}),
    },
  };
}

/** Packages of Alpine. */
export const apk: PackageModule<ApkParams> = wishing(
  {
    name: 'apk',
    params,
    example: `- name: Longhorn needs iSCSI
  apk:
    name: open-iscsi
    update_cache: true
`,
  },
  wishOf,
);
