import type { ParamsSchema, StateModule } from '../../model/module.ts';
import { desiredPackages, packagesResult, packagesTold, scopeOf, type Wish } from './desired.ts';
import { fileProblems, nameProblems } from './params.ts';
import { packages } from './resource.ts';
import type { PackagesFacts, PackagesScope, PackagesState } from './state.ts';

/** A module whose tasks wish for packages; `Params` are its arguments, defaults filled in. */
export type PackageModule<Params> = StateModule<
  Params,
  PackagesScope,
  PackagesState,
  PackagesFacts
>;

/** A module over the packages of a host, from what it is called and what its arguments wish for. */
export const wishing = <Params>(
  described: {
    readonly name: string;
    readonly params: ParamsSchema;
    readonly example: string;
  },
  wishOf: (given: Params) => Wish,
  takes: { readonly files?: boolean; readonly all?: boolean } = {},
): PackageModule<Params> => ({
  kind: 'state',
  ...described,
  resource: packages,
  scope: (given) => scopeOf(wishOf(given)),
  problems: (given) => [...nameProblems(given, takes), ...fileProblems(given)],
  desired: (current, given) => desiredPackages(current, wishOf(given)),
  result: (before, after, given) => packagesResult(before, after, wishOf(given)),
  told: (shown, _, said) => packagesTold(shown, said),
});
