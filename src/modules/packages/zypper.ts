import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { type PackageModule, wishing } from './described.ts';
import type { Wish } from './desired.ts';
import {
  allOrNamed,
  AUTOREMOVE,
  freshnessOf,
  LIST_PARAMS,
  namesOf,
  PACKAGE_PARAMS,
  stateOf,
  when,
} from './params.ts';

const flag = (description: string) => ({ type: 'boolean', default: false, description }) as const;

const params = {
  type: 'object',
  description:
    'Packages of openSUSE and SLES: by name, or as a file or address of an rpm. `*` with state: latest is all packages.',
  properties: {
    ...PACKAGE_PARAMS,
    state: {
      enum: [...PACKAGE_PARAMS.state.enum, 'dist-upgrade'],
      default: 'present',
      description: `${PACKAGE_PARAMS.state.description} dist-upgrade: all of the host, as the archives have it now.`,
    },
    ...LIST_PARAMS,
    ...AUTOREMOVE,
    clean_deps: flag('The same as autoremove.'),
    disable_gpg_check: flag('Packages and archives that nobody signed are taken too.'),
    disable_recommends: {
      type: 'boolean',
      description: 'Whether recommended packages stay away; left out: as the host is set.',
    },
    oldpackage: flag('A version that is asked for may be older than the one there is.'),
    force_resolution: flag('What is in the way is removed.'),
    allow_vendor_change: flag('Packages may come from another vendor than before.'),
    replacefiles: flag('Files of other packages may be replaced.'),
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of zypper, defaults filled in. */
export type ZypperParams = FromSchema<typeof params>;

const extraOf = (given: ZypperParams): readonly string[] => [
  ...when(given.disable_gpg_check, '--allow-unsigned-rpm'),
  ...when(given.oldpackage, '--oldpackage'),
  ...when(given.force_resolution, '--force-resolution'),
  ...when(given.allow_vendor_change, '--allow-vendor-change'),
  ...when(given.replacefiles, '--replacefiles'),
];

function wishOf(given: ZypperParams): Wish {
  const { names, chores } = allOrNamed(namesOf(given.name));
  const extra = extraOf(given);
  return {
    names,
    state: given.state === 'dist-upgrade' ? 'present' : stateOf(given.state),
    manager: 'zypper',
    freshness: freshnessOf(given.update_cache, given.cache_valid_time),
    chores: given.state === 'dist-upgrade' ? ['full_upgrade'] : chores,
    options: {
      ...{ purge: false, autoremove: given.autoremove || given.clean_deps },
      recommends: given.disable_recommends === undefined ? null : !given.disable_recommends,
      ...(given.disable_gpg_check ? { words: ['--no-gpg-checks'] } : {}),
      ...(extra.length === 0 ? {} : { extra }),
    },
  };
}

/** Packages of openSUSE and SLES. */
export const zypper: PackageModule<ZypperParams> = wishing(
  {
    name: 'zypper',
    params,
    example: `- name: Longhorn needs iSCSI
  zypper:
    name: open-iscsi
`,
  },
  wishOf,
  { files: true, all: true },
);
