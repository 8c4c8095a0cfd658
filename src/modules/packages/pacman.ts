import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { type PackageModule, wishing } from './described.ts';
import type { Wish } from './desired.ts';
import {
  AUTOREMOVE,
  freshnessOf,
  LIST_PARAMS,
  namesOf,
  PACKAGE_PARAMS,
  stateOf,
} from './params.ts';

const params = {
  type: 'object',
  description: 'Packages of Arch and its kin: by name, or as a file or address of a package.',
  properties: {
    ...PACKAGE_PARAMS,
    ...LIST_PARAMS,
    ...AUTOREMOVE,
    upgrade: {
      type: 'boolean',
      default: false,
      description: 'Brings all packages to their newest version.',
    },
    purge: {
      type: 'boolean',
      default: false,
      description: 'Configuration goes with what is removed.',
    },
    force: {
      type: 'boolean',
      default: false,
      description: 'What others need is removed all the same.',
    },
    extra_args: {
      type: 'string',
      pattern: '^[A-Za-z0-9=,./ _-]*$',
      'x-says': 'options of pacman',
      default: '',
      description: 'More options for pacman when it installs, such as `--overwrite=/usr/lib/x`.',
    },
  },
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of pacman, defaults filled in. */
export type PacmanParams = FromSchema<typeof params>;

function wishOf(given: PacmanParams): Wish {
  const extra = given.extra_args.split(' ').filter((word) => word !== '');
  return {
    names: namesOf(given.name),
    state: stateOf(given.state),
    manager: 'pacman',
    freshness: freshnessOf(given.update_cache, given.cache_valid_time),
    chores: given.upgrade ? ['upgrade'] : [],
    options: {
      ...{ purge: given.purge, autoremove: given.autoremove, recommends: null },
      ...(given.force ? { forced: true } : {}),
      ...(extra.length === 0 ? {} : { extra }),
    },
  };
}

/** Packages of Arch and its kin. */
export const pacman: PackageModule<PacmanParams> = wishing(
  {
    name: 'pacman',
    params,
    example: `- name: Longhorn needs iSCSI
  pacman:
    name: open-iscsi
    update_cache: true
    upgrade: true
`,
  },
  wishOf,
  { files: true },
);
