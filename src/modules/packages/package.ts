import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { type PackageModule, wishing } from './described.ts';
import type { Wish } from './desired.ts';
import { PLAIN } from './state.ts';
import { freshnessOf, LIST_PARAMS, namesOf, PACKAGE_PARAMS, stateOf } from './params.ts';

const params = {
  type: 'object',
  description: 'Packages, by whichever manager the host has: apt, dnf, zypper, pacman or apk.',
  properties: {
    ...PACKAGE_PARAMS,
    ...LIST_PARAMS,
    allow_downgrade: {
      type: 'boolean',
      default: false,
      description: 'A version that is asked for may be older than the one there is.',
    },
    use: {
      enum: ['auto', 'apt', 'dnf', 'yum', 'zypper', 'pacman', 'apk'],
      default: 'auto',
      description: 'Which manager; auto: the one the host has.',
    },
  },
  required: ['name'],
  additionalProperties: false,
  'x-lenient': true,
} as const satisfies ParamsSchema;

/** Arguments of package, defaults filled in. */
export type PackageParams = FromSchema<typeof params>;

const wishOf = (given: PackageParams): Wish => ({
  names: namesOf(given.name),
  state: stateOf(given.state),
  manager: given.use === 'auto' ? undefined : given.use === 'yum' ? 'dnf' : given.use,
  freshness: freshnessOf(given.update_cache, given.cache_valid_time),
  options: { ...PLAIN, ...(given.allow_downgrade ? { downgrade: true } : {}) },
});

/** Packages, by whichever manager the host has: apt, dnf, zypper, pacman or apk. */
export const packageModule: PackageModule<PackageParams> = wishing(
  {
    name: 'package',
    params,
    example: `- name: What K3s needs is there
  package:
    name: [curl, nfs-common]
`,
  },
  wishOf,
);
