import type { FromSchema } from 'json-schema-to-ts';
import type { ParamsSchema } from '../../model/module.ts';
import { type PackageModule, wishing } from './described.ts';
import type { Wish } from './desired.ts';
import { namesOf, PACKAGE_PARAMS, stateOf } from './params.ts';

const params = {
  type: 'object',
  description: 'Packages, by whichever manager the host has: apt, dnf or zypper.',
  properties: {
    ...PACKAGE_PARAMS,
    use: {
      enum: ['auto', 'apt', 'dnf', 'zypper'],
      default: 'auto',
      description: 'Which manager; auto: the one the host has.',
    },
  },
  required: ['name'],
  additionalProperties: false,
} as const satisfies ParamsSchema;

/** Arguments of package, defaults filled in. */
export type PackageParams = FromSchema<typeof params>;

const wishOf = (given: PackageParams): Wish => ({
  names: namesOf(given.name),
  state: stateOf(given.state),
  manager: given.use === 'auto' ? undefined : given.use,
  freshness: null,
  options: { purge: false, autoremove: false, recommends: null },
});

/** Packages, by whichever manager the host has: apt, dnf or zypper. */
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
