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
  description: 'Packages of Fedora, RHEL and their kin.',
  properties: {
    ...PACKAGE_PARAMS,
    ...LIST_PARAMS,
    ...AUTOREMOVE,
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Arguments of dnf, defaults filled in. */
export type DnfParams = FromSchema<typeof params>;

const wishOf = (given: DnfParams): Wish => ({
  names: namesOf(given.name),
  state: stateOf(given.state),
  manager: 'dnf',
  freshness: freshnessOf(given.update_cache, given.cache_valid_time),
  options: { purge: false, autoremove: given.autoremove, recommends: null },
});

/** Packages of Fedora, RHEL and their kin. */
export const dnf: PackageModule<DnfParams> = wishing(
  {
    name: 'dnf',
    params,
    example: `- name: K3s needs more modules of the kernel
  dnf:
    name: kernel-modules-extra
`,
  },
  wishOf,
);
