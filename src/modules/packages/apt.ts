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
  description: 'Packages of Debian and Ubuntu.',
  properties: {
    ...PACKAGE_PARAMS,
    ...LIST_PARAMS,
    purge: {
      type: 'boolean',
      default: false,
      description: 'Configuration goes with what is removed.',
    },
    ...AUTOREMOVE,
    install_recommends: {
      type: 'boolean',
      description: 'Whether recommended packages come too; left out: as the host is set.',
    },
  },
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Arguments of apt, defaults filled in. */
export type AptParams = FromSchema<typeof params>;

const wishOf = (given: AptParams): Wish => ({
  names: namesOf(given.name),
  state: stateOf(given.state),
  manager: 'apt',
  freshness: freshnessOf(given.update_cache, given.cache_valid_time),
  options: {
    purge: given.purge,
    autoremove: given.autoremove,
    recommends: given.install_recommends ?? null,
  },
});

/** Packages of Debian and Ubuntu. */
export const apt: PackageModule<AptParams> = wishing(
  {
    name: 'apt',
    params,
    example: `- name: A newer list, and the newest wireguard
  apt:
    name: wireguard-tools
    state: latest
    update_cache: true
    cache_valid_time: 3600
`,
  },
  wishOf,
);
