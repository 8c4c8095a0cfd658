import { Refusal, type Result, type Seen } from '../../model/module.ts';
import {
  type Manager,
  named,
  type Options,
  type PackagesFacts,
  type PackagesScope,
  type PackagesState,
} from './state.ts';

/** What a task wants of packages. */
export interface Wish {
  readonly names: readonly string[];
  readonly state: 'present' | 'absent' | 'latest';
  readonly manager: Manager | undefined;
  readonly freshness: number | null;
  readonly options: Options;
}

type Now = Seen<PackagesState, PackagesFacts>;

/** What has to be asked for a wish. */
export const scopeOf = ({ names, state, manager, freshness, options }: Wish): PackagesScope => ({
  ...(manager === undefined ? {} : { manager }),
  install: state === 'absent' ? [] : names,
  remove: state === 'absent' ? names.map((word) => named(word).name) : [],
  latest: state === 'latest',
  freshness,
  options,
});

/** The packages as they should be. */
export function desiredPackages({ state, facts }: Now, wish: Wish): PackagesState | Refusal {
  const lists = wish.freshness === null ? state.lists : 'new';
  const unsure = facts.old && lists === 'new';
  const next: Record<string, string | null> = { ...state.packages };
  for (const word of wish.names) {
    const { name, version } = named(word);
    const is = state.packages[name] ?? null;
    const candidate = Object.hasOwn(facts.candidates, name) ? facts.candidates[name] : undefined;
    if (wish.state === 'absent') next[name] = null;
    else if (version !== undefined) next[name] = version;
    else if (wish.state === 'present' && is !== null) continue;
    else if (unsure) next[name] = '?';
    else if (is !== null && (candidate === undefined || is === '?')) continue;
    else if (candidate === undefined) {
      return new Refusal(`no package ${name} is known to ${facts.manager} on this host`, {
        pointer: '/name',
        hint: 'Check its name; update_cache: true asks the archives anew.',
      });
    } else next[name] = candidate;
  }
  const changes = Object.entries(next).some(([name, to]) => to !== (state.packages[name] ?? null));
  if (changes && !unsure && facts.trouble !== '')
    return new Refusal(`${facts.manager} cannot do it: ${facts.trouble}`, { pointer: '/name' });
  return { packages: next, lists };
}

/** What a task tells besides its change. */
export function packagesResult(before: PackagesState, { state, facts }: Now, wish: Wish): Result {
  const changes = wish.names.some((word) => {
    const { name } = named(word);
    return (before.packages[name] ?? null) !== (state.packages[name] ?? null);
  });
  return {
    data: {
      manager: facts.manager,
      versions: Object.fromEntries(
        wish.names.map((word) => [named(word).name, state.packages[named(word).name] ?? null]),
      ),
      cache_updated: before.lists !== state.lists,
    },
    notes:
      changes && facts.besides.length > 0
        ? [`comes or goes besides: ${facts.besides.join(' ')}`]
        : [],
    warnings: [],
  };
}
