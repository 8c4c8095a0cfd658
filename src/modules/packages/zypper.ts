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
  description: 'Packages of openSUSE and SLES.',
  properties: {
    ...PACKAGE_PARAMS,
    ...LIST_PARAMS,
    ...AUTOREMOVE,
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Arguments of zypper, defaults filled in. */
export type ZypperParams = FromSchema<typeof params>;

const wishOf = (given: ZypperParams): Wish => ({
  names: namesOf(given.name),
  state: stateOf(given.state),
  manager: 'zypper',
  freshness: freshnessOf(given.update_cache, given.cache_valid_time),
  options: { purge: false, autoremove: given.autoremove, recommends: null },
});

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
);
